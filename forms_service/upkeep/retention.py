"""Erasing what its time is over: submissions as long as their form keeps them, drafts, and family copies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import isodate
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from forms_service.definition import Form, build
from forms_service.store import Store, audit, copies, counts, descriptors, drafts
from forms_service.store import submissions as kept
from forms_service.store.tables import submissions
from forms_service.store.times import moment, stamp

PURGED = "submissions.purged"  # in the audit
BATCH = 100  # submissions in one transaction: families who send meanwhile wait for no more than that
SOON = timedelta(days=30)
MOST_COUNTED = 1_000  # for a page: whoever looks need not wait until a million are counted
_MONTH_END = timedelta(days=4)  # a year before 29 February is found by days, then judged by the calendar


@dataclass(frozen=True)
class Over:
    """How many submissions of a form are past what it promises, and that promise (an ISO 8601 duration)."""

    form: str
    retention: str
    number: int


@dataclass(frozen=True)
class Kept:
    """The submissions of one version of a form, and what it promised the families (an ISO 8601 duration).

    `soon` are those whose time is over within SOON; `number` and `soon` count up to MOST_COUNTED + 1. `first` is the
    moment at which the oldest one's is, or None where nothing was promised.
    """

    form: Form
    retention: str
    number: int
    soon: int
    first: datetime | None


@dataclass(frozen=True)
class Purged:
    """What was erased. `for_good` is False while the database's log must still be emptied."""

    submissions: tuple[Over, ...]
    drafts: int
    copies: int
    for_good: bool

    @property
    def sent(self) -> int:
        """Submissions of all forms."""
        return sum(over.number for over in self.submissions)


def purge(store: Store, at: datetime, secret: bytes, actor: str) -> Purged:
    """Erase what is over at `at`; a form that says nothing of retention keeps its submissions.

    Each transaction that erased something also says so in the audit, as `actor`. Raises Unavailable; what was
    erased until then is erased.
    """
    with store.reading() as connection:
        promises = [(digest, form) for digest, form in _forms(connection) if form.retention]
    erased: dict[tuple[str, str], int] = {}
    for digest, form in promises:
        number = _purge_form(store, digest, form, at, secret, actor)
        if number:
            promise = (form.name, form.retention or "")
            erased[promise] = erased.get(promise, 0) + number
    with store.writing() as connection:
        _count_left(connection, at)
        begun, own = drafts.purge(connection, at), copies.purge(connection, at)
        if begun or own:
            audit.record(connection, secret, actor, PURGED, detail={"drafts": begun, "copies": own})
    found = tuple(Over(form, retention, number) for (form, retention), number in sorted(erased.items()))
    # Whatever was found: what somebody erased, withdrew or corrected since the last purge waits for this, too.
    return Purged(found, begun, own, store.forget_erased(rewrite=True))


def overdue(connection: Connection, at: datetime) -> int:
    """How many submissions are past their form's promise at `at`."""
    return sum(
        len(_over(connection, digest, form.retention, at, limit=None))
        for digest, form in _forms(connection)
        if form.retention
    )


def promised(connection: Connection, at: datetime, language: str | None = None) -> list[Kept]:
    """What is kept and until when, by form and promise, as it stands at `at`."""
    found = []
    for digest, form in _forms(connection, language):
        of_it = submissions.c.descriptor == digest
        oldest = connection.execute(
            sa.select(sa.func.min(submissions.c.submitted_at)).where(of_it)
        ).scalar_one()
        number = kept.number_of(connection, of_it, MOST_COUNTED + 1)
        if not form.retention:
            found.append(Kept(form, "", number, 0, None))
            continue
        promise = isodate.parse_duration(form.retention)
        before = submissions.c.submitted_at <= stamp(at + SOON - promise)
        soon = kept.number_of(connection, of_it & before, MOST_COUNTED + 1)
        found.append(Kept(form, form.retention, number, soon, moment(oldest) + promise))
    return sorted(found, key=lambda kept: (kept.form.title, kept.form.version))


def _count_left(connection: Connection, at: datetime) -> None:
    """Count each draft that is erased now: how far the family came, in the week of its last visit."""
    forms: dict[str, Form | None] = {}
    for draft, saved in drafts.expired(connection, at):
        if draft.descriptor not in forms:
            descriptor = descriptors.fetch(connection, draft.descriptor)
            forms[draft.descriptor] = build(descriptor) if descriptor else None
        form = forms[draft.descriptor]
        reached = [page.name for page in form.pages if page.name in saved] if form else []
        page = reached[-1] if reached else ""
        counts.add(connection, draft.form, counts.LEFT, moment(draft.saved_at), page)


def _purge_form(store: Store, digest: str, form: Form, at: datetime, secret: bytes, actor: str) -> int:
    erased = 0
    while True:
        with store.writing() as connection:
            references = _over(connection, digest, form.retention or "", at, BATCH)
            some = sum(kept.erase(connection, reference, form) for reference in references)
            if some:
                audit.record(connection, secret, actor, PURGED, form.name, {"submissions": some})
        if not some:
            return erased
        erased += some


def _over(connection: Connection, digest: str, retention: str, at: datetime, limit: int | None) -> list[str]:
    promise = isodate.parse_duration(retention)
    query = (
        sa.select(submissions.c.reference, submissions.c.submitted_at)
        .where(submissions.c.descriptor == digest)
        .where(submissions.c.submitted_at <= stamp(at - promise + _MONTH_END))
        .order_by(submissions.c.submitted_at)
        .limit(limit)
    )
    return [row.reference for row in connection.execute(query) if moment(row.submitted_at) + promise <= at]


def _forms(connection: Connection, language: str | None = None) -> Iterator[tuple[str, Form]]:
    """The form of every descriptor that has submissions, by hash."""
    for digest in kept.used(connection):
        descriptor = descriptors.fetch(connection, digest)
        if descriptor is not None:
            yield digest, build(descriptor, language)
