"""Files that cannot be taken: each is refused in words, and all else the family typed is kept."""

from __future__ import annotations

import struct
import zipfile
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageFile

from forms_service.answers.cleaning import MOST_BYTES
from tests.commands.test_out_again import run
from tests.families import Family, errors_of
from tests.instances import Instance, make_instance
from tests.public.uploading import begin, give, letter_form, pdf, photo

ANY_KIND = "“The letter”: choose a photo (JPEG, PNG or WebP) or a PDF"
UNREADABLE = "“The letter”: we cannot open this file, choose another one"
TOO_LARGE = "“The letter”: choose a file of at most 10 MB"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
NOTE = "Nobody may lose this – ¡ñ!"


@pytest.fixture
def clinic(tmp_path: Path) -> Instance:
    return make_instance(tmp_path / "instance", {"letters": letter_form()})


@pytest.fixture
def family(clinic: Instance) -> Family:
    return begin(clinic.app().test_client())


def cut_off(content: bytes) -> bytes:
    return content[: len(content) // 2]


def bomb() -> bytes:
    """A small PNG of 81 million pixels."""
    out = BytesIO()
    Image.new("1", (9000, 9000)).save(out, "PNG")
    assert len(out.getvalue()) < 100_000
    return out.getvalue()


def lying_header() -> bytes:
    """A PNG that claims to be a square of two billion pixels a side, and holds nothing."""
    header = struct.pack(">IIBBBBB", 2**31 - 1, 2**31 - 1, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", zlib.compress(b""))


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def as_kind(kind: str) -> bytes:
    out = BytesIO()
    Image.new("RGB", (8, 8)).save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("photo.jpg", b"<html><script>alert(1)</script></html>", ANY_KIND),
        ("photo.jpg", b"MZ\x90\x00" + bytes(500), ANY_KIND),
        ("photo.svg", SVG, ANY_KIND),
        ("photo.png", SVG, ANY_KIND),
        ("photo.gif", as_kind("GIF"), ANY_KIND),
        ("photo.jpg", as_kind("TIFF"), ANY_KIND),
        ("report.pdf", b"\n\n" + pdf(), ANY_KIND),
        ("report.pdf", b"%PDF-1.7\nnothing of the kind", UNREADABLE),
        ("report.pdf", cut_off(pdf(pages=3)), UNREADABLE),
        ("photo.jpg", cut_off(photo(size=(900, 600))), UNREADABLE),
        ("photo.png", cut_off(photo("PNG", size=(900, 600))), UNREADABLE),
        ("empty.jpg", b"", "“The letter”: this file is empty, choose another one"),
        ("photo.png", bomb(), "“The letter”: this picture is too large, choose a smaller one"),
        ("photo.png", lying_header(), "“The letter”: this picture is too large, choose a smaller one"),
        ("secret.pdf", pdf("a password"), "“The letter”: this file has a password, choose one without"),
        ("large.jpg", photo() + bytes(MOST_BYTES), TOO_LARGE),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_and_the_rest_is_kept(
    family: Family, name: str, content: bytes, words: str
) -> None:
    answer = give(family, content, name, note=NOTE)
    assert (answer.status_code, errors_of(answer)) == (422, [words])
    assert NOTE in answer.text
    assert NOTE in family.open(family.address("letter")).text
    assert give(family, photo(), note=NOTE).status_code == 303


def test_a_refused_file_leaves_the_one_that_was_given_before(family: Family) -> None:
    give(family, photo(), "mine.jpg")
    answer = give(family, b"no picture", "other.jpg")
    assert errors_of(answer) == [ANY_KIND] and "mine.jpg" in answer.text
    assert "mine.jpg (1 kB)" in family.open(family.address("check")).text


def test_a_file_far_too_large_is_refused_with_what_was_typed_above_it_in_the_page(family: Family) -> None:
    answer = give(family, bytes(MOST_BYTES + 2_000_000), note=NOTE)
    assert (answer.status_code, errors_of(answer)) == (413, [TOO_LARGE])
    assert NOTE in answer.text
    family.token = answer.text.partition('name="csrf_token" value="')[2].partition('"')[0]
    assert give(family, photo(), note=NOTE).status_code == 303


def test_a_file_far_too_large_changes_nothing_that_was_kept(family: Family) -> None:
    give(family, photo(), "mine.jpg", note="the first note")
    give(family, bytes(MOST_BYTES + 2_000_000), note=NOTE)
    page = family.open(family.address("letter")).text
    assert "the first note" in page and "mine.jpg" in page


def test_a_page_without_a_file_takes_no_large_form(family: Family) -> None:
    data: dict[str, Any] = {"csrf_token": family.token, "who": (BytesIO(bytes(MOST_BYTES + 2_000_000)), "x")}
    answer = family.client.post(family.address("who"), data=data, content_type="multipart/form-data")
    assert answer.status_code == 413


def test_half_a_picture_is_refused_though_a_library_of_the_process_lets_it_pass(
    family: Family, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    answer = give(family, cut_off(photo(size=(900, 600))), "photo.jpg", note=NOTE)
    assert (answer.status_code, errors_of(answer)) == (422, [UNREADABLE])


@pytest.mark.parametrize(
    ("accept", "content", "words"),
    [
        (["pdf"], photo(), "“The letter”: choose a PDF"),
        (["image"], pdf(), "“The letter”: choose a photo or picture (JPEG, PNG or WebP)"),
    ],
)
def test_a_kind_of_file_that_the_form_does_not_want_is_refused(
    tmp_path: Path, accept: list[str], content: bytes, words: str
) -> None:
    clinic = make_instance(tmp_path / "instance", {"letters": letter_form(accept=accept)})
    family = begin(clinic.app().test_client())
    assert errors_of(give(family, content)) == [words]


@pytest.mark.parametrize("body", [b"", b"--b\r\n", b"--b\r\nContent-Disposition: form-data; na", b"x" * 2000])
def test_a_form_that_ends_too_early_is_no_form(family: Family, body: bytes) -> None:
    kind = "multipart/form-data; boundary=b"
    assert family.client.post(family.address("letter"), data=body, content_type=kind).status_code in (
        400,
        403,
    )
    assert family.client.post(
        family.address("letter"), data=body, content_type="multipart/form-data"
    ).status_code in (400, 403)


def test_a_file_that_was_cut_off_on_the_way_is_not_kept(family: Family) -> None:
    head = f'--b\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{family.token}\r\n--b\r\n'
    head += 'Content-Disposition: form-data; name="letter"; filename="a.jpg"\r\n\r\n'
    body = head.encode() + cut_off(photo())
    kind = "multipart/form-data; boundary=b"
    assert family.client.post(family.address("letter"), data=body, content_type=kind).status_code == 400
    assert "a.jpg" not in family.open(family.address("letter")).text


def test_ten_thousand_parts_are_refused(family: Family) -> None:
    data = {"csrf_token": family.token, **{f"x{number}": "" for number in range(10_000)}}
    answer = family.client.post(family.address("letter"), data=data, content_type="multipart/form-data")
    assert answer.status_code in (400, 413)


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "C:\\Users\\ana\\photo.jpg", "a" * 400, "\u202egpj.exe", "<b>.jpg", "\ud800"]
)
def test_a_name_decides_nothing_and_is_shown_escaped(
    clinic: Instance, family: Family, tmp_path: Path, name: str
) -> None:
    shown = name.encode("utf-8", "replace").decode()
    assert give(family, photo(), shown).status_code == 303
    page = family.open(family.address("check")).text
    assert "<b>" not in page and "\u202e" not in page and "etc/" not in page and "\\" not in page
    family.send()
    out = tmp_path / "x.zip"
    assert run(clinic, "submissions", "export", "letters", "--out", str(out)).exit_code == 0
    with zipfile.ZipFile(out) as archive:
        assert "files/1/letter.jpg" in archive.namelist()


def test_broken_bytes_beside_a_file_are_refused_as_anywhere(family: Family) -> None:
    parts = {"csrf_token": family.token.encode(), "note": b"a\xff"}
    body = b"".join(
        b'--b\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n' % (name.encode(), value)
        for name, value in parts.items()
    )
    body += (
        b'--b\r\nContent-Disposition: form-data; name="letter"; filename="a.jpg"\r\n\r\n'
        + photo()
        + b"\r\n--b--\r\n"
    )
    kind = "multipart/form-data; boundary=b"
    answer = family.client.post(family.address("letter"), data=body, content_type=kind)
    assert answer.status_code == 422
    assert errors_of(answer) == ["“A note”: take out the characters that cannot be read"]
