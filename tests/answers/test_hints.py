"""A box to type into says how: an example in the field's own format, in its hint and in its errors."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from forms_service.answers import hint_of, sentence
from forms_service.answers.examples import example_of
from tests.answers.fields import field_of, ready
from tests.families import Family
from tests.instances import make_instance
from tests.public.test_outcomes import descriptor

HINTED: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("number", {"decimalChar": ","}, "1,5"),
    ("time", {}, "14:30:00"),
    ("time", {"format": "any"}, "14:30"),
    ("time", {"format": "%H:%M"}, "14:30"),
    ("datetime", {}, "2015-03-27T14:30:00"),
    ("datetime", {"format": "any"}, "2015-03-27 14:30"),
    ("datetime", {"format": "%d/%m/%Y %H:%M"}, "27/03/2015 14:30"),
    ("date", {"format": "%m/%Y"}, "03/2015"),
    ("date", {"format": "%d/%m/%y"}, "27/03/15"),
    ("duration", {}, "P2W"),
    ("geopoint", {}, "-71.06, 42.36"),
    ("geopoint", {"format": "array"}, "[-71.06, 42.36]"),
    ("geopoint", {"format": "object"}, '{"lon": -71.06, "lat": 42.36}'),
    ("list", {}, "A,A"),
    ("list", {"itemType": "integer", "delimiter": ";"}, "1;1"),
    ("list", {"itemType": "date"}, "2015-03-27,2015-03-27"),
    ("array", {}, "[1, 2]"),
    ("object", {}, '{"a": 1}'),
    ("geojson", {}, '{"type": "Point", "coordinates": [-71.06, 42.36]}'),
    ("string", {"format": "uuid"}, "123e4567-e89b-12d3-a456-426614174000"),
    ("string", {"format": "binary"}, "aGVsbG8="),
    ("string", {"format": "uri"}, "https://example.org"),
)


@pytest.mark.parametrize(("kind", "more", "example"), HINTED)
def test_the_hint_shows_an_answer_that_the_field_takes(kind: str, more: dict[str, Any], example: str) -> None:
    field = {"name": "cell", "type": kind, **more}
    form = ready(field)
    assert hint_of(form.form.fields["cell"]).startswith(f"For example: {example}")
    assert form.judge.read("cell", example).problems == ()


@pytest.mark.parametrize(("kind", "more", "example"), HINTED)
def test_the_error_shows_the_same_answer(kind: str, more: dict[str, Any], example: str) -> None:
    form = ready({"name": "cell", "type": kind, **more})
    (problem,) = form.judge.read("cell", "\u00b6").problems or [None]
    if problem is not None and problem.constraint == "type":
        assert example in sentence(problem, form.form.fields["cell"])
    else:
        assert kind == "list"  # takes any text


@pytest.mark.parametrize(
    ("kind", "more", "typed", "words"),
    [
        ("number", {"decimalChar": ","}, "1.5", "write a number, such as 1,5"),
        ("number", {}, "x", "write a number, such as 1.5"),
        ("time", {"format": "%H:%M"}, "14:30:00", "write a time, such as 14:30"),
        ("date", {"format": "%m/%Y"}, "27 3 2015", "write a real date, such as 03/2015"),
        ("date", {}, "x", "write a real date, such as 27 3 2015"),
        ("yearmonth", {}, "15-03", "write month and year in four figures, such as 3 2015"),
    ],
)
def test_an_error_never_contradicts_the_format(
    kind: str, more: dict[str, Any], typed: str, words: str
) -> None:
    form = ready({"name": "cell", "type": kind, **more})
    (problem,) = form.judge.read("cell", typed).problems
    assert sentence(problem, form.form.fields["cell"]) == f"“cell”: {words}"


def test_the_authors_own_hint_stands_alone() -> None:
    assert hint_of(field_of("time", description="By the clock")) == "By the clock"


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("string", {}),
        ("string", {"format": "email"}),
        ("any", {}),
        ("integer", {}),
        ("number", {}),
        ("boolean", {}),
        ("date", {}),
        ("yearmonth", {}),
        ("list", {"form": {"choices": [{"value": "a"}]}}),
        ("time", {"constraints": {"enum": ["14:30:00"]}}),
    ],
)
def test_what_is_asked_plainly_needs_no_example(kind: str, more: dict[str, Any]) -> None:
    assert hint_of(field_of(kind, **more)) == ""


def test_boxes_have_their_example_in_their_order() -> None:
    assert [example_of(field_of(kind)) for kind in ("date", "yearmonth")] == ["27 3 2015", "3 2015"]


def test_the_hint_is_read_out_with_its_box_and_again_with_the_error(tmp_path: Path) -> None:
    fields = [{"name": "t", "title": "When?", "type": "time", "format": "%H:%M"}, {"name": "z"}]
    instance = make_instance(tmp_path, {"made-up": descriptor(fields)})
    family = Family(instance.app().test_client(), "made-up")
    pages = [family.start().text, family.answer("all", {"t": "14:30:00"}).text]
    assert all('<div class="kb-hint" id="h-t">For example: 14:30</div>' in page for page in pages)
    described = [re.findall(r'<input [^>]*name="t"[^>]*aria-describedby="([^"]+)"', page) for page in pages]
    assert described == [["h-t"], ["h-t e-t"]]
    assert "“When?”: write a time, such as 14:30" in unescape(pages[1])
