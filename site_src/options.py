"""What one build is told beside the instance itself."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class BuildOptions:
    """`private`: where shells and facts for the forms go, or None to write none.

    `left_out`: folders of forms that appear on no page. `notices`: what a page says of itself, as a check's
    code by the page's path from the instance's folder. `print_cache`: where print copies are kept from build
    to build, or None to make none. `today`: the day from which group dates are shown, or None for the
    clinic's own.
    """

    private: Path | None = None
    left_out: frozenset[str] = frozenset()
    notices: Mapping[str, str] = field(default_factory=dict)
    print_cache: Path | None = None
    today: datetime.date | None = None
