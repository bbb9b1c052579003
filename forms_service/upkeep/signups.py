"""Groups with limited places as the clinic runs them: who is in, who waits, moving somebody, and cancelling."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy.engine import Connection

from forms_service.answers.places import groups_of
from forms_service.definition import DefinitionError, Form, build, load
from forms_service.store import places


@dataclass(frozen=True)
class GroupFacts:
    """A group and its numbers; `places` is 0 when its row was taken out while families are in it."""

    form: str
    group: str
    places: int
    confirmed: int
    offered: int
    waiting: int
    open: bool


def forms_with_places(instance: Path, language: str | None = None) -> dict[str, Form]:
    """The forms of an instance that have limited places, by name; one that is broken is left out."""
    found = {}
    for file in sorted((instance / "datapackages").glob("*/datapackage.json")):
        try:
            form = build(load(file.parent), language)
        except DefinitionError:
            continue
        if form.places is not None:
            found[form.name] = form
    return found


def facts_of(connection: Connection, form: Form, today: date) -> Iterator[GroupFacts]:
    """Every group of a form, lapsed offers passed on first; `today` is the clinic's day."""
    offered = groups_of(form, today)
    for key in sorted(offered):  # in one order, so that nobody waits for a group while holding another's
        limits = places.limits_of(form, key)
        if limits is not None:
            places.lapse(connection, limits)
    counted = places.counts(connection, form.name)
    for key in dict.fromkeys([*offered, *counted]):
        numbers: Mapping[places.Status, int] = counted.get(key, {})
        group = offered.get(key)
        yield GroupFacts(
            form=form.name,
            group=key,
            places=group.capacity if group else 0,
            confirmed=numbers.get("confirmed", 0),
            offered=numbers.get("offered", 0),
            waiting=numbers.get("waiting", 0),
            open=bool(group and group.state == "open"),
        )


class Overtaken(Exception):
    """Somebody else changed the sign-up; `place` is how it stands now, None when it was erased."""

    def __init__(self, place: places.Place | None) -> None:
        super().__init__()
        self.place = place


def move(connection: Connection, form: Form, place: places.Place, group: str, status: places.Status) -> None:
    """Move a sign-up that stands as in `place` to `group` and `status`; a place it leaves goes to the next in line.

    Raises Overtaken, places.Full, and KeyError when the form has no such group.
    """
    limits = places.limits_of(form, group)
    if limits is None:
        raise KeyError(group)
    before = places.limits_of(form, place.group_key)
    _hold(connection, place, before, limits)
    places.move(connection, place, limits, status)
    if before is not None:
        places.lapse(connection, before)


def cancel(connection: Connection, form: Form, place: places.Place) -> None:
    """Cancel a sign-up that stands as in `place`; its place goes to the next in line. Raises Overtaken."""
    limits = places.limits_of(form, place.group_key)
    _hold(connection, place, limits)
    places.cancel(connection, place, limits)


def _hold(connection: Connection, place: places.Place, *groups: places.Limits | None) -> None:
    """Keep others from the sign-up and these groups until the transaction ends. Raises Overtaken."""
    known = {limits.group: limits for limits in groups if limits is not None}
    for _group, limits in sorted(known.items()):
        places.queue(connection, limits)
    standing = places.find(connection, place.reference, lock=True)
    if standing != place:
        raise Overtaken(standing)
