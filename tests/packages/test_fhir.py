"""FHIR exports are what the standard's own models accept, and say what families answered."""

from __future__ import annotations

import json
from decimal import Decimal
from functools import partial
from typing import Any, Literal

import pytest
from fhir.resources.bundle import Bundle
from fhir.resources.questionnaire import Questionnaire
from fhir.resources.questionnaireresponse import QuestionnaireResponse
from fhir.resources.R4B.bundle import Bundle as BundleR4B
from fhir.resources.R4B.questionnaire import Questionnaire as QuestionnaireR4B
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse as QuestionnaireResponseR4B
from hypothesis import given
from hypothesis import strategies as st

from forms_service.packages.export import Export
from forms_service.packages.fhir import ABSENT, write_fhir
from tests.packages.exports import Cells, descriptor_of, export_of, peak, written
from tests.packages.test_workbook import Many
from tests.properties.runs import run_of
from tests.properties.strategies import drawn_rows, drawn_schemas

ADDRESS = "https://clinic.example.org/forms/made-up"
Release = Literal["R5", "R4B"]
MODELS: dict[Release, dict[str, Any]] = {
    "R5": {"Questionnaire": Questionnaire, "QuestionnaireResponse": QuestionnaireResponse},
    "R4B": {"Questionnaire": QuestionnaireR4B, "QuestionnaireResponse": QuestionnaireResponseR4B},
}
KINDS = {
    "string": "valueString",
    "text": "valueString",
    "boolean": "valueBoolean",
    "integer": "valueInteger",
    "decimal": "valueDecimal",
    "date": "valueDate",
    "time": "valueTime",
    "url": "valueUri",
    "coding": "valueCoding",
    "choice": "valueCoding",
}


def resources(export: Export, release: Release = "R5") -> list[dict[str, Any]]:
    lines = written(partial(write_fhir, address=ADDRESS, release=release), export).read().splitlines()
    return [json.loads(line, parse_float=Decimal) for line in lines]


def response_to(field: dict[str, Any], cell: str) -> dict[str, Any]:
    """The item of one question and its answer."""
    form = {"pages": [{"name": "one", "title": "One", "fields": ["q"]}]}
    export = export_of(descriptor_of({"fields": [{"name": "q", **field}]}, form), [{"q": cell}])
    asked, given_ = resources(export)
    Questionnaire.model_validate(asked), QuestionnaireResponse.model_validate(given_)
    (page,) = given_["item"]
    (item,) = page["item"]
    assert page["linkId"] == "page:one" and item["linkId"] == "q"
    found: dict[str, Any] = item
    return found


@pytest.mark.parametrize("release", ["R5", "R4B"])
@run_of(40)
@given(st.data())
def test_whatever_is_asked_and_answered_is_valid(release: Release, data: st.DataObject) -> None:
    schema, fields = data.draw(drawn_schemas())
    rows = data.draw(drawn_rows(fields, most=4))
    named: list[Cells] = [dict(zip((f.name for f in fields), row, strict=True)) for row in rows]
    for resource in resources(export_of(descriptor_of(schema), named), release):
        MODELS[release][resource["resourceType"]].model_validate(resource)


@run_of(60)
@given(st.data())
def test_every_answer_has_the_type_its_question_says_or_is_text(data: st.DataObject) -> None:
    schema, fields = data.draw(drawn_schemas())
    rows = data.draw(drawn_rows(fields, most=4))
    named: list[Cells] = [dict(zip((f.name for f in fields), row, strict=True)) for row in rows]
    questionnaire, *responses = resources(export_of(descriptor_of(schema), named))
    types = {item["linkId"]: item["type"] for page in questionnaire["item"] for item in page["item"]}
    for response in responses:
        for page in response.get("item", ()):
            for item in page["item"]:
                for answer in item.get("answer", ()):
                    assert set(answer) <= {KINDS[types[item["linkId"]]], "valueString", "valueDecimal"}


@pytest.mark.parametrize(
    ("field", "cell", "answer"),
    [
        ({"type": "boolean"}, "true", {"valueBoolean": True}),
        ({"type": "integer"}, "007", {"valueInteger": 7}),
        ({"type": "integer"}, "3000000000", {"valueDecimal": 3_000_000_000}),
        ({"type": "number"}, "1.50", {"valueDecimal": Decimal("1.50")}),
        ({"type": "number", "decimalChar": ","}, "0,1", {"valueDecimal": Decimal("0.1")}),
        ({"type": "date", "format": "%d/%m/%Y"}, "03/02/2015", {"valueDate": "2015-02-03"}),
        ({"type": "year"}, "2015", {"valueDate": "2015"}),
        ({"type": "yearmonth"}, "2015-03", {"valueDate": "2015-03"}),
        ({"type": "time"}, "14:30:00", {"valueTime": "14:30:00"}),
        ({"type": "datetime"}, "2015-03-01T10:00:00", {"valueString": "2015-03-01T10:00:00"}),
        ({"type": "string", "format": "uri"}, "https://b.org/x", {"valueUri": "https://b.org/x"}),
        ({"type": "string"}, "=1+1 \u0001", {"valueString": "=1+1 \ufffd"}),
        ({"type": "integer"}, "many", {"valueString": "many"}),
    ],
)
def test_an_answer_becomes_the_value_of_its_type(
    field: dict[str, Any], cell: str, answer: dict[str, Any]
) -> None:
    item = response_to(field, cell)
    assert item["answer"] == [answer]
    if "valueDecimal" in answer:
        assert str(item["answer"][0]["valueDecimal"]) == str(answer["valueDecimal"])


def test_a_choice_is_a_code_with_its_label() -> None:
    field = {
        "type": "string",
        "categories": [{"value": "m", "label": "Mother"}],
        "constraints": {"enum": ["m"]},
    }
    coding = {"system": f"{ADDRESS}#q", "code": "m", "display": "Mother"}
    assert response_to(field, "m")["answer"] == [{"valueCoding": coding}]


def test_several_choices_are_several_answers() -> None:
    field = {"type": "list", "form": {"choices": [{"value": "a", "label": "A"}, {"value": "b"}]}}
    answers = response_to(field, "a,b")["answer"]
    assert [answer["valueCoding"]["code"] for answer in answers] == ["a", "b"]


def test_dont_know_is_told_apart_from_no_answer() -> None:
    field = {"type": "integer", "missingValues": ["", {"value": "dk", "label": "I do not know"}]}
    item = response_to(
        {**field, "missingValues": ["", "dk"], "form": {"missing": {"dk": "I do not know"}}}, "dk"
    )
    assert "answer" not in item
    assert item["extension"][0] == {"url": ABSENT, "valueCode": "unknown"}
    assert item["extension"][1]["valueCoding"]["display"] == "I do not know"


def test_a_question_without_an_answer_has_no_item() -> None:
    form = {"pages": [{"name": "one", "fields": ["q"]}]}
    _, response = resources(export_of(descriptor_of({"fields": [{"name": "q"}]}, form), [{"q": None}]))
    assert "item" not in response
    QuestionnaireResponse.model_validate(response)


@pytest.mark.parametrize(("release", "model"), [("R5", Bundle), ("R4B", BundleR4B)])
def test_a_bundle_holds_the_same_resources(release: Release, model: Any) -> None:
    schema = {"fields": [{"name": "q", "type": "number"}]}
    export = export_of(descriptor_of(schema), [{"q": "1.10"}, {"q": "2"}])
    writer = partial(write_fhir, address=ADDRESS, release=release, bundle=True)
    bundle = json.loads(written(writer, export).read(), parse_float=Decimal)
    model.model_validate(bundle)
    assert [each["resource"] for each in bundle["entry"]] == resources(export, release)


def test_memory_does_not_grow_with_the_answers() -> None:
    schema = {"fields": [{"name": "t"}, {"name": "n", "type": "integer"}]}
    writer = partial(write_fhir, address=ADDRESS)
    few, many = (peak(writer, export_of(descriptor_of(schema), Many(count))) for count in (300, 6000))
    assert many < few * 1.2 + 100_000
