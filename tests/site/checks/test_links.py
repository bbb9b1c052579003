"""Links, anchors, images, and the way to crisis help."""

from __future__ import annotations

import pytest

from tests.site.checks.conftest import Clinic

CALM, NOCHES = "content/en/calm.md", "content/es/calm.md"
PLACE = "Read a short book together."


@pytest.mark.parametrize(
    "target",
    [
        "gone.md",
        "crisis.htm",
        "../crisis.md",
        "../../mkdocs.yml",
        "/gone/",
        "/forms/gone/",
        "gone/",
        "crisis/",
        "",
        "gone.pdf",
        "../fr/crisis.md",
    ],
)
def test_a_dead_link_is_one_finding_at_its_line(target: str, clinic: Clinic) -> None:
    clinic.change(CALM, PLACE, f"Read a book.\nThen read [this\nguide]({target}) too.")
    assert clinic.the_finding() == (CALM, clinic.line_of(CALM, "Then read"), "error", "dead-link")


@pytest.mark.parametrize("target", ["crisis.md#gone", "#gone", "calm.md#gone", "crisis.md#Who-to-call"])
def test_a_dead_anchor_is_one_finding_at_its_line(target: str, clinic: Clinic) -> None:
    clinic.change(CALM, PLACE, f"Read a book.\nThen read [this guide]({target}).")
    assert clinic.the_finding() == (CALM, clinic.line_of(CALM, "Then read"), "error", "dead-anchor")


@pytest.mark.parametrize(
    "target",
    [
        "crisis.md",
        "crisis.md#who-to-call",
        "#what-helps",
        "#sources",
        "../crisis/",
        "/crisis/",
        "/es/crisis/",
        "/es/crisis",
        "../es/crisis.md",
        "/forms/session-feedback/",
        "/es/forms/session-feedback/",
        "/forms/withdraw",
        "https://example.org/nowhere#x",
        "mailto:help@example.org",
        "tel:988",
        "sms:988",
        "plan.pdf",
        "crisis.md?x=1#who-to-call",
    ],
)
def test_a_living_link_is_no_finding(target: str, clinic: Clinic) -> None:
    clinic.write("content/en/plan.pdf", "%PDF")
    clinic.change(CALM, PLACE, f"Read [this guide]({target}).")
    assert clinic.findings() == []


def test_a_link_by_reference_is_followed(clinic: Clinic) -> None:
    clinic.change(CALM, PLACE, "Read [this guide][one].")
    clinic.add(CALM, "\n[one]: gone.md\n")
    assert clinic.the_finding() == (CALM, clinic.line_of(CALM, "this guide"), "error", "dead-link")


def test_a_page_that_is_not_translated_may_be_linked_from_a_translation(clinic: Clinic) -> None:
    clinic.write("content/en/index.md", "---\ntitle: T\ndescription: D\n---\n\nText.\n")
    clinic.add(NOCHES, "\nVea [el inicio](index.md).\n")
    assert [finding.code for finding in clinic.findings()] == ["untranslated"]


def test_a_mark_of_an_attribute_list_can_be_linked_to(clinic: Clinic) -> None:
    clinic.change(CALM, "## What helps", "## What helps {#tips}")
    clinic.change(CALM, "(#what-helps)", "(#tips)")
    assert clinic.findings() == []


def test_a_related_page_that_is_not_there_is_named(clinic: Clinic) -> None:
    clinic.change(CALM, "order: 1", "related:\n  - crisis\n  - gone")
    assert clinic.the_finding() == (CALM, clinic.line_of(CALM, "gone"), "error", "dead-link")


def test_an_image_that_is_not_there_is_named(clinic: Clinic) -> None:
    clinic.change(CALM, PLACE, "![A bed](bed.svg)")
    assert clinic.the_finding() == (CALM, clinic.line_of(CALM, "bed.svg"), "error", "dead-link")


@pytest.mark.parametrize(
    "image", ["![](bed.svg)", "![ ](bed.svg)", '<img src="bed.svg">', '<img src="bed.svg" alt="">']
)
def test_an_image_without_alternative_text_is_one_finding(image: str, clinic: Clinic) -> None:
    clinic.change(CALM, PLACE, f"Read a book.\nSee {image} here.")
    assert clinic.the_finding() == (CALM, clinic.line_of(CALM, "bed.svg"), "error", "image-alt")


@pytest.mark.parametrize("image", ["![A bed](bed.svg)", '<img src="bed.svg" alt="A bed">'])
def test_an_image_with_alternative_text_is_fine(image: str, clinic: Clinic) -> None:
    clinic.write("content/en/bed.svg", "<svg/>")
    clinic.change(CALM, PLACE, f"See {image} here.")
    assert clinic.findings() == []


def test_a_guide_that_does_not_lead_to_crisis_help_is_named_where_its_text_begins(clinic: Clinic) -> None:
    clinic.change(CALM, " or [get help now](crisis.md#who-to-call)", "")
    line = clinic.line_of(CALM, "Start small") - 1
    assert clinic.the_finding() == (CALM, line, "error", "no-crisis-help")


def test_the_crisis_lines_themselves_are_crisis_help(clinic: Clinic) -> None:
    clinic.change(CALM, " or [get help now](crisis.md#who-to-call)", "")
    clinic.change(CALM, "/// form | session-feedback", "/// crisis")
    assert clinic.findings() == []
