"""Comparing two ways of doing the same, round by round, so that a noisy machine disturbs both alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence

ROUNDS = 7


def interleaved(
    *ways: Callable[[], object],
    repeats: int = 1,
    rounds: int = ROUNDS,
    clock: Callable[[], float] = time.process_time,
) -> list[list[float]]:
    """Seconds of one call of each way, by round; every round runs all of them in turn.

    The clock counts this process' own work; give another for what waits or runs elsewhere.
    """
    for way in ways:
        way()  # caches filled, modules imported
    times: list[list[float]] = [[] for _ in ways]
    for _ in range(rounds):
        for way, found in zip(ways, times, strict=True):
            began = clock()
            for _ in range(repeats):
                way()
            found.append((clock() - began) / repeats)
    return times


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The median of the ratios of each round."""
    return statistics.median(own / peer for own, peer in zip(ours, theirs, strict=True))


def spread(values: Sequence[float], scale: float = 1.0, digits: int = 0) -> str:
    """`median (least to most)`."""
    middle, least, most = (
        f"{value * scale:,.{digits}f}" for value in (statistics.median(values), min(values), max(values))
    )
    return f"{middle} ({least} to {most})"
