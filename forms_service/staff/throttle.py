"""A delay that grows with wrong tries, for one account from one address: a stranger elsewhere locks nobody out."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass

from limits.storage import Storage

FREE = 5  # wrong tries without a delay
FIRST, LONGEST = 10, 900  # seconds
REMEMBERED = 24 * 3600


@dataclass(frozen=True)
class Throttle:
    """The wrong tries of one kind; `key` is a hash: no address is kept."""

    counters: Storage
    key: str

    @property
    def wait(self) -> int:
        """Seconds until the next try counts; 0 when it may come now."""
        name = f"wait/{self.key}"
        if not self.counters.get(name):
            return 0
        left: float = self.counters.get_expiry(name) - time.time()
        return max(1, int(left) + 1)

    def wrong(self) -> int:
        """Count a wrong try; the seconds to wait from now on."""
        tries = self.counters.incr(f"wrong/{self.key}", REMEMBERED)
        if tries < FREE:
            return 0
        delay = min(FIRST << min(tries - FREE, 10), LONGEST)
        self.counters.incr(f"wait/{self.key}", delay)
        return delay

    def right(self) -> None:
        """Forget the wrong tries."""
        self.counters.clear(f"wrong/{self.key}")
        self.counters.clear(f"wait/{self.key}")


def throttle(counters: Storage, *parts: str) -> Throttle:
    """The wrong tries of whoever `parts` name."""
    return Throttle(counters, hashlib.sha256("\0".join(parts).encode()).hexdigest())
