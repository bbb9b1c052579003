"""The judge asks frictionless' readers, and is neither kept busy nor stopped by any cell."""

from __future__ import annotations

import time
from typing import Any

import pytest

from forms_service.answers.inputs import INCOMPLETE
from tests.answers.fields import problems, ready
from tests.properties.cases import CASES, Case

LONG = 120_000
HOSTILE = (
    *("9" * LONG, "1" * 4_301, "a" * LONG, "a." * (LONG // 2), "x@" + "1." * (LONG // 2), "-" * LONG),
    *("[" * LONG, '{"a":' * (LONG // 5), "1 " * (LONG // 2), "1/" * (LONG // 2), "P" + "1Y" * (LONG // 2)),
    *("http://" + "a:" * (LONG // 2), "1," * (LONG // 2), "12:" * (LONG // 3), "1e999999999", "1" * 999),
)
CENTURY = [f"{year}-01-01" for year in range(1900, 2100)]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_no_cell_keeps_the_judge_busy(case: Case) -> None:
    judge = ready(case.field).judge
    for text in HOSTILE:
        spent = time.process_time()
        judge.read("cell", text)
        assert time.process_time() - spent < 1, text[:20]


def test_a_pattern_never_runs_on_a_text_that_is_too_long() -> None:
    slow = {"pattern": "(a+)+$", "maxLength": 20}
    assert problems("string", "a" * 21 + "!", constraints=slow) == ["maxLength"]
    assert problems("string", "a" * 2_001 + "!", constraints={"pattern": "(a+)+$"}) == ["tooLong"]


def test_only_the_boxes_of_a_date_can_be_incomplete() -> None:
    assert problems("string", INCOMPLETE + "2020--") == []
    assert problems("date", INCOMPLETE + "2020--") == ["incomplete"]


@pytest.mark.parametrize(
    ("kind", "cell", "more", "expected"),
    [
        ("integer", "x", {}, ["type"]),
        ("integer", "1", {"constraints": {"minimum": 2}}, ["minimum"]),
        ("string", "ab1", {"constraints": {"minLength": 4, "pattern": "[a-z]+"}}, ["minLength", "pattern"]),
        ("date", "2020-01-02", {"constraints": {"enum": CENTURY}}, ["enum"]),
        ("array", '["x"]', {"arrayItem": {"type": "integer"}}, ["type"]),
        ("boolean", "", {"constraints": {"required": True}}, ["required"]),
    ],
)
def test_a_refusal_names_what_was_broken(
    kind: str, cell: str, more: dict[str, Any], expected: list[str]
) -> None:
    assert problems(kind, cell, **more) == expected


def test_an_empty_enum_takes_nothing() -> None:
    assert problems("string", "a", constraints={"enum": []}) == ["enum"]


@pytest.mark.parametrize(
    ("kind", "answer", "cell"),
    [
        ("datetime", "2020-01-01T00:00:00Z", "2020-01-02T00:00:00"),
        ("time", "10:00:00Z", "11:00:00"),
        ("duration", "P1Y", "P400D"),
    ],
)
def test_a_condition_between_values_without_order_does_not_hold(kind: str, answer: str, cell: str) -> None:
    when = {"field": "first", "operator": ">", "answer": answer}
    form = ready({"name": "first", "type": kind}, {"name": "second", "form": {"showWhen": when}})
    assert form.conditions.shown(form.values(form.judge.row({"first": cell}))) == {"first"}
