"""Citations and the evidence they need."""

from __future__ import annotations

import pytest

from tests.site.checks.conftest import Clinic

CALM = "content/en/calm.md"
SOURCES = "datapackages/evidence/sources.csv"
ROW = "{key},A citation.,,,trial,It helped.,Small.,abstract read,,Ayudó.,Pequeño.\n"


def test_an_unknown_source_in_the_front_matter_is_one_finding(clinic: Clinic) -> None:
    clinic.change(CALM, "sources: [first-2018]", "sources:\n  - first-2018\n  - ghost-1900")
    assert clinic.the_finding() == (CALM, clinic.line_of(CALM, "ghost"), "error", "unknown-source")


def test_an_unknown_source_in_the_text_is_one_finding(clinic: Clinic) -> None:
    clinic.change(
        CALM, "Read a short book together.", "Read a short book\ntogether [@first-2018; @ghost-1900]."
    )
    assert clinic.the_finding() == (CALM, clinic.line_of(CALM, "ghost"), "error", "unknown-source")


def test_an_unknown_source_in_front_matter_and_text_is_one_finding(clinic: Clinic) -> None:
    clinic.change(CALM, "sources: [first-2018]", "sources: [first-2018, ghost-1900]")
    clinic.change(CALM, "together.", "together [@ghost-1900].")
    assert clinic.the_finding() == (CALM, clinic.line_of(CALM, "sources: ["), "error", "unknown-source")


def test_a_misspelled_citation_is_one_finding(clinic: Clinic) -> None:
    clinic.change(CALM, "[@first-2018]", "[@first-2081]")
    codes = {finding.code for finding in clinic.findings() if finding.path == CALM}
    assert codes == {"unknown-source"}


def test_a_source_that_only_the_text_cites_is_to_be_listed(clinic: Clinic) -> None:
    clinic.write(SOURCES, clinic.read(SOURCES) + ROW.format(key="second-2019"))
    clinic.change(CALM, "together.", "together [@second-2019].")
    assert clinic.the_finding() == (CALM, clinic.line_of(CALM, "second"), "warning", "unlisted-source")


def test_a_source_that_no_sentence_cites_is_named(clinic: Clinic) -> None:
    clinic.write(SOURCES, clinic.read(SOURCES) + ROW.format(key="second-2019"))
    clinic.change(CALM, "sources: [first-2018]", "sources: [first-2018, second-2019]")
    assert clinic.the_finding() == (CALM, clinic.line_of(CALM, "second"), "warning", "uncited-source")


@pytest.mark.parametrize("citation", ["[@first-2018, @first-2018]", "[@first-2018", "[@ first-2018]", "[@]"])
def test_a_bracket_that_is_no_citation_is_named(citation: str, clinic: Clinic) -> None:
    clinic.change(CALM, "together.", f"together {citation}.")
    line = clinic.line_of(CALM, "together")
    assert clinic.the_finding() == (CALM, line, "error", "citation-form")


def test_a_citation_in_code_is_none(clinic: Clinic) -> None:
    clinic.change(CALM, "together.", "together: `[@ghost-1900]`.")
    assert clinic.findings() == []


def test_a_citation_in_a_table_counts(clinic: Clinic) -> None:
    clinic.add(CALM, "\n| A | B |\n| --- | --- |\n| a | b [@ghost-1900] |\n")
    assert clinic.the_finding() == (CALM, clinic.line_of(CALM, "ghost"), "error", "unknown-source")


def test_a_row_that_no_page_cites_is_named_at_its_line(clinic: Clinic) -> None:
    clinic.write(SOURCES, clinic.read(SOURCES) + ROW.format(key="second-2019"))
    assert clinic.the_finding() == (SOURCES, 3, "warning", "unused-source")


def test_a_row_marked_as_background_may_be_cited_by_no_page(clinic: Clinic) -> None:
    descriptor = "datapackages/evidence/datapackage.json"
    if '"background"' not in clinic.read(descriptor):
        field = '{"name": "background", "type": "boolean", "title": "Background", "title@es": "Contexto"},'
        clinic.write(descriptor, clinic.read(descriptor).replace('"fields": [', f'"fields": [{field}', 1))
    header, row = clinic.read(SOURCES).splitlines()
    plain = ROW.format(key="second-2019")
    clinic.write(SOURCES, f"background,{header}\n,{row}\ntrue,{plain}")
    assert clinic.findings() == []


def test_a_finding_that_is_not_translated_is_named(clinic: Clinic) -> None:
    clinic.change(SOURCES, "Ayudó.", "")
    assert clinic.the_finding() == (SOURCES, 2, "warning", "untranslated-source")
