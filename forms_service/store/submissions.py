"""Sealed submissions and what stands outside the seal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import isodate
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from forms_service.definition import Form
from forms_service.store import copies, drafts, places
from forms_service.store.tables import places as places_table
from forms_service.store.tables import submissions
from forms_service.store.times import moment, stamp

BATCH = 500  # rows read at a time, so that memory does not grow with them


class Changed(Exception):
    """A page of the draft was saved after these answers were read: they are not what the family means to send."""


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
    """All that one submit keeps, in one transaction. `pages` are the draft's sealed pages that it was made of."""

    reference: str
    draft: drafts.Draft
    pages: Mapping[str, bytes]
    version: str
    language: str
    submitted_at: datetime
    urgent: bool
    sealed: bytes
    copy: bytes
    limits: places.Limits | None = None
    accepts_waiting: bool = False


def submit(connection: Connection, sending: Sending) -> str | None:
    """Keep a submission and the family's copy, and erase its draft; the reference it has now.

    A draft that was sent already gives the reference it got then; None: the draft is gone, nothing was kept.
    Raises Changed when a page was saved meanwhile, places.Full or places.OnlyWaiting when the group it chose
    filled up, and sqlalchemy.exc.IntegrityError when the reference is taken.
    """
    lookup = sending.draft.lookup
    if not drafts.lock(connection, lookup):
        before = find_by_lookup(connection, lookup)
        return before.reference if before is not None else None
    if drafts.pages(connection, lookup) != sending.pages:
        raise Changed
    # Before the row gets its number: the line is in the order of these numbers.
    status = places.allot(connection, sending.limits, sending.accepts_waiting) if sending.limits else None
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
    if sending.limits is not None and status is not None:
        places.keep(connection, sending.reference, sending.limits, status)
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


def erase(connection: Connection, reference: str, form: Form | None) -> bool:
    """Erase a submission, its place and the family's copy; False when there is none of that reference.

    `form` says how many places a group has, so that a freed one is offered to the next in line.
    """
    found = find_by_reference(connection, reference)
    if found is None:
        return False
    place = places.find(connection, reference)
    limits = places.limits_of(form, place.group_key) if form and place else None
    if place and limits:
        places.release(connection, place, limits)
    copies.erase(connection, found.lookup)
    connection.execute(places_table.delete().where(places_table.c.reference == reference))
    connection.execute(submissions.delete().where(submissions.c.id == found.id))
    return True


def purge(connection: Connection, forms: Mapping[str, Form], at: datetime) -> int:
    """Erase what is older than its form keeps it; how many.

    `forms` gives the form by descriptor hash; one that says nothing of retention keeps its submissions.
    """
    erased = 0
    query = sa.select(submissions.c.reference, submissions.c.descriptor, submissions.c.submitted_at)
    for row in connection.execute(query).all():
        form = forms.get(row.descriptor)
        if form and form.retention and moment(row.submitted_at) + _duration(form.retention) <= at:
            erased += erase(connection, row.reference, form)
    return erased


def _duration(text: str) -> Any:
    parsed: timedelta | isodate.Duration = isodate.parse_duration(text)
    return parsed


def _one(connection: Connection, condition: sa.ColumnElement[bool]) -> Submission | None:
    row = connection.execute(sa.select(submissions).where(condition)).first()
    return Submission(**row._mapping) if row else None
