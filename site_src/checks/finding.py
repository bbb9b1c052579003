"""One thing `kinbridge check` found: where it is, how bad it is, what it is."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Level = Literal["error", "warning"]


@dataclass(frozen=True, order=True)
class Finding:
    """A fault at a line of a file. `path` is written from the instance's folder; lines count from 1."""

    path: str
    line: int
    level: Level
    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.level} {self.code} {self.message}"

    def as_json(self) -> dict[str, Any]:
        """The same as `{"path", "line", "level", "code", "message"}`."""
        return asdict(self)


def error(path: str, line: int, code: str, message: str) -> Finding:
    """A finding that stops a publish."""
    return Finding(path, line, "error", code, message)


def warning(path: str, line: int, code: str, message: str) -> Finding:
    """A finding to mend soon; it stops nothing."""
    return Finding(path, line, "warning", code, message)
