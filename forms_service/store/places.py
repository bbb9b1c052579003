"""Places in groups: confirmed, offered and waiting, in order, and never more than there are.

Every change runs inside `Store.writing`, so the check and the write are one transaction: on SQLite it holds the
write lock from its start, on PostgreSQL the group is locked for it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

import isodate
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from forms_service.definition import Form
from forms_service.store.tables import places
from forms_service.store.times import now, stamp

Status = Literal["confirmed", "offered", "waiting"]


class Full(Exception):
    """The group has no place, and no waiting list."""


class OnlyWaiting(Exception):
    """The group filled up: there is a place on the waiting list only, and the family has not been asked."""


@dataclass(frozen=True)
class Limits:
    """What a group allows. `offer_for` is an ISO 8601 duration."""

    form: str
    group: str
    capacity: int
    waitlist: bool
    offer_for: str


@dataclass(frozen=True)
class Place:
    """One submission's place."""

    reference: str
    form: str
    group_key: str
    status: Status
    line: int
    offer_until: str | None


def limits_of(form: Form, group: str) -> Limits | None:
    """What the form's reference data allows in a group; None when places are not limited or the row is gone."""
    if form.places is None or (reference := form.fields[form.places.field].reference) is None:
        return None
    for row in reference.rows:
        if row.get(reference.field) == group:
            capacity = int(row.get(form.places.capacity) or 0)
            return Limits(form.name, group, capacity, form.places.waitlist, form.places.offer_for)
    return None


def counts(connection: Connection, form: str) -> dict[str, dict[Status, int]]:
    """How many of each status every group of a form has; an offer whose time is over counts as waiting."""
    over = (places.c.status == "offered") & (places.c.offer_until <= stamp(now()))
    status_now = sa.case((over, "waiting"), else_=places.c.status).label("status")
    each = sa.select(places.c.group_key, status_now).where(places.c.form == form).subquery()
    query = sa.select(each.c.group_key, each.c.status, sa.func.count()).group_by(
        each.c.group_key, each.c.status
    )
    found: dict[str, dict[Status, int]] = {}
    for group, status, number in connection.execute(query):
        found.setdefault(group, {"confirmed": 0, "offered": 0, "waiting": 0})[status] = number
    return found


def take(connection: Connection, reference: str, limits: Limits, accepts_waiting: bool) -> Status:
    """Give a submission a place, or a place in line. Raises Full or OnlyWaiting; nothing is written then."""
    _lock(connection, limits)
    lapse(connection, limits)
    free = limits.capacity - _held(connection, limits)
    waiting = _number(connection, limits, "waiting")
    status: Status = "confirmed" if free > 0 and waiting == 0 else "waiting"
    if status == "waiting" and not limits.waitlist:
        raise Full
    if status == "waiting" and not accepts_waiting:
        raise OnlyWaiting
    values = {"reference": reference, "form": limits.form, "group_key": limits.group, "status": status}
    connection.execute(
        places.insert().values(**values, line=_next_line(connection, limits), offer_until=None)
    )
    return status


def find(connection: Connection, reference: str) -> Place | None:
    """The place of a submission, or None."""
    row = connection.execute(sa.select(places).where(places.c.reference == reference)).first()
    if row and row.status == "offered" and row.offer_until <= stamp(now()):
        return replace(Place(**row._mapping), status="waiting", offer_until=None)
    return Place(**row._mapping) if row else None


def line(connection: Connection, form: str, group: str) -> list[Place]:
    """Everyone of a group, in order."""
    query = (
        sa.select(places).where(places.c.form == form, places.c.group_key == group).order_by(places.c.line)
    )
    return [Place(**row._mapping) for row in connection.execute(query)]


def release(connection: Connection, place: Place, limits: Limits) -> None:
    """Free a place, and offer it to the next in line."""
    _lock(connection, limits)
    connection.execute(places.delete().where(places.c.reference == place.reference))
    lapse(connection, limits)


def accept(connection: Connection, place: Place, limits: Limits) -> bool:
    """Turn an offer into a place; False when its time is over."""
    _lock(connection, limits)
    lapse(connection, limits)
    confirmed = connection.execute(
        places.update()
        .where(places.c.reference == place.reference, places.c.status == "offered")
        .values(status="confirmed", offer_until=None)
    )
    return confirmed.rowcount == 1


def move(connection: Connection, place: Place, limits: Limits, status: Status) -> None:
    """Put a submission into a group with a status, at the end of its line. Raises Full when a place is lacking."""
    _lock(connection, limits)
    lapse(connection, limits)
    held = _held(connection, limits) - (place.group_key == limits.group and place.status != "waiting")
    if status == "confirmed" and held >= limits.capacity:
        raise Full
    moved = places.update().where(places.c.reference == place.reference)
    line = _next_line(connection, limits)
    connection.execute(moved.values(group_key=limits.group, status=status, offer_until=None, line=line))


def lapse(connection: Connection, limits: Limits) -> None:
    """Send offers whose time is over to the end of the line, then offer what is free to the next."""
    at = now()
    over = (places.c.status == "offered") & (places.c.offer_until <= stamp(at))
    query = sa.select(places.c.reference).where(*_of(limits), over).order_by(places.c.line)
    for (reference,) in connection.execute(query).all():
        back = {"status": "waiting", "offer_until": None, "line": _next_line(connection, limits)}
        connection.execute(places.update().where(places.c.reference == reference).values(**back))
    _offer(connection, limits, at)


def _offer(connection: Connection, limits: Limits, at: datetime) -> None:
    free = limits.capacity - _held(connection, limits)
    waiting = sa.select(places.c.reference).where(*_of(limits), places.c.status == "waiting")
    until = stamp(at + isodate.parse_duration(limits.offer_for))
    for (reference,) in connection.execute(waiting.order_by(places.c.line).limit(max(free, 0))).all():
        offer = {"status": "offered", "offer_until": until}
        connection.execute(places.update().where(places.c.reference == reference).values(**offer))


def _lock(connection: Connection, limits: Limits) -> None:
    if connection.dialect.name == "postgresql":
        key = sa.func.hashtext(f"{limits.form}/{limits.group}")
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))


def _held(connection: Connection, limits: Limits) -> int:
    return _number(connection, limits, "confirmed") + _number(connection, limits, "offered")


def _number(connection: Connection, limits: Limits, status: Status) -> int:
    query = sa.select(sa.func.count()).select_from(places).where(*_of(limits), places.c.status == status)
    return int(connection.execute(query).scalar() or 0)


def _next_line(connection: Connection, limits: Limits) -> int:
    last = connection.execute(sa.select(sa.func.max(places.c.line)).where(*_of(limits))).scalar()
    return int(last or 0) + 1


def _of(limits: Limits) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    return places.c.form == limits.form, places.c.group_key == limits.group
