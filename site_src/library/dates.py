"""The next dates of a form whose groups have limited places, as the form itself words them."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from pathlib import Path

from forms_service.definition import DefinitionError, Descriptor, Form, Places, build, load

COUNT = 3


def next_dates(folder: Path, languages: Iterable[str], today: datetime.date) -> dict[str, tuple[str, ...]]:
    """The labels of the next groups that are neither past nor closed, by language, in the file's order.

    None for a form without places, and for one that its own check refuses.
    """
    try:
        descriptor = load(folder)
        return {language: _dates(descriptor, language, today) for language in languages}
    except DefinitionError:
        return {}


def _dates(descriptor: Descriptor, language: str, today: datetime.date) -> tuple[str, ...]:
    form = build(descriptor, language)
    places = form.places
    field = form.fields.get(places.field) if places else None
    if places is None or field is None or field.reference is None:
        return ()
    columns = _days(form, places)
    coming = [row for row in field.reference.rows if _is_coming(row, columns, today.isoformat())]
    return tuple(field.label_of(row.get(field.reference.field, "")) for row in coming[:COUNT])


def _days(form: Form, places: Places) -> list[str]:
    """The columns with a day that must not be past: when a group meets, and when its sign-up closes."""
    resource = next(item for item in form.package["resources"] if item.get("name") == places.resource)
    fields = resource["schema"]["fields"]
    return [
        field["name"] for field in fields if field.get("type") == "date" and field["name"] != places.opens
    ]


def _is_coming(row: Mapping[str, str], columns: Iterable[str], today: str) -> bool:
    return all(row[column] >= today for column in columns if row.get(column))
