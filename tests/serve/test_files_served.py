"""Files over real connections: never on a disk unsealed, and too large or broken off ones harm nobody."""

from __future__ import annotations

import json
import re
import socket
import sys
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from tests.public.uploading import letter_form, photo
from tests.serve.browser import Browser, Page
from tests.serve.clinic import Clinic, Serving, make_clinic, serving, until
from tests.serve.search import files, finds, open_files
from tests.serving.running import read_all

BOUNDARY = "kinbridge-test"
NOTE = "Ñotaxúmba qhelkaríy"
MARK = "Xanmárkuy-qelqasqa"
WATCHED = (sys.executable, "-m", "tests.serve.launch", "tests.serve.watched:notes_temporary_files")


@pytest.fixture
def clinic(tmp_path: Path) -> Clinic:
    clinic = make_clinic(tmp_path)
    letters = json.dumps(letter_form())
    for place in (clinic.instance.release / "private" / "forms", clinic.instance.root / "datapackages"):
        (place / "letters").mkdir()
        (place / "letters" / "datapackage.json").write_text(letters, "utf-8")
    return clinic


def begin(server: Serving) -> tuple[Browser, Page]:
    """A browser at the page that asks for a file."""
    browser = Browser(server.site)
    page = browser.send(browser.open("/forms/letters/").form)
    return browser, browser.send(page.form, {"who": "me"})


def multipart(page: Page, file: bytes, name: str = "a.jpg") -> bytes:
    """The page's form with a file in it."""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="'
    fields = {**dict(page.form.fields), "note": NOTE}
    texts = "".join(f'{head}{name}"\r\n\r\n{value}\r\n' for name, value in fields.items() if name != "letter")
    opening = f'{texts}{head}letter"; filename="{name}"\r\nContent-Type: image/jpeg\r\n\r\n'
    return opening.encode() + file + f"\r\n--{BOUNDARY}--\r\n".encode()


def send(browser: Browser, page: Page, body: bytes) -> Page:
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    return browser.ask("POST", page.form.action, body, headers)


def begin_to_send(browser: Browser, page: Page, length: int, body: bytes) -> socket.socket:
    """A connection over which a part of a body went out."""
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    lines = [
        f"POST {page.form.action} HTTP/1.1",
        f"Host: 127.0.0.1:{browser.port}",
        f"Cookie: {cookies}",
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}",
        f"Content-Length: {length}",
    ]
    connection = socket.create_connection(("127.0.0.1", browser.port), timeout=20)
    connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
    return connection


def memory(pid: int) -> int:
    """What a process holds in memory, in bytes."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found
    return int(found[1]) * 1024


def marked_photo() -> bytes:
    """A photo of nearly ten megabytes that carries words."""
    noise = Image.effect_noise((3000, 2400), 80)
    out = BytesIO()
    noise.convert("RGB").save(out, "JPEG", quality=97, subsampling=0, comment=MARK.encode())
    assert 5_000_000 < len(out.getvalue()) < 10_000_000
    return out.getvalue()


def test_a_large_photo_is_taken_and_never_touches_a_disk_unsealed(clinic: Clinic) -> None:
    with serving(clinic, command=WATCHED) as server:
        browser, page = begin(server)
        notes = clinic.folder / "notes"
        of_the_watch = notes.read_text()
        assert of_the_watch
        answer = send(browser, page, multipart(page, marked_photo(), f"{MARK}.jpg"))
        assert answer.status == 303, answer.text
        check = browser.open(answer.headers["Location"])
        assert check.shows(MARK)
        assert notes.read_text() == of_the_watch
        assert list(clinic.temporary.iterdir()) == []
        places = [*files(clinic.folder), *open_files(server.processes)]
        assert finds([MARK, NOTE], places) == []
        done = browser.send(check.form)
        assert finds([MARK, NOTE], [*files(clinic.folder), *open_files(server.processes)]) == []
    out = clinic.folder / "out.zip"
    assert clinic.run("submissions", "export", "letters", "--out", str(out)).exit_code == 0
    assert clinic.run("packages", "validate", str(out)).exit_code == 0 and done.reference


def test_a_file_of_two_gigabytes_is_refused_at_its_beginning_with_what_was_typed(clinic: Clinic) -> None:
    with serving(clinic) as server:
        browser, page = begin(server)
        (worker,) = server.workers()
        before = memory(worker)
        body = multipart(page, b"")[: -len(f"\r\n--{BOUNDARY}--\r\n")]
        connection = begin_to_send(browser, page, 2_000_000_000, body + bytes(2_000_000))
        answer = read_all(connection).decode()
        assert answer.startswith("HTTP/1.1 413 ")
        assert NOTE in answer and "choose a file of at most 10 MB" in answer
        assert memory(worker) - before < 30_000_000
        again = browser.open(page.form.action)
        assert send(browser, again, multipart(again, photo())).status == 303


def test_a_file_that_is_too_large_but_read_is_refused_with_what_was_typed(clinic: Clinic) -> None:
    with serving(clinic) as server:
        browser, page = begin(server)
        answer = send(browser, page, multipart(page, bytes(20_000_000)))
        assert answer.status == 413 and answer.shows(NOTE)
        assert answer.shows("choose a file of at most 10 MB")


def test_an_upload_cut_off_half_way_leaves_nothing_and_harms_nobody(clinic: Clinic) -> None:
    with serving(clinic) as server:
        browser, page = begin(server)
        whole = multipart(page, photo(size=(900, 600)))
        for _ in range(30):
            begin_to_send(
                browser, page, len(whole) + 9_000_000, whole[: len(whole) // 2] + bytes(500_000)
            ).close()
        again = browser.open(page.form.action)
        assert again.status == 200 and not again.shows("a.jpg") and not again.shows(NOTE)
        assert send(browser, again, whole).status == 303
        until(lambda: browser.open("/health/ready").status == 200)


def test_more_files_at_once_than_there_is_room_for_are_told_to_try_again(clinic: Clinic) -> None:
    with serving(clinic) as server:
        browser, page = begin(server)
        held = [begin_to_send(browser, page, 10_600_000, bytes(10_500_000)) for _ in range(25)]
        until(lambda: send(browser, page, multipart(page, bytes(9_000_000))).status == 503)
        for connection in held:
            connection.close()
        again = browser.open(page.form.action)
        assert send(browser, again, multipart(again, photo())).status == 303
