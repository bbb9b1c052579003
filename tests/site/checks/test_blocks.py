"""Blocks, help boxes, headings and shared paragraphs."""

from __future__ import annotations

import pytest

from tests.site.checks.conftest import Clinic

CALM = "content/en/calm.md"


@pytest.mark.parametrize(
    ("block", "code"),
    [
        ("/// form | gone\n///", "no-such-form"),
        ("/// form\n///", "no-such-form"),
        ("/// worksheet | gone\n///", "no-such-worksheet"),
        ("/// worksheet\n///", "no-such-worksheet"),
        ("/// helpurgent | Call us\n\n- now\n\n///", "unknown-block"),
        ("/// strategies\n\nText.", "unclosed-block"),
        ("//// strategies\n\nText.\n\n///", "unclosed-block"),
    ],
)
def test_a_wrong_block_is_named_where_it_opens(block: str, code: str, clinic: Clinic) -> None:
    clinic.add(CALM, f"\n## More\n\n{block}\n")
    line = clinic.read(CALM).splitlines().index("## More") + 3
    found = {(finding.line, finding.level, finding.code) for finding in clinic.findings()}
    assert (line, "error", code) in found
    assert {code for _, _, code in found} <= {code, "stray-block-end"}


def test_a_block_naming_no_form_is_one_finding(clinic: Clinic) -> None:
    clinic.change(CALM, "/// form | session-feedback", "/// form | sessionfeedback")
    assert clinic.the_finding() == (CALM, clinic.line_of(CALM, "sessionfeedback"), "error", "no-such-form")


def test_a_closing_line_that_closes_nothing_is_one_finding(clinic: Clinic) -> None:
    clinic.add(CALM, "\n## More\n\n/////\n")
    assert clinic.the_finding() == (CALM, clinic.line_of(CALM, "/////"), "error", "stray-block-end")


def test_a_block_in_a_code_example_is_none(clinic: Clinic) -> None:
    clinic.add(CALM, "\n## More\n\n```\n/// gone\n```\n")
    assert clinic.findings() == []


def test_blocks_may_stand_in_one_another(clinic: Clinic) -> None:
    clinic.add(CALM, "\n//// try-this\n\nText.\n\n/// crisis\n///\n\n////\n")
    assert clinic.findings() == []


def test_a_worksheet_that_is_not_translated_may_be_named(clinic: Clinic) -> None:
    clinic.write(
        "content/en/worksheets/log.md",
        "---\ntitle: T\ndescription: D\nreview_by: 2027-05-31\n---\n\nText.\n",
    )
    clinic.add("content/es/calm.md", "\n/// worksheet | log\n///\n")
    assert [finding.code for finding in clinic.findings()] == ["untranslated"]


def test_a_second_box_of_one_level_is_named(clinic: Clinic) -> None:
    clinic.add(CALM, "\n/// help-emergency | Call now if\n\n- they fall\n\n///\n")
    line = clinic.line_of(CALM, "Call now if")
    assert clinic.the_finding() == (CALM, line, "warning", "help-box-twice")


def test_a_link_to_read_in_the_emergency_box_is_named(clinic: Clinic) -> None:
    clinic.change(CALM, "Dial [911](tel:911).", "Dial [911](tel:911).\nRead [more](crisis.md).")
    assert clinic.the_finding() == (CALM, clinic.line_of(CALM, "Read [more]"), "warning", "help-box-link")


def test_text_right_after_a_help_box_is_named(clinic: Clinic) -> None:
    clinic.change(CALM, "\n## Sources\n", "\nThen rest.\n")
    assert clinic.the_finding() == (CALM, clinic.line_of(CALM, "Then rest."), "warning", "help-box-end")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("## One\n\n#### Three", "heading-order"),
        ("## One\n\nText.\n\n# Three", "heading-title"),
        ("Three\n=====", "heading-title"),
        ("## One\n\n## <!-- Three -->", "heading-empty"),
    ],
)
def test_a_heading_out_of_order_is_one_finding(text: str, code: str, clinic: Clinic) -> None:
    clinic.add(CALM, f"\n{text}\n")
    assert clinic.the_finding() == (CALM, clinic.line_of(CALM, "Three"), "error", code)


def test_the_title_may_stand_above_the_text_and_levels_may_go_up_at_once(clinic: Clinic) -> None:
    clinic.change(CALM, "Start small tonight.", "# Calm evenings\n\nStart small tonight.")
    clinic.add(CALM, "\n### Deep\n\nText.\n\n## Up again\n\nText.\n")
    assert clinic.findings() == []


def test_a_text_that_begins_too_deep_is_named(clinic: Clinic) -> None:
    clinic.change(CALM, "## What helps", "### What helps")
    assert clinic.the_finding() == (CALM, clinic.line_of(CALM, "### What"), "error", "heading-order")


SHARED = "Sit down with your child, turn off all the screens, and say what you liked about this day."


def test_a_paragraph_of_another_guide_is_named_in_the_later_one(clinic: Clinic) -> None:
    clinic.add(CALM, f"\n{SHARED}\n")
    clinic.change(
        "content/en/crisis.md",
        "## Who to call",
        f"{SHARED.replace(', turn', ' [@x]; turn')}\n\n## Who to call",
    )
    found = [finding for finding in clinic.findings() if finding.code == "shared-paragraph"]
    (finding,) = found
    assert (finding.path, finding.line) == (
        "content/en/crisis.md",
        clinic.line_of("content/en/crisis.md", "Sit down"),
    )
    assert f"{CALM}:{clinic.line_of(CALM, 'Sit down with')}" in finding.message


def test_a_short_stock_phrase_may_be_shared(clinic: Clinic) -> None:
    for path in (CALM, "content/en/crisis.md"):
        clinic.add(path, "\n## More\n\nDial the number of the clinic, and tell us who you are.\n")
    assert clinic.findings() == []


def test_a_paragraph_said_twice_on_one_page_is_not_shared(clinic: Clinic) -> None:
    clinic.add(CALM, f"\n{SHARED}\n\n{SHARED}\n")
    assert clinic.findings() == []
