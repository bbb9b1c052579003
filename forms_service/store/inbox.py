"""Submissions as staff work through them, by what stands outside the seal."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from forms_service.store.tables import places, submissions

NEW, IN_PROGRESS, DONE = "new", "in-progress", "done"
STATUSES = (NEW, IN_PROGRESS, DONE)
_LISTED = ("id", "reference", "form", "language", "submitted_at", "status", "urgent")


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
    group: str | None
    place: str | None


def urgent(connection: Connection, most: int) -> list[Arrival]:
    """The urgent ones that nobody has taken up, the longest waiting first."""
    waiting = (submissions.c.status == NEW) & submissions.c.urgent
    return _listed(connection, waiting, submissions.c.id.asc(), most)


def newest(
    connection: Connection, most: int, form: str | None, status: str | None, before: int | None
) -> list[Arrival]:
    """The newest first: of one form and status when given, and only those numbered below `before`."""
    wanted = [
        *([submissions.c.form == form] if form else ()),
        *([submissions.c.status == status] if status else ()),
        *([submissions.c.id < before] if before is not None else ()),
    ]
    return _listed(connection, sa.and_(sa.true(), *wanted), submissions.c.id.desc(), most)


def forms(connection: Connection) -> list[str]:
    """The forms that have submissions, by name; each is looked up in the index, not counted."""
    found: list[str] = []
    while True:
        after = submissions.c.form > found[-1] if found else sa.true()
        following = connection.execute(sa.select(sa.func.min(submissions.c.form)).where(after)).scalar()
        if following is None:
            return found
        found.append(following)


def mark(connection: Connection, reference: str, status: str, was: str) -> bool:
    """Give a submission another status; False when it is not in the status it `was` in any more."""
    same = (submissions.c.reference == reference) & (submissions.c.status == was)
    return connection.execute(submissions.update().where(same).values(status=status)).rowcount > 0


def _listed(
    connection: Connection, wanted: sa.ColumnElement[bool], order: sa.ColumnElement[int], most: int
) -> list[Arrival]:
    columns = (*(submissions.c[name] for name in _LISTED), places.c.group_key, places.c.status)
    joined = submissions.outerjoin(places, places.c.reference == submissions.c.reference)
    query = sa.select(*columns).select_from(joined).where(wanted).order_by(order).limit(most)
    return [Arrival(*row) for row in connection.execute(query)]
