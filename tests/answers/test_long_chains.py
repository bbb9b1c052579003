"""Conditions in long chains: checked in time that grows with their length, and evaluated without running out of stack."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from forms_service.answers import prepare
from forms_service.answers.conditions import Values
from forms_service.definition import Descriptor, check_structure

LENGTH = 1_000
LINK = {"fields": "submission_id", "reference": {"resource": "whole", "fields": "submission_id"}}


def chain(prefix: str, length: int = LENGTH) -> list[dict[str, Any]]:
    """Questions of which each is asked when the one after it is answered: the last decides about all."""
    shown = (
        {"form": {"showWhen": {"field": f"{prefix}{number + 1}", "operator": "exists"}}}
        for number in range(length - 1)
    )
    return [
        *({"name": f"{prefix}{number}", **more} for number, more in enumerate(shown)),
        {"name": f"{prefix}{length - 1}"},
    ]


def package_of(
    *fields: dict[str, Any], items: tuple[dict[str, Any], ...] = (), paged: bool = True
) -> Descriptor:
    """A form that asks these on one page, and a list of items."""
    names = [field["name"] for field in fields]
    pages = [{"name": "all", "fields": names}, {"name": "list", "repeat": "parts"}]
    parts = {"fields": [{"name": "submission_id"}, *items], "foreignKeys": [LINK]}
    groups = [{"name": "parts", "path": "parts.csv", "schema": parts}] if items else []
    form = {"retention": "P1Y", "pages": pages if items else pages[:1]}
    whole = {"name": "whole", "path": "whole.csv", "schema": {"fields": list(fields)}}
    package = {"name": "form", "version": "1.0.0", "languages": ["en"], "resources": [whole, *groups]}
    return Descriptor(
        Path("form/datapackage.json"), {**package, "form": form if paged else {"retention": "P1Y"}}
    )


def test_a_chain_asked_last_first_is_evaluated_to_its_end() -> None:
    conditions = prepare(package_of(*chain("q"))).conditions
    answers = [(f"q{number}", "x") for number in range(LENGTH)]
    assert len(conditions.shown(Values(answers))) == LENGTH
    assert conditions.shown(Values(answers[:-1])) == {f"q{LENGTH - 1}"}
    assert conditions.shown(Values(answers[:500] + answers[501:])) == {
        f"q{number}" for number in range(500, LENGTH)
    }


def test_a_chain_inside_an_item_is_evaluated_to_its_end() -> None:
    conditions = prepare(package_of({"name": "a"}, items=tuple(chain("q")))).conditions
    answers = {f"q{number}": "x" for number in range(LENGTH)}
    last = f"q{LENGTH - 1}"
    without_last = {name: value for name, value in answers.items() if name != last}
    shown = conditions.shown_in_items(Values((), {"parts": [answers, without_last]}))
    assert [len(fields) for fields in shown["parts"]] == [LENGTH, 1]


def test_a_chain_that_goes_through_items_and_back_is_evaluated_in_order() -> None:
    # c is asked when an item answers b; b when a is answered; d, of the item, when c is answered.
    exists = {"operator": "exists"}
    look = {"anyItem": "parts", "when": {"field": "b", **exists}}
    fields = ({"name": "a"}, {"name": "c", "form": {"showWhen": look}})
    items = (
        {"name": "b", "form": {"showWhen": {"field": "a", **exists}}},
        {"name": "d", "form": {"showWhen": {"field": "c", **exists}}},
    )
    descriptor = package_of(*fields, items=items)
    pages = [
        {"name": "first", "fields": ["a"]},
        {"name": "list", "repeat": "parts"},
        {"name": "all", "fields": ["c"]},
    ]
    descriptor.package["form"]["pages"] = [pages[0], pages[1], pages[2]]
    found = [finding.code for finding in check_structure(descriptor) if finding.level == "error"]
    assert found == ["condition-later"]  # d looks at a later page: it is told
    del descriptor.package["resources"][1]["schema"]["fields"][2]["form"]
    conditions = prepare(descriptor).conditions
    parts = {"parts": [{"b": "x"}]}
    assert conditions.shown(Values([("a", "x"), ("c", "x")], parts)) == {"a", "c"}
    assert conditions.shown(Values([("c", "x")], parts)) == {"a"}


@pytest.mark.parametrize("circle", [False, True])
def test_a_long_chain_is_checked_in_a_moment(circle: bool) -> None:
    fields = chain("q", 2_000)
    if circle:
        fields[-1]["form"] = {"showWhen": {"field": "q1998", "operator": "exists"}}
    spent = time.process_time()
    found = {
        finding.pointer
        for finding in check_structure(package_of(*fields))
        if finding.code == "condition-cycle"
    }
    assert time.process_time() - spent < 10  # minutes, when each asks all that it depends on
    places = (1998, 1999) if circle else ()
    assert found == {f"/resources/0/schema/fields/{place}/form/showWhen" for place in places}


def test_a_question_on_a_page_made_for_it_looks_at_no_later_page() -> None:
    fields: list[dict[str, Any]] = [{"name": f"q{number}"} for number in range(25)]
    fields[3]["form"] = {"showWhen": {"field": "q9", "operator": "exists"}}  # the same page: the first ten
    assert check_structure(package_of(*fields, paged=False)) == []
    fields[3]["form"] = {"showWhen": {"field": "q10", "operator": "exists"}}
    (found,) = check_structure(package_of(*fields, paged=False))
    assert (found.code, found.pointer) == ("condition-later", "/resources/0/schema/fields/3/form/showWhen")
