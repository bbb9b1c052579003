"""What a family is offered is what it can give: categories, and codes for no answer."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.answers.fields import problems, ready
from tests.families import Family
from tests.instances import make_instance
from tests.public.test_outcomes import causes_of, descriptor

CODE = {"value": "-9", "label": "Prefer not to say"}
LABELLED = [{"value": "a", "label": "A"}, {"value": "b", "label": "B"}]
OFFERED: tuple[dict[str, Any], ...] = (
    {"type": "string", "constraints": {"enum": ["a", "b"]}, "categories": LABELLED},
    {"type": "integer", "constraints": {"minimum": 0, "maximum": 3}, "form": {"widget": "scale"}},
    {"type": "string"},
    {"type": "date"},
)


def page_of(folder: Path, *fields: dict[str, Any]) -> str:
    """The first page of a form of these fields."""
    instance = make_instance(folder, {"made-up": descriptor(list(fields))})
    return Family(instance.app().test_client(), "made-up").start().text


def with_code(field: dict[str, Any], required: bool) -> dict[str, Any]:
    constraints = {**field.get("constraints", {}), "required": required}
    form = {**field.get("form", {}), "missing": [CODE]}
    return {"name": "q", **field, "constraints": constraints, "missingValues": ["", "-9"], "form": form}


@pytest.mark.parametrize("field", OFFERED)
def test_a_code_for_no_answer_is_offered_where_it_is_taken(field: dict[str, Any], tmp_path: Path) -> None:
    page = page_of(tmp_path, with_code(field, required=False))
    assert "Prefer not to say" in page and 'value="-9"' in page
    assert causes_of(descriptor([with_code(field, required=False)]), tmp_path) == []


@pytest.mark.parametrize("field", OFFERED)
def test_a_required_question_offers_no_code_that_it_would_refuse(
    field: dict[str, Any], tmp_path: Path
) -> None:
    page = page_of(tmp_path, with_code(field, required=True))
    assert "Prefer not to say" not in page and 'value="-9"' not in page
    cause = '"Prefer not to say" is never offered, for the question must be answered'
    assert causes_of(descriptor([with_code(field, required=True)]), tmp_path) == [cause]


@pytest.mark.parametrize(
    "categories", [["1", "2"], [{"value": "1", "label": "One"}, {"value": "2", "label": "Two"}]]
)
def test_categories_are_choices_without_an_enum_too(categories: list[Any], tmp_path: Path) -> None:
    page = page_of(tmp_path, {"name": "q", "type": "string", "categories": categories})
    assert re.findall(r'<input type="radio" name="q" value="([^"]+)"', page) == ["1", "2"]
    assert ("One" in page) is isinstance(categories[0], dict)
    assert problems("string", "2", categories=categories) == []
    assert problems("string", "3", categories=categories) == ["choice"]


def test_categories_are_compared_as_numbers_where_they_are_numbers() -> None:
    field = {"name": "cell", "type": "integer", "categories": [1, 2]}
    assert ready(field).judge.read("cell", "02").value == 2
    assert [problem.constraint for problem in ready(field).judge.read("cell", "3").problems] == ["choice"]


def test_a_category_that_its_field_cannot_read_is_told(tmp_path: Path) -> None:
    causes = causes_of(descriptor([{"name": "q", "type": "integer", "categories": ["one", 2]}]), tmp_path)
    assert causes == ['the field refuses its own choice "one" (type)']
