"""Rules of a group's items that no cell shows: how many there may be, and that each says something."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from forms_service.answers.judge import Problem, Reading
from forms_service.definition import Page


def miscounted(page: Page, count: int) -> Problem | None:
    """What is wrong with having `count` items on a page that is shown, or None."""
    if count < page.least:
        return Problem(page.repeat, "minItems", page.least)
    if page.most is not None and count > page.most:
        return Problem(page.repeat, "maxItems", page.most)
    return None


def says_nothing(readings: Mapping[str, Reading], shown: Collection[str]) -> bool:
    """Whether an item is asked something and answers nothing: its row would be blank."""
    return bool(shown) and all(readings[name].is_blank for name in shown)
