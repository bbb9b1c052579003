"""`kinbridge forms`: any Table Schema tried, and made a form."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from forms_service.cli import main
from tests.families import Family
from tests.instances import Instance, make_instance

SCHEMA: dict[str, Any] = {
    "title": "Bathing waters",
    "fields": [
        {"name": "siteName", "type": "string", "constraints": {"required": True}, "example": 3},
        {"name": "qualité de l'eau", "type": "string", "constraints": {"enum": ["good", "poor"]}},
        {"name": "sampled_on", "type": "date", "format": "%d/%m/%Y"},
        {"name": "depth", "type": "number", "decimalChar": ","},
        {"name": "open", "type": "boolean", "trueValues": ["oui"], "falseValues": ["non"]},
        {"name": "notes", "title": {"": "Notes", "fr": "Remarques"}},
    ],
}


def run(instance: Instance, *words: str | Path) -> Result:
    return CliRunner().invoke(main, list(map(str, words)), env=dict(instance.environment))


@pytest.fixture
def schema(tmp_path: Path) -> Path:
    path = tmp_path / "Bathing Waters.json"
    path.write_text(json.dumps(SCHEMA), "utf-8")
    return path


def test_a_bare_schema_becomes_a_form_that_takes_an_answer(tmp_path: Path, schema: Path) -> None:
    instance = make_instance(tmp_path / "i", {})
    added = run(instance, "forms", "add", schema)
    assert added.exit_code == 0, added.output
    folder = instance.root / "datapackages" / "bathing-waters"
    assert run(instance, "forms", "check", folder).exit_code == 0
    (instance.release / "private" / "forms" / "bathing-waters").symlink_to(folder)
    family = Family(instance.app().test_client(), "bathing-waters")
    page = family.start().text
    for words in ("Site Name", "Good", "Poor", "Sampled on"):
        assert words in page
    first = {
        "siteName": "Weir",
        "qualité de l'eau": "good",
        "sampled_on-day": "3",
        "sampled_on-month": "2",
        "sampled_on-year": "2026",
        "depth": "1,5",
        "open": "true",
    }
    family.walk({"part-1": first})
    family.send()
    shown = json.loads(run(instance, "submissions", "list", "--json").stdout)
    row = json.loads(run(instance, "submissions", "show", shown[0]["reference"], "--json").stdout)
    cells = row["rows"]["submissions"][0]
    assert (cells["sampled_on"], cells["depth"], cells["open"]) == ("03/02/2026", "1,5", "oui")


def test_what_does_not_touch_the_judgement_is_mended_and_said(tmp_path: Path, schema: Path) -> None:
    instance = make_instance(tmp_path / "i", {})
    added = run(instance, "forms", "add", schema, "--name", "Eau")
    assert added.exit_code == 0
    assert "mended for judging" in added.stderr
    assert (instance.root / "datapackages" / "eau").is_dir()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "broken JSON"),
        ("[]", "not a JSON object"),
        ('{"fields": []}', "no fields"),
        ('{"fields": [{"type": "string"}]}', "no name"),
        ('{"fields": [{"name": "a", "type": "dragon"}]}', "dragon"),
        ('{"fields": [{"name": "a", "constraints": {"pattern": "("}}]}', "no regular expression"),
        ('{"fields": [{"name": "a", "type": "integer", "constraints": {"minimum": "x"}}]}', "minimum"),
    ],
)
def test_a_broken_schema_is_one_clear_line(tmp_path: Path, content: str, words: str) -> None:
    instance = make_instance(tmp_path / "i", {})
    path = tmp_path / "broken.json"
    path.write_text(content, "utf-8")
    result = run(instance, "forms", "add", path)
    assert result.exit_code == 2
    assert words in result.stderr and "Traceback" not in result.output
    assert len(result.stderr.splitlines()) == 1
    assert not list((instance.root / "datapackages").iterdir())


def test_a_form_is_never_overwritten(tmp_path: Path, schema: Path) -> None:
    instance = make_instance(tmp_path / "i", {})
    assert run(instance, "forms", "add", schema).exit_code == 0
    again = run(instance, "forms", "add", schema)
    assert again.exit_code == 2 and "--name" in again.stderr


def test_rows_are_tried_against_a_bare_schema_without_adding_it(tmp_path: Path, schema: Path) -> None:
    instance = make_instance(tmp_path / "i", {})
    rows = tmp_path / "rows.csv"
    header = ";".join(field["name"] for field in SCHEMA["fields"])
    rows.write_text(f"\ufeff{header}\nWeir;good;03/02/2026;1,5;oui;\n;bad;2026-02-03;1.5;yes;x\n\n", "utf-8")
    result = run(instance, "forms", "try", schema, "--rows", rows, "--json")
    assert result.exit_code == 1
    verdicts = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(verdict["row"], verdict["accepted"]) for verdict in verdicts] == [
        (1, True),
        (2, False),
        (3, False),
    ]
    found = {(error["field"], error["constraint"]) for error in verdicts[1]["errors"]}
    assert found == {
        ("siteName", "required"),
        ("qualité de l'eau", "enum"),
        ("sampled_on", "type"),
        ("depth", "type"),
        ("open", "type"),
    }
    assert verdicts[2]["errors"][0]["constraint"] == "blank-row"


def test_a_header_that_does_not_match_is_one_error_of_row_0(tmp_path: Path, schema: Path) -> None:
    instance = make_instance(tmp_path / "i", {})
    rows = tmp_path / "rows.csv"
    rows.write_text("a,b\n1,2\n")
    result = run(instance, "forms", "try", schema, "--rows", rows, "--json")
    (verdict,) = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 1
    assert verdict["row"] == 0 and verdict["errors"][0]["constraint"] == "header"


def test_this_repositorys_forms_are_clean(instance: Instance) -> None:
    result = run(instance, "forms", "check")
    assert (result.exit_code, result.output) == (0, "")
