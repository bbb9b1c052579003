"""Proof 3: what a family types stands nowhere outside the seal, in no spelling, whatever happens."""

from __future__ import annotations

import json
import re
import shutil
import socket
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests import databases
from tests.databases import OWN_FILE
from tests.serve.browser import Browser, Page
from tests.serve.clinic import Clinic, Serving, locked, make_clinic, planted, serving
from tests.serve.journeys import INTAKE, NAME, TYPED, WORRY, begin, complete, walk
from tests.serve.search import command_lines, files, finds, open_files


def leaks(
    clinic: Clinic, words: Iterable[str], server: Serving | None = None, data: Path | None = None
) -> list[str]:
    """Where words stand: in any file the processes could write, in what they hold open, in their command lines.

    `data` is the folder of a PostgreSQL server that keeps the rows: tables, indexes, write-ahead log and all.
    """
    processes = server.processes if server else []
    kept = [clinic.folder, *([data] if data else [])]
    places = [*files(*kept), *open_files(processes), *command_lines(processes)]
    assert any(("pg_wal" if data else "kinbridge.db") in place for place, _ in places)
    return finds(words, places)


def secrets_of(*pages: Page) -> list[str]:
    """The codes and tokens that these pages carry."""
    codes = [page.code for page in pages if "kb-code" in page.text]
    tokens = [
        value for page in pages for form in page.forms for name, value in form.fields if name == "csrf_token"
    ]
    return [*codes, *(code.replace("-", "") for code in codes), *tokens]


@pytest.mark.parametrize("end", [Serving.kill, Serving.stop])
def test_a_whole_journey_leaves_no_word_behind(tmp_path: Path, end: Callable[[Serving], object]) -> None:
    clinic = make_clinic(tmp_path, database_url=OWN_FILE, KINBRIDGE_WORKERS="2")
    with serving(clinic) as server:
        browser = Browser(server.site)
        page = walk(browser, begin(browser, "intake"), INTAKE, until="needs")
        saved = browser.send(page.form, INTAKE["needs"], to=f"{page.form.action}?save")
        other = Browser(server.site)
        resumed = other.send(other.open("/forms/resume").form, {"code": saved.code})
        done = other.send(walk(other, resumed, INTAKE).form)
        assert other.open("/forms/intake/print").shows(WORRY)

        taken_back = complete(Browser(server.site), "question")
        withdraw = other.send(other.open("/forms/withdraw").form, {"code": taken_back.code})
        assert withdraw.heading == "Your answers are erased"
        unsent = Browser(server.site)
        waiting = walk(unsent, begin(unsent, "intake"), INTAKE, until="consent")

        words = [*TYPED, *secrets_of(page, saved, resumed, done, taken_back, waiting)]
        assert len(words) >= len(TYPED) + 7
        assert leaks(clinic, words, server) == []
        assert leaks(clinic, [done.reference], server), "the search must see what is kept in plain"
        end(server)
        assert leaks(clinic, words) == []
        assert leaks(clinic, [done.reference])
    assert clinic.run("submissions", "show", done.reference).stdout.count(WORRY) == 1


def test_on_postgresql_a_whole_journey_leaves_no_word_behind(tmp_path: Path) -> None:
    clinic = make_clinic(tmp_path, database_url=databases.new_database(), KINBRIDGE_WORKERS="2")
    data = Path(databases.data_folder())
    with serving(clinic) as server:
        done = complete(Browser(server.site), "intake")
        unsent = Browser(server.site)
        waiting = walk(unsent, begin(unsent, "intake"), INTAKE, until="consent")
        databases.checkpoint()
        words = [*TYPED, *secrets_of(done, waiting)]
        assert leaks(clinic, words, server, data) == []
        assert leaks(clinic, [done.reference], server, data), "the search must see what is kept in plain"
        server.stop()
    assert clinic.run("submissions", "show", done.reference).stdout.count(WORRY) == 1


@pytest.mark.parametrize("end", [Serving.kill, Serving.stop])
def test_what_goes_wrong_leaves_no_word_behind(tmp_path: Path, end: Callable[[Serving], object]) -> None:
    clinic = make_clinic(tmp_path, database_url=OWN_FILE)
    with serving(clinic) as server:
        browser = Browser(server.site)
        page = walk(browser, begin(browser, "intake"), INTAKE, until="child")
        fields = page.form.filled(INTAKE["child"])
        address = page.form.action

        def post(status: int, more: list[tuple[str, str]], to: str = address, **headers: str) -> Page:
            answer = browser.post(to, more, headers)
            assert answer.status == status, answer.text
            return answer

        for status, answer in {
            422: post(
                422,
                [(name, f"{NAME} {value}") for name, value in fields if name != "csrf_token"]
                + [pair for pair in fields if pair[0] == "csrf_token"],
            ),
            403: post(403, fields, Origin="https://elsewhere.example"),
        }.items():
            assert answer.shows(NAME if status == 422 else WORDS_OF_CHILD), answer.text
        post(403, [("csrf_token", "0" * 64), *fields[1:]])
        post(404, fields, f"/forms/intake/{NAME.split()[0]}")
        post(413, [*fields, ("languages", f"{WORRY} " * 100_000)])
        post(400, fields, **{"Content-Type": f"multipart/form-data; boundary={NAME.split()[0]}"})
        post(422, [("code", WORRY)], "/forms/resume")
        assert Browser(server.site).post(address, fields).status == 410
        browser.ask(
            "GET", f"/forms/intake/you?name={NAME.split()[0]}", headers={"Referer": f"/{NAME.split()[0]}"}
        )
        for line in (f"GET /{NAME} HTTP/1.1", f"{NAME}", f"GET / HTTP/1.1\r\nX-Name: {NAME * 4000}"):
            shout(server, line)
        with locked(clinic):
            assert post(503, fields).shows(WORDS_OF_CHILD)
        break_kept_form(clinic)
        assert post(500, fields).shows(WORDS_OF_CHILD)
        assert "ERROR" in server.words() and "JSONDecodeError" in server.words()

        words = [*TYPED, *secrets_of(page)]
        assert leaks(clinic, words, server) == []
        end(server)
        assert leaks(clinic, words) == []


WORDS_OF_CHILD = str(INTAKE["child"]["child_name"])


def shout(server: Serving, line: str) -> None:
    """Something that is no proper request."""
    with socket.create_connection(("127.0.0.1", server.site), timeout=10) as connection:
        connection.sendall(f"{line}\r\n\r\n".encode())
        assert connection.recv(65536).split()[1].startswith(b"4")


def break_kept_form(clinic: Clinic) -> None:
    """A new version of the form is published, and the old one, which open drafts need, is damaged."""
    old = clinic.instance.release
    new = old.with_name("20270102T000000Z-11111111")
    shutil.copytree(old, new)
    descriptor = new / "private" / "forms" / "intake" / "datapackage.json"
    package = json.loads(descriptor.read_text("utf-8"))
    descriptor.write_text(json.dumps({**package, "version": "9.0.0"}), "utf-8")
    fresh = clinic.instance.var / "site" / "fresh"
    fresh.symlink_to(new)
    fresh.rename(clinic.instance.var / "site" / "current")
    clinic.change("UPDATE descriptors SET content = '{'")


def test_an_error_that_quotes_the_family_is_logged_without_its_words(tmp_path: Path) -> None:
    clinic = make_clinic(tmp_path, database_url=OWN_FILE)
    with serving(clinic, command=planted("raises_what_was_typed")) as server:
        browser = Browser(server.site)
        page = begin(browser, "intake")
        failed = browser.send(page.form, INTAKE["you"])
        assert failed.status == 500 and failed.shows(NAME)
        assert "ValueError" in server.words() and "KeyError" in server.words()
        assert leaks(clinic, [*TYPED, *secrets_of(page)], server) == []


def test_a_planted_leak_makes_the_proof_fail(tmp_path: Path) -> None:
    clinic = make_clinic(tmp_path, database_url=OWN_FILE)
    with serving(clinic, command=planted("leaks_what_was_typed")) as server:
        browser = Browser(server.site)
        page = begin(browser, "intake")
        assert leaks(clinic, TYPED, server) == []
        browser.send(page.form, INTAKE["you"])
        found = leaks(clinic, [NAME], server)
    for leak in (
        "as plus in .*output.log",
        "as plus in /proc/.*/fd/.*(deleted)",
        "as UTF-8 in the name of .*/tmp/",
        "as JSON in .*kinbridge.db-wal",
    ):
        assert any(re.search(leak, line) for line in found), (leak, found)
