"""Reading a CSV as its resource states it: encoding, delimiter, header."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from charset_normalizer import from_bytes

from forms_service.definition.dialects import dialect_of, names_known

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
    """The table in `file`. `names` are the schema's fields: they tell the delimiter where none is stated.

    Raises UnreadableCsv.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise UnreadableCsv(f"cannot read {file} ({error.strerror}): check the path") from None
    text, guessed = _decoded(content, None if bare else resource.get("encoding"), names, file)
    try:
        dialect = dialect_of({} if bare else resource)
    except ValueError as error:
        raise UnreadableCsv(f"cannot read {file}: {error}") from None
    options = dialect.reader_options(text, names)
    if options["delimiter"] != "," and "delimiter" not in dialect.options:
        guessed += (f'the delimiter was taken to be "{options["delimiter"]}"',)
    rows = _rows(csv.reader(io.StringIO(text, newline=""), **options), dialect.comment, file)
    header = next(rows, []) if dialect.header else None
    return Table(header, rows, guessed)


def _decoded(content: bytes, encoding: Any, names: Sequence[str], file: Path) -> tuple[str, tuple[str, ...]]:
    try:
        return content.decode(str(encoding or "utf-8")).removeprefix(BOM), ()
    except LookupError:
        raise UnreadableCsv(f'"{encoding}" is no encoding: mend the resource of {file}') from None
    except UnicodeDecodeError:
        if encoding:
            raise UnreadableCsv(f"{file} is not {encoding}: save it so, or mend the resource") from None
    likely = {match.encoding: str(match).removeprefix(BOM) for match in from_bytes(content)}
    likely.setdefault("cp1252", content.decode("cp1252", "replace"))  # what most files that are not UTF-8 are
    best = max(likely, key=lambda name: names_known(likely[name], names))
    return likely[best], (f"the encoding was taken to be {best}",)


def _rows(reader: Iterator[list[str]], comment: str, file: Path) -> Iterator[list[str]]:
    csv.field_size_limit(10_000_000)
    try:
        for cells in reader:
            if not (comment and cells and cells[0].startswith(comment)):
                yield cells
    except csv.Error as error:
        raise UnreadableCsv(f"{file} is no CSV ({error}): mend it") from None
