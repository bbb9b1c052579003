"""Daily jobs in one thread: each once a day at a local time, on one process at a time, whatever the clock does."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from forms_service.durable import locked, write_whole
from forms_service.store.times import moment, stamp

RETRY = timedelta(minutes=15)  # after a job that failed or was cut off
TICK = 20.0  # seconds

_log = logging.getLogger("kinbridge.jobs")


@dataclass(frozen=True)
class Job:
    """Something to do once a day."""

    name: str
    at: time
    run: Callable[[], None]


@dataclass(frozen=True)
class Last:
    """The last run of a job: `well` is None while it runs, or when it was cut off."""

    started: str
    well: bool | None = None


class Jobs:
    """The jobs of this instance. `zone` says whose days and times they go by; `folder` keeps their last runs."""

    def __init__(
        self,
        folder: Path,
        zone: ZoneInfo,
        jobs: Sequence[Job],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._folder = folder
        self._zone = zone
        self._jobs = jobs
        self._clock = clock
        self._stop = threading.Event()

    def start(self) -> None:
        """Run what is due from now on, in a thread that ends with the process."""
        threading.Thread(target=self._loop, name="jobs", daemon=True).start()

    def stop(self) -> None:
        """Begin no other job."""
        self._stop.set()

    def run_due(self) -> list[str]:
        """Run what is due now; the names of what ran here."""
        return [job.name for job in self._jobs if self._run_if_due(job)]

    def _loop(self) -> None:
        self.run_due()  # what was missed while the machine was off
        while not self._stop.wait(TICK):
            self.run_due()

    def _run_if_due(self, job: Job) -> bool:
        try:
            with locked(self._folder / f"{job.name}.lock", wait=False):
                if not self._is_due(job):
                    return False
                self._note(job, Last(stamp(self._clock())))
                well = self._run(job)
                self._note(job, Last(stamp(self._clock()), well))
                return True
        except BlockingIOError:
            return False  # another process runs it
        except OSError as error:
            _log.error("The job %s could not be noted: %s", job.name, error.strerror)
            return False

    def _is_due(self, job: Job) -> bool:
        now = self._clock()
        last = last_run(self._folder, job.name)
        if last is None or moment(last.started) > now:
            # The first time; or the clock went back, and what it said of the future is worth nothing.
            self._note(job, Last(stamp(now), True))
            return False
        started = moment(last.started)
        return started < self._latest(job, now) or (not last.well and started + RETRY <= now)

    def _latest(self, job: Job, now: datetime) -> datetime:
        """The last moment at which the job was to begin."""
        today = now.astimezone(self._zone).date()
        for day in (today, today - timedelta(days=1)):
            planned = datetime.combine(day, job.at, self._zone).astimezone(UTC)
            if planned <= now:
                return planned
        return datetime.combine(today - timedelta(days=2), job.at, self._zone).astimezone(UTC)

    def _run(self, job: Job) -> bool:
        try:
            job.run()
        except Exception as error:
            _log.error("The job %s failed", job.name, exc_info=error)  # type and place, never a value
            return False
        _log.info("The job %s is done", job.name)
        return True

    def _note(self, job: Job, last: Last) -> None:
        write_whole(self._folder / f"{job.name}.json", json.dumps(asdict(last)).encode())


def last_run(folder: Path, name: str) -> Last | None:
    """The last run of a job; None when there was none, or what was noted cannot be read."""
    try:
        last = Last(**json.loads((folder / f"{name}.json").read_bytes()))
        moment(last.started)
    except (OSError, ValueError, TypeError):
        return None
    return last
