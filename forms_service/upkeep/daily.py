"""What the staff process does every day: a back-up, and erasing what its time is over."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

from forms_service.settings import Settings
from forms_service.store import Store, audit
from forms_service.store.times import now
from forms_service.upkeep.backup import back_up
from forms_service.upkeep.jobs import Job, Jobs
from forms_service.upkeep.retention import purge
from site_src.errors import SiteError
from site_src.instance import read_clinic

BACKUP, PURGE = "backup", "purge"
SCHEDULE = "schedule"  # who did it, in the audit
_NAMES = "kinbridge-*.backup"


def jobs_of(settings: Settings, *others: Job) -> Jobs:
    """The jobs of an instance and `others`, by its clinic's local time; none of those that are set to `off`."""
    jobs = list(others)
    if settings.backup_at is not None:
        jobs.append(Job(BACKUP, settings.backup_at, lambda: daily_backup(settings)))
    if settings.purge_at is not None:
        jobs.append(Job(PURGE, settings.purge_at, lambda: daily_purge(settings)))
    return Jobs(jobs_folder(settings), _zone(settings), jobs)


def jobs_folder(settings: Settings) -> Path:
    """Where the last runs are noted."""
    return settings.var / "jobs"


def backups(folder: Path) -> list[Path]:
    """The back-ups of the schedule, newest first."""
    return sorted(folder.glob(_NAMES), reverse=True)


def daily_backup(settings: Settings) -> None:
    """A back-up into the folder of back-ups; then the oldest beyond those kept go."""
    folder = settings.backup_folder
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for left in folder.glob(".kinbridge-*"):  # of a run that was cut off
        left.unlink()
    store = Store(settings.database_url, lock_wait=10)
    try:
        back_up(settings, store, folder / f"kinbridge-{now().strftime('%Y%m%dT%H%M%SZ')}.backup")
        with store.writing() as connection:
            audit.record(connection, settings.secret(), SCHEDULE, "backup.made")
    finally:
        store.close()
    for old in backups(folder)[settings.backups_kept :]:
        old.unlink()


def daily_purge(settings: Settings) -> None:
    """Erase what its time is over."""
    store = Store(settings.database_url, lock_wait=10)
    try:
        purge(store, now(), settings.secret(), SCHEDULE)
    finally:
        store.close()


def _zone(settings: Settings) -> ZoneInfo:
    try:
        return ZoneInfo(read_clinic(settings.instance).timezone)
    except (SiteError, ValueError, OSError, KeyError):  # `check` and `doctor` say so
        return ZoneInfo("UTC")
