"""All checks, one after the other; a check that fails itself is a finding, not an end."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from forms_service.doctor import backups, database, disk, keys, network, publication
from forms_service.doctor.patient import Fault, Patient

Check = Callable[[Patient], Iterator[Fault]]

QUICK: tuple[Check, ...] = (
    *database.CHECKS,
    *keys.CHECKS,
    *disk.CHECKS,
    *publication.CHECKS,
    *network.CHECKS,
    *backups.CHECKS,
)
SLOW: tuple[Check, ...] = (*database.SLOW, *backups.SLOW)  # read all of the database, and of a back-up


def examine(patient: Patient, checks: tuple[Check, ...] = (*QUICK, *SLOW)) -> list[Fault]:
    """What is not well, in the order of the checks, each fault once; empty when all is."""
    return list(dict.fromkeys(fault for check in checks for fault in _made(check, patient)))


def _made(check: Check, patient: Patient) -> list[Fault]:
    try:
        return list(check(patient))
    except Exception as error:
        place = f"{check.__module__.rpartition('.')[2]}.{check.__name__}"
        return [Fault("doctor", f"the check {place} ended with {type(error).__name__}", "report it, please")]
