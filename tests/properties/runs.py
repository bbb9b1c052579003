"""How long the properties run: cut down by default and the same each time, long and random when asked."""

from __future__ import annotations

import os
from collections import Counter

from hypothesis import HealthCheck, settings

LONG = os.environ.get("KINBRIDGE_TEST_LONG") == "1"


def run_of(examples: int, times: int = 20) -> settings:
    """Settings for a property of so many examples, `times` as many in a long run."""
    return settings(
        max_examples=examples * (times if LONG else 1),
        derandomize=not LONG,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


def assert_enough_refused(verdicts: Counter[bool], rows: int) -> None:
    """At least a third of the rows were refused and a tenth accepted: the property has seen both sides."""
    total = verdicts.total()
    assert total >= rows, verdicts
    assert verdicts[False] * 3 >= total, verdicts
    print(verdicts)
    assert verdicts[True] * 10 >= total, verdicts
