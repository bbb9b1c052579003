"""Reading a CSV as its resource states it: encoding, delimiter, header."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from charset_normalizer import from_bytes

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"


class UnreadableCsv(Exception):
    """The file cannot be read as a CSV; the message says cause and mend."""


@dataclass(frozen=True)
class Table:
    """A header (None where the dialect has none), its rows, blank lines included, and what had to be guessed."""

    header: list[str] | None
    rows: Iterator[list[str]]
    guessed: tuple[str, ...]


def read_csv(file: Path, resource: Mapping[str, Any], bare: bool, names: Sequence[str]) -> Table:
    """The table in `file`. `names` are the schema's fields: with a bare schema they tell the delimiter.

    Raises UnreadableCsv.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise UnreadableCsv(f"cannot read {file} ({error.strerror}): check the path") from None
    text, guessed = _decoded(content, None if bare else resource.get("encoding"), file)
    stated = resource.get("dialect")
    dialect: dict[str, Any] = stated if isinstance(stated, dict) else {}
    delimiter = dialect.get("delimiter", ",")
    if bare:
        delimiter = _delimiter(text, names)
        guessed += () if delimiter == "," else (f'the delimiter was taken to be "{delimiter}"',)
    quote = dialect.get("quoteChar", '"')
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quotechar=quote)
    rows = _rows(reader, file)
    header = next(rows, []) if dialect.get("header", True) else None
    return Table(header, rows, guessed)


def _decoded(content: bytes, encoding: str | None, file: Path) -> tuple[str, tuple[str, ...]]:
    try:
        return content.decode(encoding or "utf-8").removeprefix(BOM), ()
    except LookupError:
        raise UnreadableCsv(f'"{encoding}" is no encoding: mend the resource of {file}') from None
    except UnicodeDecodeError:
        if encoding:
            raise UnreadableCsv(f"{file} is not {encoding}: save it so, or mend the resource") from None
    best = from_bytes(content).best()
    if best is None:
        raise UnreadableCsv(f"the encoding of {file} cannot be told: save it as UTF-8")
    return str(best).removeprefix(BOM), (f"the encoding was taken to be {best.encoding}",)


def _delimiter(text: str, names: Sequence[str]) -> str:
    """The delimiter under which the header is the schema's; a comma when none is."""
    first = text[: text.find("\n")] if "\n" in text else text
    for delimiter in (",", ";", "\t", "|"):
        if next(csv.reader([first.rstrip("\r")], delimiter=delimiter), []) == list(names):
            return delimiter
    return ","


def _rows(reader: Iterator[list[str]], file: Path) -> Iterator[list[str]]:
    csv.field_size_limit(10_000_000)
    try:
        yield from reader
    except csv.Error as error:
        raise UnreadableCsv(f"{file} is no CSV ({error}): mend it") from None
