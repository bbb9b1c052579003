"""Reads a CSV file of a data package as rows of text."""

from __future__ import annotations

import csv
from pathlib import Path

from site_src.errors import SiteError


def read_rows(path: Path) -> list[dict[str, str]]:
    """Each row as column -> text, outer white space gone; no file gives no rows.

    Raises SiteError when the file is not UTF-8 or not CSV.
    """
    if not path.is_file():
        return []
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            return [
                {(column or "").strip(): (cell or "").strip() for column, cell in row.items() if column}
                for row in csv.DictReader(stream, strict=True)
            ]
    except (UnicodeDecodeError, csv.Error) as error:
        raise SiteError(f"{path} is not a UTF-8 CSV file: {error}.", "Save it as UTF-8 CSV.") from error
