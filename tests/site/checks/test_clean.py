"""Content that is right gives no finding."""

from __future__ import annotations

from site_src.checks import run_checks
from site_src.instance import Instance
from tests.site.checks.conftest import REPOSITORY, TODAY, Clinic


def test_content_that_is_right_gives_no_finding(whole_clinic: Clinic) -> None:
    assert whole_clinic.findings() == []


def test_the_content_of_this_repository_gives_no_finding() -> None:
    findings = run_checks(Instance(REPOSITORY, REPOSITORY / "var"), TODAY)
    assert findings == [], "\n".join(map(str, findings))
