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


REGIONS: dict[str, Any] = {
    "name": "regions",
    "path": "data/regions.csv",
    "schema": {"fields": [{"name": "code", "type": "string"}, {"name": "name", "type": "string"}]},
}
VISITS: dict[str, Any] = {
    "name": "visits",
    "path": "visits.csv",
    "schema": {
        "fields": [{"name": "region", "type": "string"}, {"name": "why", "type": "string"}],
        "foreignKeys": [{"fields": "region", "reference": {"resource": "regions", "fields": "code"}}],
    },
}


def package_of(folder: Path, *resources: dict[str, Any], **files: str) -> Path:
    """A data package as it lies in public, beside its files (`_` for a dot, `__` for a slash)."""
    for name, content in files.items():
        file = folder / name.replace("__", "/").replace("_", ".")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, "utf-8")
    path = folder / "datapackage.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"name": "public", "resources": resources}), "utf-8")
    return path


def apart(key: str, value: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The two resources, `key` of the first or the second as given."""
    return ({**VISITS, key: value}, REGIONS) if key == "schema" else (VISITS, {**REGIONS, key: value})


@pytest.mark.parametrize(
    ("resources", "files"),
    [
        ((VISITS, REGIONS), {}),
        (apart("schema", "visits.json"), {"visits_json": json.dumps(VISITS["schema"])}),
        (
            apart("dialect", "semicolons.json"),
            {"semicolons_json": '{"delimiter": ";"}', "data__regions_csv": "code;name\nn;North\ns;South\n"},
        ),
        (
            (
                json.loads(json.dumps(VISITS).replace("regions", "submissions")),
                {**REGIONS, "name": "submissions", "path": "submissions.csv"},
            ),
            {"submissions_csv": "code,name\nn,North\ns,South\n"},
        ),
    ],
    ids=["data in a folder", "a schema in a file", "a dialect in a file", "data called submissions"],
)
def test_a_data_package_becomes_a_form_that_offers_its_reference_data(
    tmp_path: Path, resources: tuple[dict[str, Any], ...], files: dict[str, str]
) -> None:
    instance = make_instance(tmp_path / "i", {})
    files = {"data__regions_csv": "code,name\nn,North\ns,South\n", **files}
    path = package_of(tmp_path / "public", *resources, **files)
    added = run(instance, "forms", "add", path)
    assert added.exit_code == 0, added.output
    folder = instance.root / "datapackages" / "public"
    checked = run(instance, "forms", "check", folder)
    assert " error " not in checked.output and checked.exit_code == 0, checked.output
    (instance.release / "private" / "forms" / "public").symlink_to(folder)
    family = Family(instance.app().test_client(), "public")
    assert 'value="s"' in family.start().text
    rows = tmp_path / "rows.csv"
    rows.write_text("region,why\ns,x\nw,x\n", "utf-8")
    for form in (path, folder):
        tried = run(instance, "forms", "try", form, "--rows", rows, "--json")
        verdicts = [json.loads(line)["accepted"] for line in tried.stdout.splitlines()]
        assert verdicts == [True, False], tried.output


COMPOSITE = [{"fields": ["region", "why"], "reference": {"resource": "regions", "fields": ["code", "name"]}}]


@pytest.mark.parametrize(
    ("resources", "words"),
    [
        (apart("schema", "nowhere.json"), "nowhere.json:1: error no-file"),
        (apart("schema", "../visits.json"), "../visits.json lies outside the package"),
        (apart("schema", "https://example.org/x.json"), "the first resource has no schema beside it"),
        (apart("dialect", "nowhere.json"), "nowhere.json:1: error no-file"),
        (
            apart("dialect", "https://example.org/x.json"),
            'the dialect "https://example.org/x.json" is not fetched',
        ),
        (({"name": "readme", "path": "readme.md"}, VISITS, REGIONS), 'or put "visits" first'),
        (
            ({**VISITS, "schema": {**VISITS["schema"], "foreignKeys": COMPOSITE}}, REGIONS),
            "a family cannot be asked for a key of several fields",
        ),
    ],
)
def test_a_data_package_that_cannot_become_a_form_is_one_line_about_the_authors_file(
    tmp_path: Path, resources: tuple[dict[str, Any], ...], words: str
) -> None:
    instance = make_instance(tmp_path / "i", {})
    path = package_of(tmp_path / "public", *resources, data__regions_csv="code,name\nn,North\n")
    result = run(instance, "forms", "add", path)
    assert result.exit_code == 2 and words in result.stderr, result.output
    (told,) = [line for line in result.stderr.splitlines() if "mended for judging" not in line]
    assert str(tmp_path / "public") in told
    assert not list((instance.root / "datapackages").iterdir())
