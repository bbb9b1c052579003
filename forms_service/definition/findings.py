"""What is wrong with a descriptor, where, and how to mend it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")  # a descriptor's own text stays on one line


@dataclass(frozen=True)
class Finding:
    """One fault of a descriptor.

    `pointer` is a JSON Pointer (RFC 6901) into the descriptor; `line` counts from 1 and is 1 when unknown.
    """

    code: str
    cause: str
    mend: str
    pointer: str = ""
    level: Literal["error", "warning"] = "error"
    path: Path | None = None
    line: int = 1

    def at(self, path: Path, line: int = 1) -> Finding:
        """The same finding, placed in a file."""
        return replace(self, path=path, line=line)

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}: " if self.path else ""
        pointer = f"{self.pointer}: " if self.pointer else ""
        line = f"{where}{self.level} {self.code} {pointer}{self.cause}. {self.mend}."
        return on_one_line(line)


class DefinitionError(Exception):
    """A descriptor that cannot become a form; `findings` say why."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        super().__init__("; ".join(str(finding) for finding in findings))


def on_one_line(text: str) -> str:
    """`text` with its control characters written out, such as `\\n`."""
    return _CONTROL.sub(lambda found: repr(found[0])[1:-1], text)


def pointer(*parts: str | int) -> str:
    """A JSON Pointer (RFC 6901) from its parts."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)
