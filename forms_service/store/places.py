"""Places in groups: confirmed, offered, waiting and cancelled, in order, and never more than there are.

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

Status = Literal["confirmed", "offered", "waiting", "cancelled"]
CANCELLED: Status = "cancelled"  # neither holds a place nor waits; the submission stays


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

    @property
    def mark(self) -> str:
        """What tells how it stands in its group from how it stands once somebody changed it."""
        return f"{self.status}-{self.line}"


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


def queue(connection: Connection, limits: Limits) -> None:
    """Wait until no other transaction changes this group, and keep others waiting until this one ends."""
    if connection.dialect.name == "postgresql":
        key = sa.func.hashtext(f"{limits.form}/{limits.group}")
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))


def allot(connection: Connection, limits: Limits, accepts_waiting: bool) -> Status:
    """Whether the next to come gets a place or a place in line; holds the group until the transaction ends.

    Raises Full or OnlyWaiting.
    """
    lapse(connection, limits)
    standing = _standing(connection, limits)
    status: Status = "confirmed" if standing.held < limits.capacity and not standing.waiting else "waiting"
    if status == "waiting" and not limits.waitlist:
        raise Full
    if status == "waiting" and not accepts_waiting:
        raise OnlyWaiting
    return status


def keep(connection: Connection, reference: str, limits: Limits, status: Status) -> None:
    """Keep what was allotted in this transaction, at the end of the group's line."""
    values = {"reference": reference, "form": limits.form, "group_key": limits.group, "status": status}
    line = _standing(connection, limits).last + 1
    connection.execute(places.insert().values(**values, line=line, offer_until=None))


def find(connection: Connection, reference: str, *, lock: bool = False) -> Place | None:
    """The place of a submission, or None; `lock` keeps others from changing it until the transaction ends."""
    query = sa.select(places).where(places.c.reference == reference)
    row = connection.execute(query.with_for_update() if lock else query).first()
    if row and row.status == "offered" and row.offer_until <= stamp(now()):
        return replace(Place(**row._mapping), status="waiting", offer_until=None)
    return Place(**row._mapping) if row else None


def line(connection: Connection, form: str, group: str) -> list[Place]:
    """Everyone of a group, in order."""
    query = (
        sa.select(places).where(places.c.form == form, places.c.group_key == group).order_by(places.c.line)
    )
    return [Place(**row._mapping) for row in connection.execute(query)]


def ahead(connection: Connection, place: Place) -> int:
    """How many of its group wait before this place."""
    others = places.c.form == place.form, places.c.group_key == place.group_key, places.c.status == "waiting"
    query = sa.select(sa.func.count()).select_from(places).where(*others, places.c.line < place.line)
    return int(connection.execute(query).scalar() or 0)


def release(connection: Connection, place: Place, limits: Limits) -> None:
    """Free a place, and offer it to the next in line."""
    queue(connection, limits)
    connection.execute(places.delete().where(places.c.reference == place.reference))
    lapse(connection, limits)


def accept(connection: Connection, place: Place, limits: Limits) -> bool:
    """Turn an offer into a place; False when its time is over."""
    lapse(connection, limits)
    confirmed = connection.execute(
        places.update()
        .where(places.c.reference == place.reference, places.c.status == "offered")
        .values(status="confirmed", offer_until=None)
    )
    return confirmed.rowcount == 1


def move(connection: Connection, place: Place, limits: Limits, status: Status) -> None:
    """Put a submission into a group with a status, at the end of its line. Raises Full when a place is lacking."""
    lapse(connection, limits)
    standing = _standing(connection, limits)
    own = place.group_key == limits.group and place.status in ("confirmed", "offered")
    held = standing.held - own
    if status == "confirmed" and held >= limits.capacity:
        raise Full
    moved = {"group_key": limits.group, "status": status, "offer_until": None, "line": standing.last + 1}
    connection.execute(places.update().where(places.c.reference == place.reference).values(**moved))


def cancel(connection: Connection, place: Place, limits: Limits | None) -> None:
    """Free a place and keep that it was cancelled; the next in line is offered it, if the group still has `limits`."""
    cancelled = {"status": CANCELLED, "offer_until": None}
    connection.execute(places.update().where(places.c.reference == place.reference).values(**cancelled))
    if limits is not None:
        lapse(connection, limits)


def lapse(connection: Connection, limits: Limits) -> None:
    """Send offers whose time is over to the end of the line, then offer what is free to the next."""
    queue(connection, limits)
    at = now()
    standing = _standing(connection, limits)
    if standing.offered:
        over = (places.c.status == "offered") & (places.c.offer_until <= stamp(at))
        query = sa.select(places.c.reference).where(*_of(limits), over).order_by(places.c.line)
        for line, (reference,) in enumerate(connection.execute(query).all(), standing.last + 1):
            back = {"status": "waiting", "offer_until": None, "line": line}
            connection.execute(places.update().where(places.c.reference == reference).values(**back))
        standing = _standing(connection, limits)
    if standing.waiting and standing.held < limits.capacity:
        _offer(connection, limits, limits.capacity - standing.held, at)


def _offer(connection: Connection, limits: Limits, free: int, at: datetime) -> None:
    waiting = sa.select(places.c.reference).where(*_of(limits), places.c.status == "waiting")
    until = stamp(at + isodate.parse_duration(limits.offer_for))
    for (reference,) in connection.execute(waiting.order_by(places.c.line).limit(free)).all():
        offer = {"status": "offered", "offer_until": until}
        connection.execute(places.update().where(places.c.reference == reference).values(**offer))


@dataclass(frozen=True)
class _Standing:
    """How a group stands: how many of each status, and the last number of its line."""

    confirmed: int = 0
    offered: int = 0
    waiting: int = 0
    last: int = 0

    @property
    def held(self) -> int:
        """Places that are taken; an offer holds one."""
        return self.confirmed + self.offered


def _standing(connection: Connection, limits: Limits) -> _Standing:
    numbers = sa.func.count(), sa.func.max(places.c.line)
    query = sa.select(places.c.status, *numbers).where(*_of(limits)).group_by(places.c.status)
    rows = connection.execute(query).all()
    counted: dict[str, int] = {status: number for status, number, _ in rows if status != CANCELLED}
    return _Standing(**counted, last=max((line for _, _, line in rows), default=0))


def _of(limits: Limits) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    return places.c.form == limits.form, places.c.group_key == limits.group
