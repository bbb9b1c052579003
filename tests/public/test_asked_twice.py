"""An answer that a form asks to have typed twice (`form.confirm`)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from forms_service.definition import check_structure, load
from tests.definition.descriptors import write_form
from tests.families import Family, errors_of
from tests.instances import make_instance
from tests.public.test_outcomes import descriptor

EMAIL: dict[str, Any] = {
    "name": "email",
    "title": "E-mail address",
    "type": "string",
    "format": "email",
    "missingValues": ["", "none"],
    "form": {"confirm": True, "missing": [{"value": "none", "label": "I have none"}]},
}
NAME = {"name": "name", "title": "Name", "type": "string"}


def begun(tmp_path: Path) -> Family:
    family = Family(
        make_instance(tmp_path, {"made-up": descriptor([EMAIL, NAME])}).app().test_client(), "made-up"
    )
    family.start()
    return family


def test_two_answers_that_differ_are_refused_and_both_are_kept(tmp_path: Path) -> None:
    family = begun(tmp_path)
    answer = family.answer("all", {"email": "ana@example.org", "email-confirm": "anna@example.org"})
    assert answer.status_code == 422
    assert errors_of(answer) == ["“E-mail address”: the two answers differ, write the same in both"]
    assert 'value="ana@example.org"' in answer.text
    assert 'value="anna@example.org"' in answer.text
    assert family.answer("all", {"email": "ana@example.org", "email-confirm": ""}).status_code == 422


def test_the_same_answer_twice_is_taken_once(tmp_path: Path) -> None:
    family = begun(tmp_path)
    answer = family.answer("all", {"email": "ana@example.org", "email-confirm": " ana@example.org "})
    assert answer.status_code == 303
    check = family.open(family.address("check"))
    assert check.text.count("ana@example.org") == 1
    assert family.open(family.address("all")).text.count("ana@example.org") == 2, "both boxes show it again"
    assert family.send()


def test_an_answer_that_is_none_needs_no_second(tmp_path: Path) -> None:
    family = begun(tmp_path)
    answer = family.answer("all", {"email": ["", "none"], "email-confirm": "", "name": "Ana"})
    assert answer.status_code == 303


def test_no_typed_text_passes_for_the_mark_of_a_difference(tmp_path: Path) -> None:
    family = begun(tmp_path)
    answer = family.answer("all", {"name": "\0unequal Ana"})
    assert errors_of(answer) == ["“Name”: take out the characters that cannot be shown"]


def test_a_form_that_asks_for_choices_or_long_texts_twice_is_told_so(tmp_path: Path) -> None:
    def found(**more: Any) -> list[str]:
        field = {"name": "a", "title": "A", "type": "string", "form": {"confirm": True}, **more}
        return [finding.code for finding in check_structure(load(write_form(tmp_path, descriptor([field]))))]

    assert "confirm" not in found()
    assert "confirm" in found(constraints={"enum": ["x", "y"]})
    assert "confirm" in found(type="date")
    assert "confirm" in found(constraints={"maxLength": 4000})


def test_no_other_field_may_have_the_name_of_the_second_box(tmp_path: Path) -> None:
    fields = [EMAIL, {"name": "email-confirm", "type": "string"}]
    found = [finding.code for finding in check_structure(load(write_form(tmp_path, descriptor(fields))))]
    assert "reserved-name" in found
