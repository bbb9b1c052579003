"""Daily jobs run once a day, on one process, and survive whatever the clock does."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from forms_service.settings import SettingsError, read_settings
from forms_service.upkeep.daily import backups, daily_backup, daily_purge, jobs_of
from forms_service.upkeep.jobs import Job, Jobs, last_run
from tests.commands.running import run, send
from tests.instances import REPOSITORY, Instance

NEW_YORK = ZoneInfo("America/New_York")


class Clock:
    def __init__(self, text: str) -> None:
        self.now = datetime.fromisoformat(text)

    def __call__(self) -> datetime:
        return self.now

    def on(self, **more: float) -> None:
        self.now += timedelta(**more)


class Work:
    """A job that counts its runs, and fails when told."""

    def __init__(self) -> None:
        self.runs = 0
        self.fails = False

    def __call__(self) -> None:
        self.runs += 1
        if self.fails:
            raise ValueError("the disk")


def jobs(folder: Path, work: Work, clock: Clock, at: time = time(3, 10)) -> Jobs:
    return Jobs(folder, NEW_YORK, [Job("work", at, work)], clock)


def through(some: Jobs, clock: Clock, hours: float, step: float = 0.25) -> None:
    for _ in range(int(hours / step)):
        clock.on(hours=step)
        some.run_due()


def test_a_job_runs_once_a_day_at_the_clinics_own_time(tmp_path: Path) -> None:
    work, clock = Work(), Clock("2027-01-10T12:00:00+00:00")
    daily = jobs(tmp_path, work, clock)
    through(daily, clock, 20)  # 08:00 UTC is 03:00 there
    assert work.runs == 0
    through(daily, clock, 0.25)
    assert work.runs == 1
    through(daily, clock, 24 * 3)
    assert work.runs == 4


@pytest.mark.parametrize("start", ["2027-03-13T12:00:00+00:00", "2027-11-06T12:00:00+00:00"])
def test_a_time_that_is_missing_or_comes_twice_when_clocks_change_is_run_once(
    tmp_path: Path, start: str
) -> None:
    for at in (time(2, 30), time(1, 30)):
        work, clock = Work(), Clock(start)
        through(jobs(tmp_path / f"{at.hour}", work, clock, at), clock, 24)
        assert work.runs == 1


def test_a_missed_job_is_made_up_for_at_the_next_start(tmp_path: Path) -> None:
    work, clock = Work(), Clock("2027-01-10T12:00:00+00:00")
    jobs(tmp_path, work, clock).run_due()
    clock.on(days=5)  # the machine was off
    jobs(tmp_path, work, clock).run_due()
    assert work.runs == 1


def test_a_clock_that_jumps_ahead_and_back_neither_repeats_a_job_nor_ends_it_for_good(tmp_path: Path) -> None:
    work, clock = Work(), Clock("2027-01-10T12:00:00+00:00")
    daily = jobs(tmp_path, work, clock)
    daily.run_due()
    clock.on(days=3650)
    daily.run_due()
    assert work.runs == 1
    clock.on(days=-3650)
    through(daily, clock, 12)
    assert work.runs == 1
    through(daily, clock, 24)
    assert work.runs == 2


def test_a_job_that_fails_is_tried_again_after_a_while_and_said_so(tmp_path: Path) -> None:
    work, clock = Work(), Clock("2027-01-10T08:00:00+00:00")
    daily = jobs(tmp_path, work, clock)
    daily.run_due()
    work.fails = True
    clock.on(minutes=20)
    daily.run_due()
    last = last_run(tmp_path, "work")
    assert work.runs == 1 and last is not None and last.well is False
    clock.on(minutes=5)
    daily.run_due()
    assert work.runs == 1
    work.fails = False
    clock.on(minutes=15)
    daily.run_due()
    clock.on(hours=10)
    daily.run_due()
    last = last_run(tmp_path, "work")
    assert work.runs == 2 and last is not None and last.well


def test_a_job_never_runs_twice_at_once(tmp_path: Path) -> None:
    begun, go_on, clock = threading.Event(), threading.Event(), Clock("2027-01-10T08:00:00+00:00")
    runs = []

    def slow() -> None:
        runs.append(1)
        begun.set()
        go_on.wait(30)

    two = [Jobs(tmp_path, NEW_YORK, [Job("work", time(3, 10), slow)], clock) for _ in range(2)]
    two[0].run_due()
    clock.on(hours=1)
    thread = threading.Thread(target=two[0].run_due)
    thread.start()
    assert begun.wait(30)
    assert two[1].run_due() == []
    program = (
        "import sys; from pathlib import Path; from forms_service.durable import locked\n"
        "try:\n with locked(Path(sys.argv[1]), wait=False): print('mine')\n"
        "except BlockingIOError: print('held')"
    )
    other = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "work.lock")],
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        env=dict(os.environ),
    )
    assert other.stdout == "held\n", other
    go_on.set()
    thread.join()
    assert two[1].run_due() == [] and runs == [1]


def test_a_job_that_was_killed_is_run_again(tmp_path: Path) -> None:
    work, clock = Work(), Clock("2027-01-10T08:00:00+00:00")
    daily = jobs(tmp_path, work, clock)
    daily.run_due()
    (tmp_path / "work.json").write_text('{"started": "2027-01-10T08:10:00Z", "well": null}')
    clock.on(minutes=30)
    assert daily.run_due() == ["work"]


def test_the_daily_backup_keeps_the_newest_and_can_be_restored(instance: Instance, tmp_path: Path) -> None:
    send(instance)
    environment = {**instance.environment, "KINBRIDGE_BACKUPS_KEPT": "2"}
    settings = read_settings(environment)
    settings.backup_folder.mkdir(parents=True)
    for day in (1, 2, 3):
        (settings.backup_folder / f"kinbridge-2026010{day}T000000Z.backup").write_text("old")
    daily_backup(settings)
    newest, *older = backups(settings.backup_folder)
    assert len(older) == 1 and newest.stat().st_mode & 0o077 == 0
    assert run(instance, "restore", str(newest), "--check").stdout.startswith(f"{newest}: 1 submissions")
    daily_purge(settings)


def test_jobs_can_be_turned_off_and_a_time_that_is_none_is_told(instance: Instance) -> None:
    off = {**instance.environment, "KINBRIDGE_BACKUP_AT": "off", "KINBRIDGE_PURGE_AT": "off"}
    assert jobs_of(read_settings(off)).run_due() == []
    for text in ("25:00", "at night", "03:10+01:00"):
        with pytest.raises(SettingsError, match="KINBRIDGE_BACKUP_AT"):
            read_settings({**instance.environment, "KINBRIDGE_BACKUP_AT": text})
