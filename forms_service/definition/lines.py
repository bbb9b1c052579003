"""The lines on which JSON Pointers lead into a JSON file.

Written here because a YAML parser, which would know places too, takes seconds for 2,000 fields and refuses some JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from forms_service.definition.findings import pointer as pointer_of

DEEPEST = 100  # levels of objects and lists in a descriptor
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')


def line_of(file: Path, pointer: str) -> int:
    """The line of the node at the pointer, from 1, or of the nearest that holds it; 1 when it cannot be told."""
    return Places(file).line(pointer)


class Places:
    """Where the nodes of a JSON file stand."""

    def __init__(self, file: Path) -> None:
        """Read the file; one that cannot be read has its only place in line 1."""
        try:
            self._lines = dict(_places(file.read_text(encoding="utf-8-sig")))
        except (OSError, ValueError, IndexError):
            self._lines = {}

    def line(self, pointer: str) -> int:
        """The line of the node at the pointer, from 1, or of the nearest that holds it."""
        while pointer and pointer not in self._lines:
            pointer = pointer.rpartition("/")[0]
        return self._lines.get(pointer, 1)


@dataclass
class _Open:
    """An object or list that is being read, and the name of its next node; an object waits for one."""

    at: str
    is_list: bool
    name: str | int | None

    @property
    def next_at(self) -> str:
        return self.at if self.name is None else self.at + pointer_of(self.name)


def _places(text: str) -> Iterator[tuple[str, int]]:
    """Pointers and lines in the order of the file; a member of an object stands where its name does."""
    line, read = 1, 0
    inside: list[_Open] = [_Open("", False, None)]
    for token in _TOKEN.finditer(text):
        line += text.count("\n", read, token.start())
        read = token.start()
        mark, top = token[0], inside[-1]
        if mark in "{[":
            if top.is_list:
                yield top.next_at, line
            if len(inside) > DEEPEST:
                raise ValueError("nested too deeply")  # each level makes every pointer below it longer
            inside.append(_Open(top.next_at, mark == "[", 0 if mark == "[" else None))
        elif mark in "}]":
            inside.pop()
        elif mark == ",":
            top.name = top.name + 1 if isinstance(top.name, int) else None
        elif mark[0] == '"' and top.name is None:
            top.name = str(json.loads(mark))
            yield top.next_at, line
        elif top.is_list:
            yield top.next_at, line
