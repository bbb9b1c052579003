"""Checks of the database: there, open, whole, of this version; its clock and its promises kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection, make_url

from forms_service.doctor.patient import Fault, Patient
from forms_service.store import Unavailable
from forms_service.store.migrate import newest_revision, revision_of
from forms_service.store.tables import drafts, submissions
from forms_service.store.times import moment
from forms_service.upkeep.retention import overdue

OLDEST_POSTGRESQL = 140000  # as the server numbers itself
_SKEW = timedelta(minutes=5)
_LATE = timedelta(days=2)  # after a promise is over
_DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB")


def there(patient: Patient) -> Iterator[Fault]:
    """Present, not locked, a database at all."""
    try:
        with patient.store.writing() as connection:  # for a moment only: families wait to write meanwhile
            if connection.dialect.name != "sqlite":
                number = int(connection.exec_driver_sql("SHOW server_version_num").scalar_one())
                yield from server_version(number)
    except Unavailable as error:
        cause = str(error)
        url = make_url(patient.settings.database_url) if "address" not in cause else None
        if cause.startswith(("SQLITE_BUSY", "SQLITE_LOCKED", "LockNotAvailable")):
            yield Fault(
                "database-locked", "another program holds its write lock", "find and end that program"
            )
        elif cause.startswith(_DAMAGED):
            yield _damaged()
        elif url is not None and url.get_backend_name() == "sqlite" and cause == "SQLITE_CANTOPEN":
            yield Fault(
                "database-missing", f"there is no {url.database}", "start `kinbridge serve`, or restore"
            )
        else:
            yield Fault(
                "database-away", f"it does not answer ({cause})", "check KINBRIDGE_DATABASE_URL, start it"
            )


def whole(patient: Patient) -> Iterator[Fault]:
    """Not damaged in any of its pages; reads all of them, while others write."""
    try:
        with patient.store.reading() as connection:
            if connection.dialect.name == "sqlite":
                found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
                if found != "ok":
                    yield _damaged()
    except Unavailable as error:
        if str(error).startswith(_DAMAGED):
            yield _damaged()  # `there` says all else


def of_this_version(patient: Patient) -> Iterator[Fault]:
    """At the newest schema."""
    with _quietly(patient) as connection:
        if connection is None:
            return
        found, newest = revision_of(connection), newest_revision()
        if found == newest:
            return
        if found is None or (newest is not None and found < newest):
            yield Fault(
                "database-old", f"its schema is {found or 'empty'}, not {newest}", "restart `kinbridge serve`"
            )
        else:
            yield Fault(
                "database-newer", f"its schema {found} is of a newer Kinbridge", "install that version here"
            )


def clock(patient: Patient) -> Iterator[Fault]:
    """Not behind what was written already."""
    with _quietly(patient) as connection:
        if connection is None:
            return
        times = [
            connection.execute(sa.select(sa.func.max(column))).scalar()
            for column in (submissions.c.submitted_at, drafts.c.saved_at)
        ]
        newest = max((text for text in times if text), default=None)
        if newest and moment(newest) > patient.now + _SKEW:
            yield Fault(
                "clock-behind", f"the newest row is of {newest}, in the future", "set the clock (NTP)"
            )


def promises(patient: Patient) -> Iterator[Fault]:
    """Nothing is kept longer than families were told."""
    with _quietly(patient) as connection:
        number = overdue(connection, patient.now - _LATE) if connection is not None else 0
        if number:
            yield Fault(
                "purge-overdue",
                f"{number} submissions are kept longer than their form promises",
                "run `kinbridge submissions purge`, and keep the staff process running",
            )


def server_version(number: int) -> Iterator[Fault]:
    """A PostgreSQL that still gets mends."""
    if number < OLDEST_POSTGRESQL:
        yield Fault("postgresql-old", "this PostgreSQL gets no mends any more", "upgrade it to 14 or newer")


CHECKS = (there, of_this_version, clock, promises)
SLOW = (whole,)


def _damaged() -> Fault:
    return Fault("database-damaged", "SQLite finds its file damaged", "stop serving and restore a back-up")


@contextmanager
def _quietly(patient: Patient) -> Iterator[Connection | None]:
    """A connection; None where `there` or `of_this_version` has said it already."""
    try:
        with patient.store.reading() as connection:
            ready = sa.inspect(connection).has_table(drafts.name)
            yield connection if ready else None
    except Unavailable:
        yield None
