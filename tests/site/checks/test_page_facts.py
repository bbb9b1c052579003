"""Pages that cannot be read, or do not say what they are."""

from __future__ import annotations

import pytest

from tests.site.checks.conftest import CALM as TEXT
from tests.site.checks.conftest import Clinic

CALM = "content/en/calm.md"


def test_a_guide_without_front_matter_is_one_finding(clinic: Clinic) -> None:
    clinic.write(CALM, TEXT.split("---\n", 2)[2])
    assert clinic.the_finding() == (CALM, 1, "error", "front-matter")


def test_front_matter_that_is_never_closed_is_one_finding(clinic: Clinic) -> None:
    clinic.write(CALM, "---\ntitle: Calm\n\nText.\n")
    assert clinic.the_finding() == (CALM, 1, "error", "front-matter")


@pytest.mark.parametrize(
    ("broken", "line"),
    [
        ('title: "Calm\n', 2),
        ("title: Calm\ndescription: [one, two\nages: 1\n", 4),
        ("title: Calm\n  description: x\n", 3),
        ("title: Calm\n\tages: 1\n", 3),
        ("- a\n- b\n", 2),
        ("title: a\ntitle: b\n", 3),
        ("title: a\nreviewed: 2027-02-31\n", 2),
    ],
)
def test_broken_yaml_is_one_finding_at_its_line(broken: str, line: int, clinic: Clinic) -> None:
    clinic.write(CALM, f"---\n{broken}---\n\nText.\n")
    found_path, found_line, level, code = clinic.the_finding()
    assert (found_path, level, code) == (CALM, "error", "front-matter")
    assert abs(found_line - line) <= 1


def test_a_file_that_is_not_utf_8_is_one_finding_at_its_line(clinic: Clinic) -> None:
    clinic.write(CALM, TEXT.replace("What helps", "Qué ayuda").encode("latin-1"))
    line = TEXT.splitlines().index("## What helps") + 1
    assert clinic.the_finding() == (CALM, line, "error", "not-utf-8")


def test_the_page_of_help_that_cannot_be_read_is_still_the_only_finding(clinic: Clinic) -> None:
    clinic.write("content/en/crisis.md", b"\xff")
    assert clinic.the_finding() == ("content/en/crisis.md", 1, "error", "not-utf-8")


@pytest.mark.parametrize("key", ["title", "description"])
def test_a_page_needs_title_and_description(key: str, clinic: Clinic) -> None:
    line = clinic.line_of(CALM, f"{key}:")
    clinic.change(CALM, clinic.read(CALM).splitlines()[line - 1], f"{key}:")
    assert clinic.the_finding() == (CALM, line, "error", "missing-fact")


def test_a_missing_title_is_named_at_the_top(clinic: Clinic) -> None:
    clinic.change(CALM, 'title: "Calm evenings"\n', "")
    assert clinic.the_finding() == (CALM, 1, "error", "missing-fact")


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("ages: [6-11]", "ages: [6-12]"),
        ("need: between", "need: betwen"),
        ("audience: parents", "audience: all"),
    ],
)
def test_a_word_the_site_does_not_know_is_named(right: str, wrong: str, clinic: Clinic) -> None:
    clinic.change(CALM, right, wrong)
    assert clinic.the_finding() == (CALM, clinic.line_of(CALM, wrong), "error", "unknown-word")


def test_a_page_in_no_language_of_the_clinic_is_named(clinic: Clinic) -> None:
    clinic.write("content/fr/calme.md", TEXT)
    assert clinic.the_finding() == ("content/fr/calme.md", 1, "error", "no-language")


def test_windows_line_ends_and_a_byte_order_mark_are_fine(clinic: Clinic) -> None:
    clinic.write(CALM, b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode())
    assert clinic.findings() == []
