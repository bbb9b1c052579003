"""All checks, one after the other; a check that fails itself is a finding, not an end."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from forms_service.doctor import backups, database, disk, keys, network, publication
from forms_service.doctor.patient import Fault, Patient

Check = Callable[[Patient], Iterator[Fault]]

CHECKS: tuple[Check, ...] = (
    *database.CHECKS,
    *keys.CHECKS,
    *disk.CHECKS,
    *publication.CHECKS,
    *network.CHECKS,
    *backups.CHECKS,
)


def examine(patient: Patient) -> list[Fault]:
    """What is not well, in the order of the checks; empty when all is."""
    return [fault for check in CHECKS for fault in _made(check, patient)]


def _made(check: Check, patient: Patient) -> list[Fault]:
    try:
        return list(check(patient))
    except Exception as error:
        place = f"{check.__module__.rpartition('.')[2]}.{check.__name__}"
        return [Fault("doctor", f"the check {place} ended with {type(error).__name__}", "report it, please")]
