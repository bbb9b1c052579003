"""What can go wrong with a site, said so that an operator can mend it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from site_src.checks import Finding


class SiteError(Exception):
    """The site cannot be built or published; the text is one line: the cause, then the mend.

    `exit_code` is what the command line ends with: 2 for "could not run".
    """

    exit_code = 2

    def __init__(self, cause: str, mend: str) -> None:
        super().__init__(f"{cause} {mend}")
        self.cause = cause
        self.mend = mend


class FindingsError(SiteError):
    """The checks found errors, so nothing was published. `findings` are they, by file and line."""

    exit_code = 1

    def __init__(self, findings: Sequence[Finding]) -> None:
        count = "An error stops" if len(findings) == 1 else f"{len(findings)} errors stop"
        super().__init__(
            f"{count} the release; the site is as it was.",
            "Mend what `kinbridge check` lists, then publish again.",
        )
        self.findings = tuple(findings)
