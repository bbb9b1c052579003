"""Families who give a file: a form that asks for one, and made-up files."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any

from PIL import Image
from pypdf import PdfWriter
from pypdf.actions import JavaScript
from werkzeug.test import TestResponse

from tests.families import Family

SECRET = "Calle Luna 7, Ana Quispe"


def letter_form(required: bool = True, **extra: Any) -> dict[str, Any]:
    """A form that asks for a note and a letter on one page."""
    letter = {
        "name": "letter",
        "title": "The letter",
        "title@es": "La carta",
        "form": {"widget": "file", **extra},
    }
    if required:
        letter["constraints"] = {"required": True}
    fields = [
        {"name": "who", "title": "Who?", "title@es": "¿Quién?"},
        {"name": "note", "title": "A note", "title@es": "Una nota", "constraints": {"required": True}},
        letter,
    ]
    resource = {"name": "letters", "path": "letters.csv", "encoding": "utf-8", "schema": {"fields": fields}}
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "letters",
        "title": "A letter",
        "title@es": "Una carta",
        "version": "1.0.0",
        "languages": ["en", "es"],
        "resources": [resource],
        "form": {
            "retention": "P1Y",
            "pages": [
                {"name": "who", "title": "Who", "title@es": "Quién", "fields": ["who"]},
                {"name": "letter", "title": "Letter", "title@es": "Carta", "fields": ["note", "letter"]},
            ],
        },
    }


def photo(kind: str = "JPEG", size: tuple[int, int] = (60, 40), **save: Any) -> bytes:
    """A picture, red on its left and blue on its right."""
    image = Image.new("RGB", size, "blue")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    out = BytesIO()
    image.save(out, kind, **save)
    return out.getvalue()


def telling_photo() -> bytes:
    """A JPEG taken with the camera on its side, which tells where and by whom in every way a JPEG can."""
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned a quarter clockwise
    exif[0x010F] = SECRET
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[29] = SECRET
    return photo(exif=exif, comment=SECRET.encode(), xmp=f"<x>{SECRET}</x>".encode())


def pdf(password: str = "", pages: int = 1, **info: str) -> bytes:
    """A PDF of blank pages."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(100, 100)
    if info:
        writer.add_metadata({f"/{name}": text for name, text in info.items()})
        writer.add_open_action(JavaScript("app.alert(1)"))
        writer.add_attachment("notes.txt", SECRET.encode())
    if password:
        writer.encrypt(password)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def begin(client: Any, language: str = "") -> Family:
    """A family at the page that asks for a file."""
    family = Family(client, "letters", language)
    family.start()
    assert family.answer("who", {"who": "me"}).status_code == 303
    family.open(family.address("letter"))
    return family


def give(
    family: Family, content: bytes | None, name: str = "letter.jpg", **answers: str | tuple[Any, ...]
) -> TestResponse:
    """POST the page with a file, as a browser does."""
    data: Mapping[str, Any] = {"csrf_token": family.token, "note": "all of it", **answers}
    file = (BytesIO(content), name) if content is not None else (BytesIO(), "")
    return family.client.post(
        family.address("letter"), data={**data, "letter": file}, content_type="multipart/form-data"
    )
