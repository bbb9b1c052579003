"""Every type, format, property and constraint that frictionless knows, accepted and refused."""

from __future__ import annotations

import csv
import json
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from frictionless import Field, fields, validate

from forms_service.cli import main
from tests.properties.cases import CASES, Case
from tests.properties.oracle import ask, names_of, write_csv
from tests.properties.trying import try_rows
from tests.properties.web import Clinic, answers, form_of, sends, typed


@pytest.fixture(scope="module")
def published(clinic: Clinic) -> Clinic:
    """A clinic with a form for every case."""
    clinic.publish(*(form_of(name_of(case), case.schema) for case in CASES))
    return clinic


def name_of(case: Case) -> str:
    return f"case-{CASES.index(case)}"


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_cell_is_judged_alike_by_web_form_command_and_frictionless(
    case: Case, published: Clinic, tmp_path: Path
) -> None:
    cells = [case.accepted] if case.refused is None else [case.accepted, case.refused]
    filler = {"name": "filler", "type": "string"}  # so that an empty cell makes no blank row
    schema = {"fields": [case.field, filler]}
    rows = [[cell, "x"] for cell in cells]
    expected = [True, False][: len(rows)]

    opinion = ask(tmp_path / "asked", schema, rows)
    assert [opinion.accepts(row) for row in range(len(rows))] == expected, opinion

    write_csv(tmp_path / "rows.csv", names_of(schema), rows)
    (tmp_path / "schema.json").write_text(json.dumps(schema), "utf-8")
    tried = try_rows(tmp_path / "schema.json", tmp_path / "rows.csv")
    assert [verdict.accepted for verdict in tried] == expected, tried

    family, form = published.family(name_of(case)), published.form(name_of(case))
    sent = [answers(family, form, typed(form, {"cell": cell})) for cell in cells]
    assert sent == expected


def test_every_kind_of_answer_is_sent_sealed_and_exported_as_typed(tmp_path: Path) -> None:
    clinic = Clinic(tmp_path / "instance")
    fields = [{**case.field, "name": f"f{number}"} for number, case in enumerate(CASES)]
    clinic.publish(form_of("everything", {"fields": fields}))
    family, form = clinic.family("everything"), clinic.form("everything")
    row = {f"f{number}": case.accepted for number, case in enumerate(CASES)}
    assert answers(family, form, typed(form, row))
    assert sends(family)

    out = tmp_path / "out.zip"
    command = ["submissions", "export", "everything", "--out", str(out)]
    result = CliRunner().invoke(main, command, env=dict(clinic.instance.environment))
    assert result.exit_code == 0, result.output
    with zipfile.ZipFile(out) as archive:
        archive.extractall(tmp_path / "out")
    report = validate(str(tmp_path / "out" / "datapackage.json"))
    assert report.valid, report.flatten(["fieldName", "message"])
    with (tmp_path / "out" / "data" / "rows.csv").open(encoding="utf-8", newline="") as text:
        (exported,) = csv.DictReader(text)
    assert {name: exported[name] for name in row} == row


def test_every_type_and_constraint_has_a_case() -> None:
    covered = {(case.type, constraint) for case in CASES for constraint in case.constraints}
    for kind in known_types():
        assert {case.type for case in CASES} >= {kind.type}
        for constraint in kind.supported_constraints:
            assert (kind.type, constraint) in covered
    assert all(case.refused is not None for case in CASES if case.constraints)


def test_every_format_and_property_has_a_case() -> None:
    formats = {(case.type, case.field.get("format", "default")) for case in CASES}
    for kind in known_types():
        profile = kind.metadata_profile_patch.get("properties", {})
        for name in profile.get("format", {}).get("enum", ["default"]):
            assert (kind.type, name) in formats or name == "wkt"  # needs a parser that is not installed
        for name in set(profile) - {"format"}:
            assert any(name in case.field for case in CASES if case.type == kind.type), (kind.type, name)
    assert formats >= {("date", "any"), ("time", "any"), ("datetime", "any")}
    assert formats >= {("geopoint", "array"), ("geopoint", "object")}
    items = fields.ListField.item_types
    assert {case.field.get("itemType") for case in CASES} >= set(items)


def known_types() -> list[type[Field]]:
    """The field types that come with frictionless."""
    return [kind for kind in Field.__subclasses__() if kind.builtin]
