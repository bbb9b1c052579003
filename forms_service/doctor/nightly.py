"""The slow checks once a night: what they found is kept, so that a page can tell it without looking itself."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from datetime import time
from pathlib import Path

from forms_service.doctor.examination import SLOW, examine
from forms_service.doctor.patient import Fault, Patient
from forms_service.durable import write_whole
from forms_service.settings import Settings
from forms_service.store import Store
from forms_service.store.times import moment, now, stamp
from forms_service.upkeep.daily import jobs_folder
from forms_service.upkeep.jobs import Job

EXAMINATION = "examination"
_AT = time(4, 10)  # after the back-up, which it reads, and after erasing


@dataclass(frozen=True)
class Found:
    """What the slow checks found, and when."""

    at: str
    faults: tuple[Fault, ...]


def nightly_examination(settings: Settings) -> Job:
    """The daily job that looks."""
    return Job(EXAMINATION, _AT, lambda: examine_slowly(settings))


def examine_slowly(settings: Settings) -> None:
    """Look through everything, and keep what was found. Raises Unavailable and OSError."""
    store, at = Store(settings.database_url), now()
    try:
        faults = examine(Patient(settings, os.environ, store, at), SLOW)
    finally:
        store.close()
    facts = {"at": stamp(at), "faults": [asdict(fault) for fault in faults]}
    write_whole(_file(settings), json.dumps(facts, ensure_ascii=False).encode())


def last_found(settings: Settings) -> Found | None:
    """What was found the last time; None when nobody looked yet, or what was kept cannot be read."""
    try:
        facts = json.loads(_file(settings).read_bytes())
        moment(facts["at"])
        return Found(facts["at"], tuple(Fault(**fault) for fault in facts["faults"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _file(settings: Settings) -> Path:
    return jobs_folder(settings) / f"{EXAMINATION}.found.json"
