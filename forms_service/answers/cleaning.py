"""Files judged by their content and made again without what they carry along.

A picture is drawn anew from its pixels: place, camera, comments and previews are gone, and so is whatever hid in
them; its side is at most 4,096 pixels. A PDF keeps its pages; its title, author, history, scripts and attachments
are taken out. Everything happens in memory, one file at a time in a process, so that memory stays bounded.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass
from io import BytesIO
from threading import Lock
from typing import Any, Literal

from PIL import Image, ImageFile, ImageOps
from pypdf import PdfReader, PdfWriter

Kind = Literal["image", "pdf"]
MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 50_000_000
LONGEST_SIDE = 4096
_EXTENSIONS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}
_FORMATS = tuple(_EXTENSIONS)  # SVG is none of them: it can run scripts
_one_at_a_time = Lock()

logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what it says of a broken file may hold words of it


class Unfit(Exception):
    """A file that is refused; `constraint` names why."""

    def __init__(self, constraint: str) -> None:
        super().__init__(constraint)
        self.constraint = constraint


@dataclass(frozen=True)
class Cleaned:
    """A file that may be kept."""

    content: bytes
    media_type: str
    extension: str


def clean(content: bytes, accept: Collection[Kind]) -> Cleaned:
    """The file without metadata. Raises Unfit."""
    if not content:
        raise Unfit("fileEmpty")
    if len(content) > MOST_BYTES:
        raise Unfit("fileSize")
    with _one_at_a_time:
        # A library in the same process may have let half pictures pass (WeasyPrint does, for all of Pillow).
        ImageFile.LOAD_TRUNCATED_IMAGES = False
        if content.startswith(b"%PDF-"):
            if "pdf" not in accept:
                raise Unfit("fileType")
            return Cleaned(_pdf(content), "application/pdf", "pdf")
        if "image" not in accept:
            raise Unfit("fileType")
        return _image(content)


def _image(content: bytes) -> Cleaned:
    try:
        image = Image.open(BytesIO(content), formats=_FORMATS)
    except Image.DecompressionBombError:
        raise Unfit("filePixels") from None
    except Exception:  # whatever no decoder takes for a picture
        raise Unfit("fileType") from None
    kind = str(image.format)
    if image.width * image.height > MOST_PIXELS:
        raise Unfit("filePixels")
    try:
        out = BytesIO()
        _fresh(image).save(out, kind, quality=90)
    except Exception:  # cut off or broken inside: decoders raise what they like
        raise Unfit("fileUnreadable") from None
    return Cleaned(out.getvalue(), f"image/{kind.lower()}", _EXTENSIONS[kind])


def _fresh(image: Image.Image) -> Image.Image:
    """The pixels, upright, in a picture that holds nothing else."""
    image.draft(None, (LONGEST_SIDE, LONGEST_SIDE))  # a large JPEG is decoded smaller at once
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    ImageOps.exif_transpose(image, in_place=True)
    clear = "A" in image.getbands() or "transparency" in image.info
    plain = image.convert("RGBA" if clear else "RGB")
    fresh = Image.new(plain.mode, plain.size)
    fresh.paste(plain)
    return fresh


def _pdf(content: bytes) -> bytes:
    try:
        reader = PdfReader(BytesIO(content))
        encrypted = reader.is_encrypted
        if not encrypted:
            return _without_info(reader)
    except Exception:  # a broken PDF breaks pypdf in many ways
        raise Unfit("fileUnreadable") from None
    raise Unfit("fileEncrypted")


def _without_info(reader: PdfReader) -> bytes:
    if not reader.pages:
        raise Unfit("fileUnreadable")
    out, writer = BytesIO(), PdfWriter(clone_from=reader)
    writer.metadata = None
    root: Any = writer.root_object
    for name in ("/Metadata", "/OpenAction", "/AA", "/Names", "/AF"):
        root.pop(name, None)
    for page in writer.pages:
        for name in ("/Metadata", "/AA"):
            page.pop(name, None)
    writer.write(out)
    return out.getvalue()
