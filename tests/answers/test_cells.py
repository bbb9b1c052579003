"""What is typed becomes the cell that design 6 describes, and a stored cell shows what was typed."""

from __future__ import annotations

from typing import Any

import pytest

from forms_service.answers import cell_of, input_names, inputs_of
from forms_service.answers.strict import normalise
from tests.answers.fields import field_of, problems, ready
from tests.properties.cases import CASES, Case
from tests.properties.web import typed

UNKNOWN = {"missingValues": [{"value": ""}, {"value": "-99", "label": "I do not know"}]}
CHOICES = {"form": {"choices": [{"value": "b"}, {"value": "a"}, {"value": "c"}]}}
TYPED: tuple[tuple[str, dict[str, Any], str, str], ...] = (
    ("string", {}, "  Ana \t", "Ana"),
    ("string", {}, "two\r\nlines\rand more", "two\nlines\nand more"),
    ("string", {}, "٣", "٣"),
    ("string", {"constraints": {"maxLength": 1000}}, " a\r\n b ", " a\n b "),
    ("string", {"constraints": {"maxLength": 1000}}, " \r\n ", ""),
    ("string", {"constraints": {"enum": ["a ", "b"]}}, "a ", "a "),
    ("string", {"missingValues": [" - "]}, " - ", " - "),
    ("integer", {}, " ١٢ ", "12"),
    ("integer", {}, "１２", "12"),
    ("number", {"decimalChar": ","}, "٣,٥", "3,5"),
    ("year", {}, "२०२०", "2020"),
    ("date", {}, "٢٠٢٠-٠١-٠٢", "2020-01-02"),
    ("time", {}, "١٠:٠٠:٠٠", "10:00:00"),
)


@pytest.mark.parametrize(("kind", "more", "text", "cell"), TYPED)
def test_typed_text_is_normalised(kind: str, more: dict[str, Any], text: str, cell: str) -> None:
    assert normalise(text, field_of(kind, **more)) == cell


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_stored_cell_shows_the_inputs_that_make_it_again(case: Case) -> None:
    form = ready(case.field).form
    field = form.fields["cell"]
    for text in filter(None, (case.accepted, case.refused)):
        cell = cell_of(field, typed(form, {"cell": text}))
        assert cell_of(field, inputs_of(field, cell)) == cell


def test_a_date_is_written_in_the_fields_own_format() -> None:
    field = field_of("date", format="%d.%m.%Y")
    inputs = {"cell-day": ["3"], "cell-month": ["2"], "cell-year": ["2015"]}
    assert cell_of(field, inputs) == "03.02.2015"
    assert inputs_of(field, "03.02.2015") == inputs


def test_a_day_that_its_format_cannot_hold_is_refused_never_another_day() -> None:
    field = field_of("date", format="%Y%m%d")
    boxes = {"cell-day": ["1"], "cell-month": ["2"]}
    assert cell_of(field, {**boxes, "cell-year": ["1999"]}) == "19990201"
    cell = cell_of(field, {**boxes, "cell-year": ["0999"]})  # not 9990201, which is read as a day of 9990
    assert problems("date", cell, format="%Y%m%d") == ["incomplete"]
    assert inputs_of(field, cell) == {**boxes, "cell-year": ["0999"]}


def test_a_month_of_a_year_of_two_figures_is_refused_and_kept_as_typed() -> None:
    field, inputs = field_of("yearmonth"), {"cell-month": ["03"], "cell-year": ["15"]}
    cell = cell_of(field, inputs)
    assert problems("yearmonth", cell) == ["shortYear"]
    assert inputs_of(field, cell) == inputs


def test_a_month_has_two_boxes_and_is_read_from_one_text_too() -> None:
    field = field_of("yearmonth")
    assert input_names(field) == ("cell-month", "cell-year", "cell")
    inputs = {"cell-month": ["3"], "cell-year": ["2015"]}
    assert cell_of(field, inputs) == cell_of(field, {"cell": ["2015-03"]}) == "2015-03"
    assert inputs_of(field, "2015-03") == {"cell-month": ["03"], "cell-year": ["2015"]}
    assert cell_of(field, {"cell-month": [""], "cell-year": ["2015"]}) == "2015-"
    assert cell_of(field_of("yearmonth", **UNKNOWN), {"cell": ["-99"], "cell-year": ["2015"]}) == "-99"


@pytest.mark.parametrize(
    ("form", "boxes"),
    [
        ("default", True),
        ("any", True),
        ("%d/%m/%Y", True),
        ("%Y%m%d", True),
        ("%j %Y", True),
        ("%m/%Y", False),
        ("%d/%m/%y", False),
        ("%Y", False),
        ("%", False),
    ],
)
def test_a_date_has_three_boxes_where_its_format_keeps_every_day(form: str, boxes: bool) -> None:
    names = ("cell-day", "cell-month", "cell-year") if boxes else ("cell",)
    assert input_names(field_of("date", format=form)) == names


def test_ticked_choices_make_one_cell_in_the_order_they_were_offered() -> None:
    field = field_of("list", **CHOICES)
    assert cell_of(field, {"cell": ["a", "b", "a"]}) == cell_of(field, {"cell": ["b", "a"]}) == "b,a"


@pytest.mark.parametrize("given", [["-99"], ["", "-99"], ["7", "-99"]])
def test_a_code_for_not_knowing_counts_beside_its_text_box(given: list[str]) -> None:
    assert cell_of(field_of("integer", **UNKNOWN), {"cell": given}) == "-99"


def test_a_code_for_not_knowing_counts_beside_the_boxes_of_a_date() -> None:
    inputs = {"cell": ["-99"], "cell-day": ["1"], "cell-month": [""], "cell-year": ["2020"]}
    field = field_of("date", **UNKNOWN)
    assert cell_of(field, inputs) == "-99"
    assert inputs_of(field, "-99") == {"cell": ["-99"]}


def test_nothing_given_is_the_schemas_own_code_for_it() -> None:
    assert cell_of(field_of("integer"), {}) == ""
    assert cell_of(field_of("integer", missingValues=["Left blank", "NA"]), {"cell": [" "]}) == "Left blank"
    assert inputs_of(field_of("integer", missingValues=["Left blank"]), "Left blank") == {"cell": []}
