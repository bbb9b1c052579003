"""The clinic's keys while somebody reads: in the memory of the staff process, for one visit each."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from threading import Lock

from forms_service.sealing.identity import Identity
from forms_service.store.staff_sessions import IDLE


@dataclass
class OpenKeys:
    """Keys by the visit that unlocked them; one that is not used for as long as a visit may be idle is dropped."""

    _held: dict[str, tuple[Identity, float]] = field(default_factory=dict, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def keep(self, visit: str, identity: Identity) -> None:
        """Hold the keys for a visit."""
        with self._lock:
            self._tidy()
            self._held[visit] = (identity, time.monotonic())

    def of(self, visit: str, *, used: bool = True) -> Identity | None:
        """The keys that a visit unlocked, or None; they live on unless they are only looked at (`used` False)."""
        with self._lock:
            self._tidy()
            if visit not in self._held:
                return None
            identity, last = self._held[visit]
            self._held[visit] = (identity, time.monotonic() if used else last)
            return identity

    def drop(self, visit: str) -> None:
        """Forget a visit's keys."""
        with self._lock:
            self._held.pop(visit, None)

    def _tidy(self) -> None:
        oldest = time.monotonic() - IDLE.total_seconds()
        for visit in [visit for visit, (_, used) in self._held.items() if used < oldest]:
            del self._held[visit]
