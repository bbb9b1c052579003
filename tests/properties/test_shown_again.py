"""A page asked again shows what was typed, for names and codes of every kind."""

from __future__ import annotations

import re
from html import unescape

from tests.properties.strategies import NAMES
from tests.properties.web import Clinic, form_of

UNKNOWN = [{"value": ""}, {"value": "-99", "label": "I do not know"}]


def test_every_name_makes_inputs_that_labels_hints_and_errors_lead_to(clinic: Clinic) -> None:
    fields = [
        {"name": name, "type": kind, "description": "A hint", "constraints": {"required": True}}
        for name, kind in zip(NAMES, ("integer", "date", "boolean", "string") * 3, strict=True)
    ]
    clinic.publish(form_of("names", {"fields": fields[:10]}))
    family = clinic.family("names")
    page = family.answer("page-1", {}).text
    ids = re.findall(r' id="([^"]*)"', page)
    assert len(ids) == len(set(ids))
    assert not any(re.search(r"\s", unescape(found)) for found in ids)
    assert set(re.findall(r' for="([^"]*)"', page)) <= set(ids)
    for described in re.findall(r' aria-describedby="([^"]*)"', page):
        assert set(described.split()) <= set(ids)
    links = re.findall(r'<li><a href="#([^"]*)"', page)
    assert len(links) == 10 and set(links) <= set(ids)


def test_a_code_for_not_knowing_is_offered_beside_a_text_box_and_shown_as_ticked(clinic: Clinic) -> None:
    fields = [
        {"name": "weight", "type": "number", "missingValues": UNKNOWN, "constraints": {"required": False}},
        {"name": "story", "constraints": {"maxLength": 1000}, "missingValues": UNKNOWN},
        {"name": "other", "constraints": {"required": True}},
    ]
    clinic.publish(form_of("codes", {"fields": fields}))
    family = clinic.family("codes")
    asked = family.open(family.address("page-1")).text
    assert asked.count("I do not know") == 2
    again = family.answer("page-1", {"weight": ["", "-99"], "story": "Once"}).text
    ticked = re.findall(r'<input type="checkbox" name="([^"]*)" value="-99" id="[^"]*" checked>', again)
    assert ticked == ["weight"]
    assert 'name="weight" type="text" inputmode="decimal" value=""' in again
    assert "Once</textarea>" in again
