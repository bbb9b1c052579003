"""Files that staff give with a form from paper: judged, cleaned, sealed and out again as a family's own are."""

from __future__ import annotations

import tempfile
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from werkzeug.test import TestResponse

from tests.instances import Instance, make_instance
from tests.public.test_files import exported, file_in
from tests.public.uploading import SECRET, letter_form, photo, telling_photo
from tests.staff.colleague import Colleague, errors_of, heading_of
from tests.staff.conftest import Invite


@pytest.fixture
def instance(tmp_path: Path, database_url: str) -> Instance:
    return make_instance(tmp_path / "instance", {"letters": letter_form()}, database_url=database_url)


@pytest.fixture
def ana(invited: Invite) -> Colleague:
    colleague = invited()
    colleague.open("/staff/enter/letters")
    return colleague


def enter(ana: Colleague, content: bytes | None, name: str = "scan.jpg", **typed: str) -> TestResponse:
    file = (BytesIO(content), name) if content is not None else (BytesIO(), "")
    return ana.client.post(
        "/staff/enter/letters",
        data={"csrf_token": ana.token, "note": "by post", **typed, "letter": file},
        content_type="multipart/form-data",
        environ_base={"REMOTE_ADDR": ana.address},
    )


def test_a_scan_is_cleaned_sealed_and_exported(ana: Colleague, instance: Instance, tmp_path: Path) -> None:
    kept = enter(ana, telling_photo())
    assert heading_of(kept) == "The form is kept", errors_of(kept)
    with exported(instance, tmp_path / "x.zip") as archive:
        name, content = file_in(archive)
    assert name == "files/1/letter.jpg"
    assert SECRET.encode() not in content and Image.open(BytesIO(content)).size == (40, 60)


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"no picture at all", "choose a photo (JPEG, PNG or WebP) or a PDF"),
        (None, "Choose a file"),
        (photo() + b"\0" * (10 * 1024 * 1024), "at most 10 MB"),
    ],
    ids=["of another kind", "none", "too large"],
)
def test_a_file_that_cannot_be_taken_is_told_beside_it_and_the_rest_is_kept(
    ana: Colleague, content: bytes | None, error: str
) -> None:
    refused = enter(ana, content)
    assert refused.status_code == 422, refused.text
    assert error in " ".join(errors_of(refused)), errors_of(refused)
    assert "by post" in refused.text


def test_a_good_file_is_asked_for_again_when_the_rest_must_be_mended(ana: Colleague) -> None:
    refused = enter(ana, photo(), note="")
    assert refused.status_code == 422
    assert "Choose this file again: it is kept together with the whole form." in refused.text


def test_a_file_is_never_spooled_to_disk(ana: Colleague, monkeypatch: pytest.MonkeyPatch) -> None:
    large = photo("PNG", (900, 900), compress_level=0)
    assert len(large) > 2 * 1024 * 1024
    parts = {'name="csrf_token"': ana.token.encode(), 'name="note"': b"by post"}
    parts['name="letter"; filename="scan.png"'] = large
    body = b"".join(
        f"--edge\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + content + b"\r\n"
        for head, content in parts.items()
    )
    monkeypatch.setattr(
        tempfile, "tempdir", "/nowhere"
    )  # the test client, too, spools what it is given in parts
    kept = ana.client.post(
        "/staff/enter/letters",
        data=body + b"--edge--\r\n",
        content_type="multipart/form-data; boundary=edge",
        environ_base={"REMOTE_ADDR": ana.address},
    )
    assert heading_of(kept) == "The form is kept", kept.text
