"""A delay that grows with wrong tries: strangers slow down strangers, and never a browser that its owner is known by.

OWASP's "slow down online guessing with device cookies": a browser that signed in to the account counts alone.
"""

from __future__ import annotations

import hashlib
import ipaddress
import time
from dataclasses import dataclass

from limits.storage import Storage

FREE = 5  # wrong tries without a delay: of a known browser, and of one network at one account
FREE_AT_ACCOUNT = 20  # of all strangers together
FREE_IN_NETWORK = 50  # at all accounts together: a clinic has one address for everybody
FIRST, LONGEST = 10, 900  # seconds
REMEMBERED = 24 * 3600
_SITE = 64  # bits of an IPv6 address that a provider gives to one customer


@dataclass(frozen=True)
class Count:
    """The wrong tries that one thing has made; `key` is a hash: no address is kept."""

    counters: Storage
    key: str
    free: int

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
        if tries < self.free:
            return 0
        delay = min(FIRST << min(tries - self.free, 10), LONGEST)
        self.counters.incr(f"wait/{self.key}", delay)
        return delay

    def forget(self) -> None:
        """Begin again at none."""
        self.counters.clear(f"wrong/{self.key}")
        self.counters.clear(f"wait/{self.key}")


@dataclass(frozen=True)
class Throttle:
    """All that a try is counted by: its `own` count, and those it shares with others' tries."""

    own: Count
    shared: tuple[Count, ...] = ()

    @property
    def is_known(self) -> bool:
        """Whether this browser counts alone."""
        return not self.shared

    @property
    def wait(self) -> int:
        """Seconds until the next try counts; 0 when it may come now."""
        return max(count.wait for count in (self.own, *self.shared))

    def wrong(self) -> int:
        """Count a wrong try; the seconds to wait from now on."""
        return max(count.wrong() for count in (self.own, *self.shared))

    def right(self) -> None:
        """Forget one's own wrong tries; those of others stay."""
        self.own.forget()


def of_known(counters: Storage, kind: str, account: str, browser: str) -> Throttle:
    """The tries of one kind by a browser that signed in to the account before."""
    return Throttle(_count(counters, FREE, kind, "known browser", account, browser))


def of_stranger(counters: Storage, kind: str, account: str, address: str) -> Throttle:
    """The tries of one kind by any other browser at that address."""
    network = network_of(address)
    return Throttle(
        _count(counters, FREE, kind, "account and network", account, network),
        (
            _count(counters, FREE_AT_ACCOUNT, kind, "account", account),
            _count(counters, FREE_IN_NETWORK, kind, "network", network),
        ),
    )


def network_of(address: str) -> str:
    """The IPv4 address, or the IPv6 network of a customer: who has one address in it has all of them."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(found), _SITE), strict=False))


def _count(counters: Storage, free: int, *parts: str) -> Count:
    return Count(counters, hashlib.sha256("\0".join(parts).encode()).hexdigest(), free)
