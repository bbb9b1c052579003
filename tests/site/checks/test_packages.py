"""Tables, crisis lines, forms and the clinic's colour."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest

from tests.site.checks.conftest import Clinic

SOURCES, LINES = "datapackages/evidence/sources.csv", "datapackages/crisis-lines/lines.csv"
FORM = "datapackages/session-feedback/datapackage.json"


def test_a_cell_that_does_not_fit_is_one_finding_at_its_line(whole_clinic: Clinic) -> None:
    whole_clinic.change(SOURCES, ",trial,", ",rumour,")
    assert whole_clinic.the_finding() == (SOURCES, 2, "error", "data-package")


def test_a_row_after_a_cell_of_two_lines_is_named_at_its_own_line(whole_clinic: Clinic) -> None:
    whole_clinic.change(SOURCES, "It helped.", '"It\nhelped."')
    whole_clinic.write(
        SOURCES,
        whole_clinic.read(SOURCES) + "first-2018,Again.,,,rumour,It helped.,Small.,read,,Ayudó.,Poco.\n",
    )
    found = {(finding.path, finding.line) for finding in whole_clinic.findings()}
    assert found == {(SOURCES, 4)}


def test_a_table_that_is_not_there_is_one_finding(whole_clinic: Clinic) -> None:
    (whole_clinic.root / LINES).unlink()
    found = {(finding.path, finding.code) for finding in whole_clinic.findings()}
    assert (LINES, "data-package") in found


def test_a_broken_descriptor_of_the_evidence_is_one_finding(whole_clinic: Clinic) -> None:
    whole_clinic.write("datapackages/evidence/datapackage.json", '{\n"name": "evidence",\n"resources": [}\n')
    assert whole_clinic.the_finding()[:3] == ("datapackages/evidence/datapackage.json", 3, "error")


def test_a_region_without_an_emergency_number_is_one_finding(whole_clinic: Clinic) -> None:
    whole_clinic.change("mkdocs.yml", "region: US", "region: XX")
    line = whole_clinic.line_of("mkdocs.yml", "region: XX")
    assert whole_clinic.the_finding() == ("mkdocs.yml", line, "error", "no-crisis-lines")


def test_outside_the_demo_a_line_that_nobody_confirmed_is_named(whole_clinic: Clinic) -> None:
    whole_clinic.change("mkdocs.yml", "demo: true", "demo: false")
    whole_clinic.change(
        LINES,
        "988 Lifeline,Call 988,,anyone,confirmed,2026-10-01",
        "988 Lifeline,Call 988,,anyone,unconfirmed,",
    )
    assert whole_clinic.the_finding() == (LINES, 4, "warning", "crisis-unconfirmed")


def test_in_the_demo_a_line_that_nobody_confirmed_is_fine(whole_clinic: Clinic) -> None:
    whole_clinic.change(
        LINES,
        "988 Lifeline,Call 988,,anyone,confirmed,2026-10-01",
        "988 Lifeline,Call 988,,anyone,unconfirmed,",
    )
    assert whole_clinic.findings() == []


def test_lines_that_the_clinics_families_never_see_are_left_alone(whole_clinic: Clinic) -> None:
    whole_clinic.change("mkdocs.yml", "demo: true", "demo: false")
    assert whole_clinic.findings() == []


def test_outside_the_demo_a_line_confirmed_over_six_months_ago_is_named(whole_clinic: Clinic) -> None:
    whole_clinic.change("mkdocs.yml", "demo: true", "demo: false")
    early, late = (
        [
            (finding.line, finding.level, finding.code)
            for finding in whole_clinic.findings(day)
            if finding.path == LINES
        ]
        for day in (datetime.date(2027, 4, 1), datetime.date(2027, 4, 4))
    )
    assert early == []
    assert late == [(line, "warning", "crisis-check-old") for line in (2, 3, 4, 5)]


def test_broken_json_of_a_form_is_one_finding_at_its_line(whole_clinic: Clinic) -> None:
    whole_clinic.write(FORM, '{\n  "name": "session-feedback",\n  "form": {,}\n}\n')
    path, line, level, code = whole_clinic.the_finding()
    assert (path, line, level, code) == (FORM, 3, "error", "broken-json")


def test_a_form_that_cannot_start_is_named_at_the_line_of_its_field(whole_clinic: Clinic) -> None:
    descriptor: dict[str, Any] = json.loads(whole_clinic.read(FORM))
    descriptor["form"]["pages"][0]["fields"].append("nobody")
    whole_clinic.write(FORM, json.dumps(descriptor, indent=2))
    path, line, level, _ = whole_clinic.the_finding()
    assert (path, level) == (FORM, "error")
    assert line == whole_clinic.line_of(FORM, '"nobody"')


def test_a_text_of_a_form_that_is_not_translated_is_named(whole_clinic: Clinic) -> None:
    descriptor: dict[str, Any] = json.loads(whole_clinic.read(FORM))
    del descriptor["resources"][0]["schema"]["fields"][0]["title@es"]
    whole_clinic.write(FORM, json.dumps(descriptor, indent=2))
    assert whole_clinic.the_finding()[0] == FORM


@pytest.mark.parametrize("colour", ["#8fd3c8", "red", "#76807f", "#00756f00"])
def test_a_colour_that_cannot_be_read_is_one_finding(colour: str, whole_clinic: Clinic) -> None:
    whole_clinic.change("mkdocs.yml", '"#0f5c5a"', f'"{colour}"')
    line = whole_clinic.line_of("mkdocs.yml", "brand:")
    assert whole_clinic.the_finding() == ("mkdocs.yml", line, "error", "brand-contrast")


def test_a_colour_that_fails_only_on_a_box_is_found(whole_clinic: Clinic) -> None:
    # 4.9 on the page, 4.45 on the ground of an emergency box.
    whole_clinic.change("mkdocs.yml", '"#0f5c5a"', '"#55716f"')
    (finding,) = whole_clinic.findings()
    assert "the ground of an emergency box" in finding.message


@pytest.mark.parametrize("colour", ["#0f5c5a", "#003366", "#5b2a86"])
def test_a_dark_colour_is_fine(colour: str, whole_clinic: Clinic) -> None:
    whole_clinic.change("mkdocs.yml", '"#0f5c5a"', f'"{colour}"')
    assert whole_clinic.findings() == []
