"""The site's shell: the built page around a form, split once on its markers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

MARKERS = ("title", "head", "languages", "main")
_MARKER = re.compile(rf"\[\[kb:({'|'.join(MARKERS)})\]\]")


@dataclass(frozen=True)
class Shell:
    """Pieces of HTML with a marker's name between each two."""

    pieces: tuple[str, ...]

    def fill(self, parts: Mapping[str, str]) -> str:
        """The whole page; `parts` gives HTML for each marker (`title` is to be escaped by the caller)."""
        return "".join(piece if index % 2 == 0 else parts[piece] for index, piece in enumerate(self.pieces))


def read_shell(file: Path) -> Shell:
    """The shell in `file`. Raises ValueError when a marker is missing or stands twice."""
    pieces = tuple(_MARKER.split(file.read_text(encoding="utf-8")))
    if sorted(pieces[1::2]) != sorted(MARKERS):
        raise ValueError(f"{file} must hold each of the markers {', '.join(MARKERS)} once: publish again")
    return Shell(pieces)
