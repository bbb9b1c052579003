"""All answers of a form, page by page and item by item, as they are read back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from forms_service.answers import Reading, ReadyForm
from forms_service.answers.files import KeptFile
from forms_service.answers.ready import ItemReadings
from forms_service.definition import Field, Page
from forms_service.rendering.display import shown_answer, shown_file
from forms_service.rendering.items import item_title

NO_FILES: Mapping[str, KeptFile] = {}


@dataclass(frozen=True)
class Line:
    """One question and the lines of its answer (none: it was not answered)."""

    field: Field
    answer: tuple[str, ...]


@dataclass(frozen=True)
class ItemLines:
    """One item's questions, under its number and title."""

    number: int
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Section:
    """One page's questions, or its items."""

    page: Page
    lines: tuple[Line, ...]
    items: tuple[ItemLines, ...] = ()


def sections(
    ready: ReadyForm,
    readings: Mapping[str, Reading],
    shown: frozenset[str] | None = None,
    items: ItemReadings | None = None,
    files: Mapping[str, KeptFile] = NO_FILES,
) -> tuple[Section, ...]:
    """The questions that apply, by page; `shown` is worked out from the answers when not given.

    `files` are what is known of the files given, by field.
    """
    values = ready.values(readings, items)
    applies = ready.conditions.shown(values) if shown is None else shown
    in_items = ready.conditions.shown_in_items(values, applies)
    found = []
    for page in ready.form.pages:
        if page.repeat in in_items:
            listed = (items or {}).get(page.repeat, {})
            found.append(Section(page, (), tuple(_items(ready, page, listed, in_items[page.repeat]))))
            continue
        asked = [name for name in page.fields if name in applies]
        lines = _lines(ready.form.fields, asked, readings, files)
        if lines:
            found.append(Section(page, lines))
    return tuple(found)


def _items(
    ready: ReadyForm,
    page: Page,
    items: Mapping[int, Mapping[str, Reading]],
    shown: tuple[frozenset[str], ...],
) -> Iterator[ItemLines]:
    fields = ready.form.groups[page.repeat].fields
    for place, (number, readings) in enumerate(items.items(), 1):
        names = [name for name in fields if name in shown[place - 1]]
        answers = {name: (fields[name], readings[name]) for name in names}
        yield ItemLines(number, item_title(page, answers, place), _lines(fields, names, readings))


def _lines(
    fields: Mapping[str, Field],
    names: list[str],
    readings: Mapping[str, Reading],
    files: Mapping[str, KeptFile] = NO_FILES,
) -> tuple[Line, ...]:
    return tuple(
        Line(
            fields[name],
            (shown_file(files[name]),)
            if name in files
            else tuple(shown_answer(fields[name], readings[name])),
        )
        for name in names
    )
