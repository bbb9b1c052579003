"""This repository's own forms filled in as a whole and exported: the same cells whichever language they are read in."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from forms_service.definition import Field, build, load
from forms_service.packages.exported import OWN_COLUMNS
from tests.commands.running import run
from tests.families import Answers, Family
from tests.instances import REPOSITORY, Instance, make_instance

OWN = {name for name, *_ in OWN_COLUMNS}
FORMS = ("intake", "session-feedback", "support-group")
TEXT = "Ñandú 7"
WRITTEN = {"email": "ana@example.org", "phone": "555 0199"}


@pytest.fixture
def clinic(tmp_path: Path, database_url: str) -> Instance:
    """An instance with every form of this repository."""
    packages = REPOSITORY / "datapackages"
    descriptors = {
        name: json.loads((packages / name / "datapackage.json").read_text("utf-8")) for name in FORMS
    }
    instance = make_instance(tmp_path / "i", descriptors, database_url=database_url)
    for table in packages.glob("*/*.csv"):
        for folder in (instance.root / "datapackages", instance.release / "private" / "forms"):
            if table.parent.name in FORMS:
                (folder / table.parent.name / table.name).write_bytes(table.read_bytes())
    return instance


def answer_of(field: Field) -> Answers:
    """An answer to a question, as typed and ticked: the second choice where there is one."""
    if field.many:
        return {field.name: [choice.value for choice in field.choices[:2]]}
    if field.choices:
        return {field.name: field.choices[min(1, len(field.choices) - 1)].value}
    if field.parts:
        return dict(zip((f"{field.name}-{part}" for part in field.parts), ("3", "2", "2015"), strict=True))
    if field.type == "boolean":
        return {field.name: "true"}
    return {field.name: "4" if field.type == "integer" else WRITTEN.get(field.name, TEXT)}


def fill_in(instance: Instance, name: str, language: str) -> str:
    """A family answers every question of a form and sends it: its reference."""
    form = build(load(REPOSITORY / "datapackages" / name))
    family = Family(instance.app().test_client(), name, language)
    family.start()
    for page in form.pages:
        fields = (
            form.groups[page.repeat].fields if page.repeat else {key: form.fields[key] for key in page.fields}
        )
        answers: dict[str, Any] = {}
        for field in fields.values():
            answers |= answer_of(field)
        family.open(family.address(page.name))
        if page.repeat:
            assert family.add(page.name, answers).status_code == 303
        sent = family.answer(page.name, {} if page.repeat else answers)
        assert sent.status_code == 303, (page.name, sent.text)
    return family.send()


def tables_of(instance: Instance, name: str, out: Path) -> dict[str, list[dict[str, str]]]:
    """The tables of an export which `packages validate` accepts."""
    assert run(instance, "submissions", "export", name, "--out", str(out)).exit_code == 0
    assert run(instance, "packages", "validate", str(out)).stdout == f"{out.name}: valid\n"
    with zipfile.ZipFile(out) as archive:
        names = [entry for entry in archive.namelist() if entry.endswith(".csv")]
        return {
            entry: list(csv.DictReader(io.StringIO(archive.read(entry).decode(), newline="")))
            for entry in names
        }


@pytest.mark.parametrize("name", FORMS)
def test_a_form_filled_in_in_either_language_gives_the_same_cells(
    clinic: Instance, tmp_path: Path, name: str
) -> None:
    references = [fill_in(clinic, name, language) for language in ("", "es")]
    form = build(load(REPOSITORY / "datapackages" / name))
    tables = tables_of(clinic, name, tmp_path / "x.zip")
    rows = tables[f"data/{form.resource}.csv"]
    assert [(row["reference"], row["language"]) for row in rows] == list(
        zip(references, ("en", "es"), strict=True)
    )
    for table in (form.resource, *form.groups):
        english, spanish = (
            {key: row[key] for key in row if key not in OWN} for row in tables[f"data/{table}.csv"]
        )
        assert english == spanish
        filled = [key for key, cell in english.items() if cell and key != "item"]
        assert len(filled) >= len(english) / 2, "hardly anything was asked"
    if form.scores:
        first, second = (
            [
                (row["name"], row["value"], row["band"])
                for row in tables["data/scores.csv"]
                if row["submission_id"] == number
            ]
            for number in ("1", "2")
        )
        assert first == second


def test_feedback_on_sessions_comes_in_and_goes_out(clinic: Instance, tmp_path: Path) -> None:
    family = Family(clinic.app().test_client(), "session-feedback", "es")
    family.start()
    scales = {"heard": "9", "goals": "10", "approach": "0", "practice": "nothing-yet"}
    for page, answers in (("session", scales), ("words", {"comment": "Más juego,\r\npor favor"})):
        assert family.answer(page, answers).status_code == 303
    reference = family.send()
    (listed,) = json.loads(run(clinic, "submissions", "list", "--json").stdout)
    assert (listed["reference"], listed["form"]) == (reference, "session-feedback")
    (row,) = tables_of(clinic, "session-feedback", tmp_path / "x.zip")["data/feedback.csv"]
    cells = {**scales, "comment": "Más juego,\npor favor"}
    assert {key: row[key] for key in cells} == cells
