"""Submissions as staff work through them, by what stands outside the seal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from forms_service.store.submissions import number_of
from forms_service.store.tables import places, submissions
from forms_service.store.times import now, stamp

NEW, IN_PROGRESS, DONE = "new", "in-progress", "done"
STATUSES = (NEW, IN_PROGRESS, DONE)
MOST_NEW = 1_000  # a page asks every minute
_LISTED = (
    "id",
    "reference",
    "form",
    "language",
    "submitted_at",
    "status",
    "urgent",
    "origin",
    "assigned_to",
    "read_at",
)

_URGENT = (submissions.c.status == NEW) & submissions.c.urgent


@dataclass(frozen=True)
class Arrival:
    """A submission as the inbox lists it; `group` is the key of the group it is for, and `place` how it stands there."""

    id: int
    reference: str
    form: str
    language: str
    submitted_at: str
    status: str
    urgent: bool
    origin: str
    assigned_to: int | None
    read_at: str | None
    group: str | None
    place: str | None


@dataclass(frozen=True)
class Search:
    """Which submissions are listed; None: any. From the moment `since` on and before the moment `until`."""

    form: str | None = None
    status: str | None = None
    group: str | None = None
    assigned_to: int | None = None
    since: str | None = None
    until: str | None = None


def urgent(connection: Connection, most: int) -> list[Arrival]:
    """The urgent ones that nobody has taken up, the longest waiting first."""
    return _listed(connection, _URGENT, (submissions.c.id.asc(),), most)


def number_urgent(connection: Connection) -> int:
    """How many urgent ones nobody has taken up."""
    query = sa.select(sa.func.count()).select_from(submissions).where(_URGENT)
    return int(connection.execute(query).scalar_one())


def newest(
    connection: Connection, most: int, search: Search = Search(), before: int | None = None
) -> list[Arrival]:
    """The newest first, by their numbers, and only those that stand after the one numbered `before`.

    Between moments they are listed by when they came: a clock that went back mixes up numbers and moments, and
    an index gives either order.
    """
    by_time = search.since is not None or search.until is not None
    number, came = submissions.c.id, submissions.c.submitted_at
    wanted = _wanted(search)
    if before is not None and by_time:
        wanted.append(_came_before(connection, before))
    elif before is not None:
        wanted.append(number < before)
    order = (came.desc(), number.desc()) if by_time else (number.desc(),)
    return _listed(connection, sa.and_(*wanted), order, most)


def _wanted(search: Search) -> list[sa.ColumnElement[bool]]:
    wanted: list[sa.ColumnElement[bool]] = [sa.true()]
    for column, value in (
        (submissions.c.form, search.form),
        (submissions.c.status, search.status),
        (submissions.c.assigned_to, search.assigned_to),
        (places.c.group_key, search.group),
    ):
        if value is not None:
            wanted.append(column == value)
    if search.since is not None:
        wanted.append(submissions.c.submitted_at >= search.since)
    if search.until is not None:
        wanted.append(submissions.c.submitted_at < search.until)
    return wanted


def _came_before(connection: Connection, number: int) -> sa.ColumnElement[bool]:
    """Stands after the submission of that number by time; after the one before it, where that is erased by now."""
    nearest = sa.select(submissions.c.submitted_at).where(submissions.c.id <= number)
    came = connection.execute(nearest.order_by(submissions.c.id.desc()).limit(1)).scalar()
    if came is None:
        return sa.false()
    earlier = (submissions.c.submitted_at < came) | (submissions.c.id < number)
    return sa.and_(submissions.c.submitted_at <= came, earlier)


def number_since(connection: Connection, last: int) -> int:
    """How many came after the submission numbered `last`; no more than MOST_NEW are counted."""
    return number_of(connection, submissions.c.id > last, MOST_NEW)


def number_new(connection: Connection) -> int:
    """How many nobody has taken up."""
    query = sa.select(sa.func.count()).select_from(submissions).where(submissions.c.status == NEW)
    return int(connection.execute(query).scalar_one())


def last_number(connection: Connection) -> int:
    """The number of the newest submission; 0 when there is none."""
    return int(connection.execute(sa.select(sa.func.max(submissions.c.id))).scalar() or 0)


def forms(connection: Connection) -> list[str]:
    """The forms that have submissions, by name; each is looked up in the index, not counted."""
    found: list[str] = []
    while True:
        after = submissions.c.form > found[-1] if found else sa.true()
        following = connection.execute(sa.select(sa.func.min(submissions.c.form)).where(after)).scalar()
        if following is None:
            return found
        found.append(following)


def mark(
    connection: Connection, reference: str, status: str, assigned_to: int | None, was: tuple[str, int | None]
) -> bool:
    """Give a submission another status and somebody who takes care of it; False when it is not as it `was` any more."""
    same = (
        (submissions.c.reference == reference)
        & (submissions.c.status == was[0])
        & submissions.c.assigned_to.is_not_distinct_from(was[1])
    )
    changed = submissions.update().where(same).values(status=status, assigned_to=assigned_to)
    return connection.execute(changed).rowcount > 0


def was_read(connection: Connection, reference: str) -> None:
    """Keep when a submission was first read."""
    unread = (submissions.c.reference == reference) & submissions.c.read_at.is_(None)
    connection.execute(submissions.update().where(unread).values(read_at=stamp(now())))


def _listed(
    connection: Connection,
    wanted: sa.ColumnElement[bool],
    order: Sequence[sa.ColumnElement[Any]],
    most: int,
) -> list[Arrival]:
    columns = (*(submissions.c[name] for name in _LISTED), places.c.group_key, places.c.status)
    joined = submissions.outerjoin(places, places.c.reference == submissions.c.reference)
    query = sa.select(*columns).select_from(joined).where(wanted).order_by(*order).limit(most)
    return [Arrival(*row) for row in connection.execute(query)]
