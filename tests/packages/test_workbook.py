"""A workbook holds the answers as they were given: typed, never as formulas, in flat memory."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape  # type: ignore[import-untyped]

from forms_service.answers.schemas import judged_schema
from forms_service.packages import workbook
from forms_service.packages.export import Export
from forms_service.packages.workbook import CUT, LONGEST, TooLarge, write_workbook
from tests.packages.exports import Cells, descriptor_of, export_of, peak, written
from tests.properties.runs import run_of
from tests.properties.strategies import drawn_rows, drawn_schemas


def read(export: Export) -> Any:
    return openpyxl.load_workbook(written(write_workbook, export))


def rows_of(sheet: Any) -> Iterator[dict[str, Any]]:
    header = [cell.value for cell in sheet[1]]
    for row in sheet.iter_rows(min_row=2):
        yield dict(zip(header, row, strict=True))


def is_told(cell: Any, text: str, typed: Any) -> bool:
    """Whether the cell is the typed value, or the very text where a spreadsheet would change the value."""
    if cell.data_type == "inlineStr" or isinstance(cell.value, str):
        plain = unescape(str(cell.value)) == text
        return plain and (not isinstance(typed, int | float | Decimal | date | time) or is_beyond(typed))
    if isinstance(typed, bool) or isinstance(cell.value, bool):
        return cell.value is typed
    if isinstance(typed, int | float | Decimal):
        return Decimal(repr(cell.value)) == (Decimal(repr(typed)) if isinstance(typed, float) else typed)
    if isinstance(typed, date) and not isinstance(typed, datetime):
        return bool(cell.value == datetime.combine(typed, time()))
    return bool(cell.value == typed)


def is_beyond(typed: Any) -> bool:
    if isinstance(typed, datetime):
        return typed.tzinfo is not None or typed.microsecond > 0 or typed < datetime(1900, 3, 1)
    if isinstance(typed, date):
        return typed < date(1900, 3, 1)
    if isinstance(typed, time):
        return typed.tzinfo is not None or typed.microsecond > 0
    number = Decimal(repr(typed)) if isinstance(typed, float) else Decimal(typed)
    return not number.is_finite() or len(number.normalize().as_tuple().digits) > 15


@run_of(60)
@given(st.data())
def test_every_cell_reads_back_as_its_typed_value_or_as_its_text(data: st.DataObject) -> None:
    schema, fields = data.draw(drawn_schemas())
    rows = data.draw(drawn_rows(fields, most=5))
    named: list[Cells] = [
        {field.name: "" if "\0" in cell else cell for field, cell in zip(fields, row, strict=True)}
        for row in rows
    ]
    readers = judged_schema(schema)
    book = read(export_of(descriptor_of(schema), named))
    for row, cells in zip(named, rows_of(book["answers"]), strict=True):
        for field in fields:
            text = row[field.name] or ""
            cell = cells[field.name]
            assert cell.data_type != "f"
            if not text:
                assert cell.value is None
                continue
            try:
                typed = readers.get_field(field.name).read_cell(text)[0]
            except Exception:  # its bounds cannot be compared with it: it is typed all the same
                typed = _value(readers.get_field(field.name), text)
            assert is_told(cell, text, typed), (text, typed, cell.value)


def _value(reader: Any, text: str) -> Any:
    try:
        return reader.create_value_reader()(text)
    except Exception:
        return None


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1))
@run_of(200)
def test_any_text_comes_back_whole(text: str) -> None:
    book = read(export_of(descriptor_of({"fields": [{"name": "text"}]}), [{"text": text}]))
    (row,) = rows_of(book["answers"])
    assert unescape(row["text"].value) == text
    assert row["text"].data_type != "f"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1+2", "@SUM(A1)", "=cmd|' /C calc'!A0", "\t=1"])
def test_a_text_that_looks_like_a_formula_stays_text_even_when_edited(text: str) -> None:
    book = read(export_of(descriptor_of({"fields": [{"name": "text"}]}), [{"text": text}]))
    (row,) = rows_of(book["answers"])
    assert row["text"].value == text
    assert row["text"].data_type in ("s", "inlineStr")
    assert row["text"].style and row["text"]._style.quotePrefix


def test_the_columns_of_kinbridge_are_typed_and_explained() -> None:
    schema = {
        "fields": [{"name": "n", "type": "integer", "title": "How many?", "missingValues": ["", "dont-know"]}]
    }
    book = read(export_of(descriptor_of(schema), [{"n": "12"}, {"n": "dont-know"}, {"n": "wrong"}]))
    first, second, third = rows_of(book["answers"])
    assert first["submitted_at"].value == datetime(2027, 1, 31, 9, 30)
    assert first["submission_id"].value == 1 and first["reference"].value == "AAAA-0001"
    assert [row["n"].value for row in (first, second, third)] == [12, "dont-know", "wrong"]
    words = {
        row["column"].value: row["meaning"].value
        for row in rows_of(book["dictionary"])
        if row["column"].value
    }
    assert words["n"] == "How many?" and words["submitted_at"] == "When it was sent (UTC)"


def test_a_text_longer_than_a_cell_is_cut_and_says_so() -> None:
    book = read(export_of(descriptor_of({"fields": [{"name": "t"}]}), [{"t": "😀" * 40_000}]))
    (row,) = rows_of(book["answers"])
    assert row["t"].value.endswith(CUT)
    assert LONGEST - 2 <= len(row["t"].value.encode("utf-16-le")) / 2 <= LONGEST


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 3)
    rows: list[Cells] = [{"t": "x"}] * 4
    with pytest.raises(TooLarge, match="holds 3 rows and answers has more"):
        written(write_workbook, export_of(descriptor_of({"fields": [{"name": "t"}]}), rows))


def test_names_that_no_sheet_may_have_are_changed_and_stay_apart() -> None:
    schema = {"fields": [{"name": "t"}]}
    descriptor = descriptor_of(schema)
    descriptor.package["resources"][0]["name"] = "dictionary"
    export = export_of(descriptor, [])
    assert read(export).sheetnames == ["dictionary~2", "dictionary"]


def test_the_same_rows_give_the_same_bytes() -> None:
    export = [
        export_of(descriptor_of({"fields": [{"name": "t"}]}), [{"t": "x"}, {"t": "y"}]) for _ in range(2)
    ]
    assert written(write_workbook, export[0]).getvalue() == written(write_workbook, export[1]).getvalue()


class Many:
    """Rows without end in sight, made as they are asked for."""

    def __init__(self, count: int) -> None:
        self.count = count

    def __iter__(self) -> Iterator[Cells]:
        chance = random.Random(1)
        for _ in range(self.count):
            yield {"t": str(chance.random()), "n": str(chance.randint(0, 9))}


def test_memory_does_not_grow_with_the_rows() -> None:
    schema = {"fields": [{"name": "t"}, {"name": "n", "type": "integer"}]}
    few, many = (peak(write_workbook, export_of(descriptor_of(schema), Many(count))) for count in (300, 6000))
    assert many < few * 1.2 + 100_000
