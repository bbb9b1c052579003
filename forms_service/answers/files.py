"""A file that a family gave: what is known of it, as the page of a draft and the sealed submission keep it."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from forms_service.definition import Field

LONGEST_NAME = 100  # characters
_PATH = re.compile(r"^.*[/\\]", re.DOTALL)


@dataclass(frozen=True)
class KeptFile:
    """A file; `cell` is the text that stands for it in the row, `name` what the family calls it."""

    cell: str
    name: str
    media_type: str
    size: int
    sha256: str

    def text(self) -> str:
        """The same as JSON."""
        return json.dumps(asdict(self), ensure_ascii=False)

    def is_of(self, content: bytes) -> bool:
        """Whether `content` is this file, unchanged."""
        return hashlib.sha256(content).hexdigest() == self.sha256


def describe(field: Field, name: str, media_type: str, extension: str, content: bytes) -> KeptFile:
    """What is known of `content`, sent for `field` under the name `name`."""
    return KeptFile(
        cell=f"{_stem(field.name)}.{extension}",
        name=_shown_name(name) or f"{field.title[:40]}.{extension}",
        media_type=media_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )


def kept_input(field: Field) -> str:
    """The name under which a page's inputs hold what is known of the file; no browser's word is taken for it."""
    return f"{field.name}-kept"


def remove_input(field: Field) -> str:
    """The name of the box that removes the file."""
    return f"{field.name}-remove"


def kept_file(field: Field, inputs: Mapping[str, Sequence[str]]) -> KeptFile | None:
    """The file among a page's inputs, or None."""
    given = next(iter(inputs.get(kept_input(field), ())), "")
    return read_kept(json.loads(given)) if given else None


def read_kept(facts: Mapping[str, Any]) -> KeptFile:
    """What is known of a file, from JSON."""
    return KeptFile(**facts)


def _stem(name: str) -> str:
    """The field's name as every file system takes it, and as no other field's."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^A-Za-z0-9_-]+", "-", plain)[:60]
    return plain if plain == name else f"{plain or 'file'}-{zlib.crc32(name.encode()):08x}"


def _shown_name(name: str) -> str:
    """A browser's file name without folders, and without what no text can hold."""
    plain = _PATH.sub("", name.encode("utf-8", "replace").decode())
    return "".join(character for character in plain if character.isprintable()).strip()[-LONGEST_NAME:]
