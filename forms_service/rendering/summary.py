"""All answers of a form, page by page, as they are read back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from forms_service.answers import Reading, ReadyForm
from forms_service.definition import Field, Page
from forms_service.rendering.display import shown_answer


@dataclass(frozen=True)
class Line:
    """One question and the lines of its answer (none: it was not answered)."""

    field: Field
    answer: tuple[str, ...]


@dataclass(frozen=True)
class Section:
    """One page's questions."""

    page: Page
    lines: tuple[Line, ...]


def sections(
    ready: ReadyForm, readings: Mapping[str, Reading], shown: frozenset[str] | None = None
) -> tuple[Section, ...]:
    """The questions that apply, by page; `shown` is worked out from the answers when not given."""
    applies = ready.conditions.shown(ready.values(readings)) if shown is None else shown
    found = []
    for page in ready.form.pages:
        lines = tuple(
            Line(ready.form.fields[name], tuple(shown_answer(ready.form.fields[name], readings[name])))
            for name in page.fields
            if name in applies
        )
        if lines:
            found.append(Section(page, lines))
    return tuple(found)
