"""Sealed submissions and what stands outside the seal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from forms_service.definition import Form
from forms_service.store import copies, counts, drafts, files, notes, places
from forms_service.store.tables import descriptors as descriptors_table
from forms_service.store.tables import places as places_table
from forms_service.store.tables import submissions
from forms_service.store.times import stamp

FAMILY, STAFF = "family", "staff"  # who typed it in
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
    origin: str = FAMILY
    assigned_to: int | None = None
    read_at: str | None = None
    noticed_at: str | None = None


@dataclass(frozen=True)
class Which:
    """Which submissions are meant, by what stands outside the seal; None: any.

    From the moment `since` on and before the moment `before`; `group` is the key of a group with limited places, in
    which their sign-up was not cancelled.
    """

    form: str | None = None
    since: str | None = None
    before: str | None = None
    version: str | None = None
    group: str | None = None

    @property
    def condition(self) -> sa.ColumnElement[bool]:
        """The same in SQL."""
        parts = [self.narrowed]
        if self.form is not None:
            parts.append(submissions.c.form == self.form)
        if self.version is not None:
            parts.append(submissions.c.version == self.version)
        return sa.and_(*parts)

    @property
    def narrowed(self) -> sa.ColumnElement[bool]:
        """The part of it that a descriptor does not say."""
        parts: list[sa.ColumnElement[bool]] = [sa.true()]
        if self.since is not None:
            parts.append(submissions.c.submitted_at >= self.since)
        if self.before is not None:
            parts.append(submissions.c.submitted_at < self.before)
        if self.group is not None:
            of_group = (places_table.c.group_key == self.group) & (places_table.c.status != places.CANCELLED)
            parts.append(submissions.c.reference.in_(sa.select(places_table.c.reference).where(of_group)))
        return sa.and_(*parts)


ALL = Which()


@dataclass(frozen=True)
class Arriving:
    """A submission as it is kept, and the place it asks for."""

    reference: str
    lookup: str
    form: str
    descriptor: str
    version: str
    language: str
    submitted_at: datetime
    urgent: bool
    sealed: bytes
    origin: str = FAMILY
    files: Mapping[str, bytes] = field(default_factory=dict)
    limits: places.Limits | None = None
    accepts_waiting: bool = False


@dataclass(frozen=True)
class Sending:
    """All that one submit keeps, in one transaction. `pages` are the draft's sealed pages that it was made of."""

    arriving: Arriving
    pages: Mapping[str, bytes]
    copy: bytes


def submit(connection: Connection, sending: Sending) -> str | None:
    """Keep a submission and the family's copy, and erase its draft; the reference it has now.

    A draft that was sent already gives the reference it got then; None: the draft is gone, nothing was kept.
    Raises Changed when a page was saved meanwhile, places.Full or places.OnlyWaiting when the group it chose
    filled up, and sqlalchemy.exc.IntegrityError when the reference is taken.
    """
    arriving = sending.arriving
    lookup = arriving.lookup
    if not drafts.lock(connection, lookup):
        before = find_by_lookup(connection, lookup)
        return before.reference if before is not None else None
    if drafts.pages(connection, lookup) != sending.pages:
        raise Changed
    keep(connection, arriving)
    copies.keep(connection, lookup, sending.copy, arriving.submitted_at)
    if arriving.files:
        files.keep_in_copy(connection, lookup, arriving.files)
    drafts.discard(connection, lookup)
    counts.add(connection, arriving.form, counts.SENT, arriving.submitted_at)
    return arriving.reference


def keep(connection: Connection, arriving: Arriving) -> None:
    """Keep a submission and its place.

    Raises places.Full or places.OnlyWaiting when its group filled up, and sqlalchemy.exc.IntegrityError when the
    reference is taken.
    """
    # Before the row gets its number: the line is in the order of these numbers.
    status = places.allot(connection, arriving.limits, arriving.accepts_waiting) if arriving.limits else None
    connection.execute(
        submissions.insert().values(
            reference=arriving.reference,
            lookup=arriving.lookup,
            form=arriving.form,
            version=arriving.version,
            descriptor=arriving.descriptor,
            language=arriving.language,
            submitted_at=stamp(arriving.submitted_at),
            status="new",
            urgent=arriving.urgent,
            sealed=arriving.sealed,
            origin=arriving.origin,
        )
    )
    if arriving.limits is not None and status is not None:
        places.keep(connection, arriving.reference, arriving.limits, status)
    files.keep(connection, arriving.reference, arriving.files)


def correct(connection: Connection, reference: str, was: bytes, sealed: bytes, urgent: bool) -> bool:
    """Put a corrected submission in the place of the one that `was` sealed; False when it is another one by now."""
    same = (submissions.c.reference == reference) & (submissions.c.sealed == was)
    changed = submissions.update().where(same).values(sealed=sealed, urgent=urgent)
    return connection.execute(changed).rowcount > 0


def find_by_lookup(connection: Connection, lookup: str) -> Submission | None:
    """The submission that a family's code leads to, or None."""
    return _one(connection, submissions.c.lookup == lookup)


def find_by_reference(connection: Connection, reference: str) -> Submission | None:
    """The submission of that reference, or None."""
    return _one(connection, submissions.c.reference == reference)


def listed(connection: Connection, which: Which = ALL) -> Iterator[Submission]:
    """Submissions in the order they came; read in batches."""
    last = 0
    while True:
        after = which.condition & (submissions.c.id > last)
        query = sa.select(submissions).where(after).order_by(submissions.c.id).limit(BATCH)
        rows = connection.execute(query).all()
        if not rows:
            return
        for row in rows:
            yield Submission(**row._mapping)
        last = rows[-1].id


def counted(connection: Connection, which: Which = ALL) -> dict[str, int]:
    """How many submissions came under each descriptor (by hash), the first used first."""
    # By descriptor, not by form: its index has all that is asked for, and no sealed row is touched.
    of_it = submissions.c.descriptor.in_(_used(connection, which.form, which.version))
    query = sa.select(submissions.c.descriptor, sa.func.count()).where(of_it, which.narrowed)
    rows = connection.execute(
        query.group_by(submissions.c.descriptor).order_by(sa.func.min(submissions.c.id))
    )
    return {row[0]: row[1] for row in rows}


def number_of(connection: Connection, condition: sa.ColumnElement[bool], most: int) -> int:
    """How many submissions there are; no more than `most` are counted."""
    found = sa.select(submissions.c.id).where(condition).limit(most).subquery()
    return int(connection.execute(sa.select(sa.func.count()).select_from(found)).scalar_one())


def used(connection: Connection) -> list[str]:
    """The descriptors (by hash) that submissions came under; each is looked up in the index, not counted."""
    return _used(connection, None, None)


def versions(connection: Connection, form: str) -> list[str]:
    """The versions of a form that submissions came under, the first used first."""
    first = sa.func.min(submissions.c.submitted_at)
    oldest = sa.select(first).where(submissions.c.descriptor == descriptors_table.c.hash).scalar_subquery()
    query = sa.select(descriptors_table.c.version).where(
        descriptors_table.c.hash.in_(_used(connection, form, None))
    )
    return list(dict.fromkeys(connection.execute(query.order_by(oldest)).scalars()))


def groups(connection: Connection, form: str) -> list[str]:
    """The keys of the groups that families of a form are in; each is looked up in the index, not counted."""
    found: list[str] = []
    key = places_table.c.group_key
    while True:
        after = key > found[-1] if found else sa.true()
        following = sa.select(sa.func.min(key)).where(places_table.c.form == form, after)
        group = connection.execute(following).scalar()
        if group is None:
            return found
        found.append(group)


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
    files.erase(connection, reference)
    notes.erase(connection, reference)
    connection.execute(places_table.delete().where(places_table.c.reference == reference))
    connection.execute(submissions.delete().where(submissions.c.id == found.id))
    return True


def _used(connection: Connection, form: str | None, version: str | None) -> list[str]:
    of_it = submissions.c.descriptor == descriptors_table.c.hash
    query = sa.select(descriptors_table.c.hash).where(sa.exists().where(of_it))
    for column, value in ((descriptors_table.c.form, form), (descriptors_table.c.version, version)):
        if value is not None:
            query = query.where(column == value)
    return list(connection.execute(query).scalars())


def _one(connection: Connection, condition: sa.ColumnElement[bool]) -> Submission | None:
    row = connection.execute(sa.select(submissions).where(condition)).first()
    return Submission(**row._mapping) if row else None
