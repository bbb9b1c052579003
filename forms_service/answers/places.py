"""Groups with limited places: which can be chosen on a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from forms_service.definition import Form, Places

State = Literal["open", "not-yet", "closed", "past"]


@dataclass(frozen=True)
class Group:
    """A row that families choose: how many places it has, and whether sign-up is possible."""

    key: str
    capacity: int
    state: State
    day: date | None


def groups_of(form: Form, today: date) -> dict[str, Group]:
    """The groups of a form by key; none when its places are not limited. `today` is the clinic's day."""
    if form.places is None:
        return {}
    reference = form.fields[form.places.field].reference
    if reference is None:
        return {}
    column = day_column(form)
    found = {}
    for row in reference.rows:
        day = _day(row, column)
        state = _state(form.places, row, day, today)
        key = row.get(reference.field, "")
        found[key] = Group(key, int(row.get(form.places.capacity) or 0), state, day)
    return found


def day_column(form: Form) -> str:
    """The column that says when a group begins: the first date that does not open or close sign-up."""
    places = form.places
    if places is None:
        return ""
    resource = next(item for item in form.package["resources"] if item.get("name") == places.resource)
    days = (raw["name"] for raw in resource["schema"]["fields"] if raw.get("type") == "date")
    return next((name for name in days if name not in (places.opens, places.closes)), "")


def _state(places: Places, row: Mapping[str, str], day: date | None, today: date) -> State:
    opens, closes = _day(row, places.opens), _day(row, places.closes)
    if day is not None and day < today:
        return "past"
    if closes is not None and closes < today:
        return "closed"
    return "not-yet" if opens is not None and opens > today else "open"


def _day(row: Mapping[str, str], column: str) -> date | None:
    text = row.get(column, "") if column else ""
    return date.fromisoformat(text) if text else None
