"""Sealed submissions and what stands outside the seal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import isodate
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from forms_service.store import copies, drafts
from forms_service.store.tables import submissions
from forms_service.store.times import moment, stamp

BATCH = 500  # rows read at a time, so that memory does not grow with them


@dataclass(frozen=True)
class Submission:
    """A reply to a form as the clinic keeps it."""

    id: int
    reference: str
    lookup: str
    form: str
    version: str
    descriptor: str
    language: str
    submitted_at: str
    status: str
    urgent: bool
    sealed: bytes


@dataclass(frozen=True)
class Sending:
    """All that one submit keeps, in one transaction."""

    reference: str
    draft: drafts.Draft
    version: str
    language: str
    submitted_at: datetime
    urgent: bool
    sealed: bytes
    copy: bytes


def submit(connection: Connection, sending: Sending) -> str | None:
    """Keep a submission and the family's copy, and erase its draft; the reference it has now.

    A draft that was sent already gives the reference it got then; None: the draft is gone, nothing was kept.
    Raises sqlalchemy.exc.IntegrityError when the reference is taken, or another process was quicker.
    """
    lookup = sending.draft.lookup
    before = find_by_lookup(connection, lookup)
    if before is not None:
        return before.reference
    if drafts.find(connection, lookup) is None:
        return None
    connection.execute(
        submissions.insert().values(
            reference=sending.reference,
            lookup=lookup,
            form=sending.draft.form,
            version=sending.version,
            descriptor=sending.draft.descriptor,
            language=sending.language,
            submitted_at=stamp(sending.submitted_at),
            status="new",
            urgent=sending.urgent,
            sealed=sending.sealed,
        )
    )
    copies.keep(connection, lookup, sending.copy, sending.submitted_at)
    drafts.discard(connection, lookup)
    return sending.reference


def find_by_lookup(connection: Connection, lookup: str) -> Submission | None:
    """The submission that a family's code leads to, or None."""
    return _one(connection, submissions.c.lookup == lookup)


def find_by_reference(connection: Connection, reference: str) -> Submission | None:
    """The submission of that reference, or None."""
    return _one(connection, submissions.c.reference == reference)


def listed(connection: Connection, form: str | None = None, since: str | None = None) -> Iterator[Submission]:
    """Submissions in the order they came, of one form and from a moment on when given; read in batches."""
    last = 0
    while True:
        query = sa.select(submissions).where(submissions.c.id > last).order_by(submissions.c.id).limit(BATCH)
        if form is not None:
            query = query.where(submissions.c.form == form)
        if since is not None:
            query = query.where(submissions.c.submitted_at >= since)
        rows = connection.execute(query).all()
        if not rows:
            return
        for row in rows:
            yield Submission(**row._mapping)
        last = rows[-1].id


def erase(connection: Connection, reference: str) -> bool:
    """Erase a submission and the family's copy; False when there is none of that reference."""
    found = find_by_reference(connection, reference)
    if found is None:
        return False
    copies.erase(connection, found.lookup)
    connection.execute(submissions.delete().where(submissions.c.id == found.id))
    return True


def purge(connection: Connection, retention: Mapping[str, str], at: datetime) -> int:
    """Erase what is older than its form's retention; how many.

    `retention` gives an ISO 8601 duration by descriptor hash; a form without one is kept.
    """
    erased = 0
    query = sa.select(submissions.c.reference, submissions.c.descriptor, submissions.c.submitted_at)
    for row in connection.execute(query).all():
        duration = retention.get(row.descriptor)
        if duration and moment(row.submitted_at) + _duration(duration) <= at:
            erased += erase(connection, row.reference)
    return erased


def _duration(text: str) -> Any:
    parsed: timedelta | isodate.Duration = isodate.parse_duration(text)
    return parsed


def _one(connection: Connection, condition: sa.ColumnElement[bool]) -> Submission | None:
    row = connection.execute(sa.select(submissions).where(condition)).first()
    return Submission(**row._mapping) if row else None
