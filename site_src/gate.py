"""Decides which findings of `kinbridge check` stop a release, and which its pages only mention."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from site_src.instance import Instance

if TYPE_CHECKING:
    from site_src.checks import Finding, Rule


@dataclass(frozen=True)
class Verdict:
    """What stops a release, what it may carry, and the pages that were judged, by `page_hashes`."""

    pages: Mapping[str, str]
    stops: tuple[Finding, ...]
    carried: tuple[Finding, ...]

    @property
    def notices(self) -> dict[str, str]:
        """What pages have to say of themselves: the finding's code by the page's path."""
        return {finding.path: finding.code for finding in self.carried}

    @property
    def warnings(self) -> list[str]:
        """What is carried, one line each."""
        return [
            f"{found.path}:{found.line}: {found.code} {found.message} (until then the page says so)"
            for found in self.carried
        ]


def page_hashes(instance: Instance) -> dict[str, str]:
    """A hash of each page's source by its path from the instance's folder: what a release changes."""
    return {
        file.relative_to(instance.root).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(instance.content.rglob("*.md"))
    }


def judge(instance: Instance, today: datetime.date, before: Mapping[str, str] | None) -> Verdict:
    """Runs the checks. An overdue review or a stale translation stops only a release that changes that page.

    `before` are the pages as families see them now, by `page_hashes`; None asks for notices alone, so that
    nothing stops the first release. Raises SiteError when there is nothing to check.
    """
    # The checks take 0.2 s to import, which the servers, who also import releases, need not spend.
    from site_src.checks import ALL, OF_CHANGED_PAGES, reviews, translations

    rules: Collection[Rule] = ALL if before is not None else (reviews.RULE, translations.RULE)
    now = page_hashes(instance)
    stops, carried = [], []
    for finding in _errors(instance, today, rules):
        may_stay = before is None or before.get(finding.path) == now.get(finding.path)
        if finding.code in OF_CHANGED_PAGES and may_stay:
            carried.append(finding)
        elif before is not None:
            stops.append(finding)
    return Verdict(now, tuple(stops), tuple(carried))


def _errors(instance: Instance, today: datetime.date, rules: Collection[Rule]) -> list[Finding]:
    from site_src.checks import run_checks

    return [finding for finding in run_checks(instance, today, rules) if finding.level == "error"]
