"""Checks of back-ups and of the daily jobs."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from forms_service.doctor.patient import Fault, Patient
from forms_service.store import Unavailable
from forms_service.store.tables import submissions
from forms_service.store.times import moment
from forms_service.upkeep.archive import BadBackup, verify
from forms_service.upkeep.daily import BACKUP, PURGE, backups, jobs_folder
from forms_service.upkeep.jobs import last_run

_STALE = timedelta(hours=36)


def fresh(patient: Patient) -> Iterator[Fault]:
    """The newest is of last night; with nothing sent yet there is nothing to lose."""
    if patient.settings.backup_at is None:
        return
    found = backups(patient.settings.backup_folder)
    made = datetime.fromtimestamp(found[0].stat().st_mtime, UTC) if found else _first_answer(patient)
    if made is not None and patient.now - made > _STALE:
        days = (patient.now - made).days
        yield Fault(
            "backup-stale",
            f"the newest back-up is {days} days old" if found else f"answers of {days} days have no back-up",
            "run `kinbridge backup FILE`, and keep the staff process running",
        )


def readable(patient: Patient) -> Iterator[Fault]:
    """The newest can be read to its end."""
    for newest in backups(patient.settings.backup_folder)[:1]:
        try:
            verify(newest)
        except BadBackup as error:
            cause, _, mend = str(error).rpartition(": ")
            yield Fault("backup-unreadable", cause, f"{mend}; run `kinbridge backup FILE` now")


def jobs(patient: Patient) -> Iterator[Fault]:
    """The last run of each ended well."""
    for name, at in ((BACKUP, patient.settings.backup_at), (PURGE, patient.settings.purge_at)):
        last = last_run(jobs_folder(patient.settings), name)
        if at is not None and last is not None and last.well is False:
            yield Fault(
                f"{name}-failed", f"the daily {name} of {last.started} failed", "see the staff process' log"
            )


CHECKS = (fresh, jobs)
SLOW = (readable,)


def _first_answer(patient: Patient) -> datetime | None:
    with contextlib.suppress(Unavailable), patient.store.reading() as connection:
        if sa.inspect(connection).has_table(submissions.name):
            first = connection.execute(sa.select(sa.func.min(submissions.c.submitted_at))).scalar()
            return moment(first) if first else None
    return None
