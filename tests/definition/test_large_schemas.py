"""A large schema is read in work that grows with its fields, not with their square."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from forms_service.answers import prepare
from forms_service.definition import Descriptor, check_structure

TYPES = ("string", "integer", "date", "boolean", "yearmonth")


def descriptor_of(number: int) -> Descriptor:
    """A form of so many questions, every other one with a condition on the one before it."""
    fields: list[dict[str, Any]] = [
        {"name": f"q{place}", "title": f"Question {place}", "type": TYPES[place % len(TYPES)]}
        for place in range(number)
    ]
    for place in range(1, number, 2):
        fields[place]["form"] = {"showWhen": {"field": f"q{place - 1}", "operator": "exists"}}
    names = [field["name"] for field in fields]
    pages = [{"name": f"p{start}", "fields": names[start : start + 10]} for start in range(0, number, 10)]
    resource = {"name": "rows", "path": "rows.csv", "schema": {"fields": fields}}
    package = {"name": "large", "version": "1.0.0", "languages": ["en"], "resources": [resource]}
    return Descriptor(
        Path("large/datapackage.json"), {**package, "form": {"retention": "P1Y", "pages": pages}}
    )


def calls(work: Callable[[Descriptor], object], number: int) -> int:
    """How many functions are called on the way."""
    descriptor, count = descriptor_of(number), 0

    def counted(frame: Any, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counted)
    try:
        work(descriptor)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("work", [check_structure, prepare])
def test_four_times_the_fields_are_four_times_the_work(work: Callable[[Descriptor], object]) -> None:
    calls(work, 20)  # what is done once in a process
    assert calls(work, 2_000) < 4.5 * calls(work, 500)
