"""The rows of a CSV file, each with the line it begins on."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Row:
    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        """The cell, outer white space gone; "" when there is no such column."""
        return self.cells.get(column, "")


def read_rows(path: Path) -> tuple[Row, ...]:
    """All rows in order; none when the file is missing or no UTF-8 CSV."""
    rows: list[Row] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream, strict=True)
            columns = reader.fieldnames or []
            for record in reader:
                cells = {column: record[column] or "" for column in columns}
                line = reader.line_num - sum(cell.count("\n") for cell in cells.values())
                rows.append(Row(line, {column: cell.strip() for column, cell in cells.items()}))
    except (OSError, UnicodeDecodeError, csv.Error):
        return ()
    return tuple(rows)


def record_lines(path: Path) -> tuple[int, ...]:
    """The line on which each record begins, the header and blank ones too; none when the file is no UTF-8 CSV."""
    lines: list[int] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream)
            end = 0
            for _ in reader:
                lines.append(end + 1)
                end = reader.line_num
    except (OSError, UnicodeDecodeError, csv.Error):
        return ()
    return tuple(lines)
