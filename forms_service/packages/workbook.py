"""An export as a spreadsheet (XLSX): typed cells, text that is never a formula, nothing unsealed on a disk.

XlsxWriter keeps every cell in memory (364 MB for 50,000 rows of 30 columns, and ten times the time) or, in its
constant memory mode, spools them unsealed to temporary files. So it makes the workbook with headers only, in memory,
and the rows are streamed into its sheets as the zip is written: 24 MB whatever their number.

| Table Schema | cell |
| --- | --- |
| integer, number, year | a number; text where a spreadsheet would round it (more than 15 digits) |
| boolean | a boolean |
| date, time, datetime without zone, the moment of sending (UTC) | a date; text before March 1900 or below a second |
| all else, codes for "no answer", refused cells | text |
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import astuple, dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from typing import IO, Any
from xml.sax.saxutils import escape

import xlsxwriter  # type: ignore[import-untyped]
from xlsxwriter.utility import xl_col_to_name  # type: ignore[import-untyped]

from forms_service.answers.schemas import judged_schema
from forms_service.packages import dictionary
from forms_service.packages.export import Export, Sheet, entry

MOST_ROWS = 1_048_575  # of a sheet, below its header
LONGEST = 32_767  # UTF-16 units of a cell
CUT = "… (cut here: the data package holds all of it)"
DICTIONARY = "dictionary"
_MOST_DIGITS = 15  # that a spreadsheet keeps of a number
_FIRST_DAY = date(1900, 3, 1)  # before it, spreadsheets count a day that never was
_DAY_ZERO = datetime(1899, 12, 30)
_DAY = timedelta(days=1)
_MADE = datetime(1980, 1, 1)  # an export says nothing of when it was made
_STYLES: tuple[Mapping[str, Any], ...] = (
    {"num_format": "@"},
    {"num_format": "@", "quote_prefix": True},  # stays text when somebody edits the cell
    {"num_format": "yyyy-mm-dd"},
    {"num_format": "yyyy-mm-dd hh:mm:ss"},
    {"num_format": "hh:mm:ss"},
)
_TEXT, _QUOTED, _DATE, _MOMENT, _TIME = range(len(_STYLES))
_UNSPEAKABLE = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


class TooLarge(Exception):
    """A table that no spreadsheet holds; the message says cause and mend."""


@dataclass(frozen=True)
class _Hollow:
    """A sheet as XlsxWriter made it, without its rows, and the numbers of our styles."""

    head: bytes
    foot: bytes
    styles: tuple[str, ...]


def write_workbook(out: IO[bytes], export: Export) -> None:
    """Write the workbook to `out`: a sheet for each table and one with the dictionary. Raises TooLarge."""
    count = len(export.package["resources"])
    with (
        zipfile.ZipFile(_without_rows(export)) as made,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        streamed = {f"xl/worksheets/sheet{number}.xml" for number in range(1, count + 1)}
        for name in made.namelist():
            if name not in streamed:
                archive.writestr(entry(name), made.read(name))
        for number, sheet in enumerate(export.sheets(), 1):
            name = f"xl/worksheets/sheet{number}.xml"
            hollow = _hollow(made.read(name))
            with archive.open(entry(name), "w", force_zip64=True) as file:
                file.write(hollow.head)
                for row in _rows(sheet, hollow.styles):
                    file.write(row.encode())
                file.write(hollow.foot)


def _without_rows(export: Export) -> BytesIO:
    """The workbook with headers, a row that shows our styles, and the whole dictionary."""
    out, taken = BytesIO(), {DICTIONARY}
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        book.set_properties({"created": _MADE})
        bold, styles = book.add_format({"bold": True}), [book.add_format(style) for style in _STYLES]
        for resource in export.package["resources"]:
            sheet = book.add_worksheet(_sheet_name(resource["name"], taken))
            sheet.freeze_panes(1, 1)
            for column, raw in enumerate(resource["schema"]["fields"]):
                sheet.write_string(0, column, raw["name"], bold)
            sheet.set_column(0, len(resource["schema"]["fields"]) - 1, 18)
            for column, style in enumerate(styles):
                sheet.write_blank(1, column, None, style)
        words = book.add_worksheet(DICTIONARY)
        words.set_column(0, len(dictionary.HEADER) - 1, 30)
        lines = [dictionary.HEADER, *map(astuple, dictionary.lines(export.package, export.tables))]
        for row, line in enumerate(lines):
            for column, text in enumerate(line):
                words.write_string(row, column, text[:LONGEST], bold if row == 0 else styles[_TEXT])
        for row, text in enumerate(export.explanation, len(lines) + 1):
            words.write_string(row, 0, text[:LONGEST])
    return out


def _hollow(content: bytes) -> _Hollow:
    """The sheet cut where its rows belong; its second row told the styles, in our order."""
    rows, foot = content.split(b"</sheetData>")
    head, shown = rows.split(b'<row r="2"')
    styles = re.findall(rb'<c r="[A-Z]+2" s="(\d+)"/>', shown)
    head = re.sub(b"<dimension[^>]*/>", b"", head)  # how many rows will come is not known yet
    return _Hollow(head, b"</sheetData>" + foot, tuple(style.decode() for style in styles))


def _rows(sheet: Sheet, styles: tuple[str, ...]) -> Iterator[str]:
    letters = [xl_col_to_name(column) for column in range(len(sheet.columns))]
    readers = [field.create_value_reader() for field in judged_schema(sheet.resource["schema"]).fields]
    own = set(sheet.resource.get("form", {}).get("own", ()))
    utc = [name in own for name in sheet.columns]
    for number, cells in enumerate(sheet.rows, 2):
        if number > MOST_ROWS + 1:
            cause = f"a spreadsheet holds {MOST_ROWS} rows and {sheet.resource['name']} has more"
            raise TooLarge(f"{cause}: choose fewer with --since and --until, or take the zip")
        made = (
            _cell(f"{letter}{number}", cell, _value(reader, cell, is_utc), styles)
            for letter, cell, reader, is_utc in zip(letters, cells, readers, utc, strict=True)
            if cell
        )
        yield f'<row r="{number}">{"".join(made)}</row>'


def _value(reader: Callable[[str], Any], cell: str, is_utc: bool) -> Any:
    """The typed value, or None when the cell stays text."""
    try:
        value = reader(cell)
    except Exception:  # a reader that raises refuses: see `answers.judge`
        return None
    if is_utc and isinstance(value, datetime):
        return value.replace(tzinfo=None)
    return value


def _cell(at: str, text: str, value: Any, styles: tuple[str, ...]) -> str:
    if isinstance(value, bool):
        return f'<c r="{at}" t="b"><v>{value:d}</v></c>'
    if isinstance(value, int | float | Decimal) and _is_kept(value):
        number = repr(value if isinstance(value, int) else float(value))
        return f'<c r="{at}"><v>{number}</v></c>'
    style, day = _day(value)
    if day is not None:
        return f'<c r="{at}" s="{styles[style]}"><v>{day!r}</v></c>'
    style = _QUOTED if text[0] in "=+-@\t\n" else _TEXT
    words = escape(_UNSPEAKABLE.sub(lambda match: f"_x{ord(match[0]):04X}_", _cut(text)))
    return f'<c r="{at}" s="{styles[style]}" t="inlineStr"><is><t xml:space="preserve">{words}</t></is></c>'


def _is_kept(value: float | Decimal) -> bool:
    """Whether a spreadsheet shows the number as it is."""
    exact = value if isinstance(value, Decimal) else Decimal(repr(value))
    if not exact.is_finite() or abs(exact.adjusted()) > 300:
        return exact == 0
    return len(exact.normalize().as_tuple().digits) <= _MOST_DIGITS


def _day(value: Any) -> tuple[int, float | None]:
    """The style and the serial number of a day, moment or time; no number when it has none."""
    if isinstance(value, datetime) and value.tzinfo is None and not value.microsecond:
        return _MOMENT, (value - _DAY_ZERO) / _DAY if value.date() >= _FIRST_DAY else None
    if isinstance(value, date) and not isinstance(value, datetime):
        return _DATE, (value - _DAY_ZERO.date()).days if value >= _FIRST_DAY else None
    if isinstance(value, time) and value.tzinfo is None and not value.microsecond:
        return _TIME, (value.hour * 3600 + value.minute * 60 + value.second) / 86_400
    return _TEXT, None


def _cut(text: str) -> str:
    units = text.encode("utf-16-le")
    if len(units) <= 2 * LONGEST:
        return text
    return units[: 2 * (LONGEST - len(CUT))].decode("utf-16-le", "ignore") + CUT


def _sheet_name(name: str, taken: set[str]) -> str:
    """`name` as a sheet may be called: 31 characters, some of them refused, no other sheet's."""
    plain = re.sub(r"[\[\]:*?/\\']", "-", name)[:31] or "table"
    found, number = plain, 2
    while found.lower() in taken | {"history"}:
        found, number = f"{plain[:27]}~{number}", number + 1
    taken.add(found.lower())
    return found
