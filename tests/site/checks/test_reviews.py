"""Dates of review."""

from __future__ import annotations

import datetime

import pytest

from tests.site.checks.conftest import Clinic

CALM = "content/en/calm.md"


@pytest.mark.parametrize(
    ("old", "new", "level", "code"),
    [
        ("review_by: 2027-05-31", "review_by: 2026-11-24", "error", "review-overdue"),
        ("review_by: 2027-05-31", "review_by: 2026-11-25", "warning", "review-soon"),
        ("review_by: 2027-05-31", "review_by: 2027-01-24", "warning", "review-soon"),
        ("review_by: 2027-05-31", "review_by: soon", "error", "review-date"),
        ("review_by: 2027-05-31", "review_by:", "error", "review-missing"),
        ("reviewed:\n", "reviewed: 2026-11-26\n", "error", "reviewed-in-future"),
        ("reviewed:\n", "reviewed: yesterday\n", "error", "review-date"),
        ("reviewed:\n", "reviewed:\npublished: 2026-11-26\n", "error", "reviewed-in-future"),
        ("reviewed:\n", "reviewed:\nchanged: lately\n", "error", "review-date"),
    ],
)
def test_a_wrong_date_is_one_finding_at_its_line(
    old: str, new: str, level: str, code: str, clinic: Clinic
) -> None:
    clinic.change(CALM, old, new)
    assert clinic.the_finding() == (CALM, clinic.line_of(CALM, new.strip().splitlines()[-1]), level, code)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("review_by: 2027-05-31", "review_by: 2027-01-25"),
        ("review_by: 2027-05-31", 'review_by: "2027-05-31"'),
        ("reviewed:\n", "reviewed: 2026-11-25\n"),
    ],
)
def test_a_right_date_is_no_finding(old: str, new: str, clinic: Clinic) -> None:
    clinic.change(CALM, old, new)
    assert clinic.findings() == []


def test_a_guide_without_a_review_date_is_named(clinic: Clinic) -> None:
    clinic.change(CALM, "review_by: 2027-05-31\n", "")
    assert clinic.the_finding() == (CALM, 1, "error", "review-missing")


def test_a_page_that_only_leads_to_others_needs_no_review_date(clinic: Clinic) -> None:
    for language in ("en", "es"):
        clinic.write(f"content/{language}/index.md", "---\ntitle: T\ndescription: D\n---\n\nText.\n")
    spanish = clinic.read("content/es/index.md")
    clinic.write("content/es/index.md", spanish.replace("title", "translation_of: index.md\ntitle", 1))
    clinic.accept_translations()
    assert clinic.findings() == []


def test_the_day_of_the_check_decides(clinic: Clinic) -> None:
    codes = {finding.code for finding in clinic.findings(datetime.date(2027, 6, 1))}
    assert codes == {"review-overdue"}
