"""Exports in other shapes than the zip: chosen submissions, and without what names a family."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]
import pytest
import sqlalchemy as sa
from fhir.resources.questionnaire import Questionnaire
from fhir.resources.questionnaireresponse import QuestionnaireResponse
from fhir.resources.R4B.bundle import Bundle
from frictionless import validate

from forms_service.store import Store
from forms_service.store.tables import submissions
from tests.commands.test_out_again import run, send, unpacked
from tests.families import INTAKE, SUPPORT_GROUP
from tests.instances import Instance

NAMED = ("Ana Quispe", "ana@example.org", "555 0199", "Zoé", "2015")


def export(instance: Instance, form: str, out: Path, *words: str, code: int = 0) -> str:
    result = run(instance, "submissions", "export", form, "--out", str(out), *words)
    assert result.exit_code == code, result.output
    return result.stderr


def sent_on(instance: Instance, reference: str, moment: str) -> None:
    store = Store(instance.settings.database_url)
    change = sa.update(submissions).where(submissions.c.reference == reference).values(submitted_at=moment)
    with store.writing() as connection:
        connection.execute(change)
    store.close()


def references_in(file: Path) -> list[str]:
    with file.open(encoding="utf-8", newline="") as text:
        return [row["reference"] for row in csv.DictReader(text)]


def test_the_workbook_holds_the_answers_typed_the_groups_and_the_dictionary(
    instance: Instance, tmp_path: Path
) -> None:
    sent = send(instance, "support-group", dict(SUPPORT_GROUP))
    export(instance, "support-group", tmp_path / "x.xlsx", "--format", "xlsx")
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    assert book.sheetnames == ["signups", "groups", "dictionary"]
    header, row = book["signups"].iter_rows(values_only=True)
    answers = dict(zip(header, row, strict=True))
    assert answers["reference"] == sent
    assert answers["consent"] is True and answers["email"] == "ana@example.org" and answers["phone"] is None


def test_the_csv_is_the_table_of_the_zip(instance: Instance, tmp_path: Path) -> None:
    send(instance, "support-group", dict(SUPPORT_GROUP))
    export(instance, "support-group", tmp_path / "x.csv", "--format", "csv")
    export(instance, "support-group", tmp_path / "x.zip")
    with zipfile.ZipFile(tmp_path / "x.zip") as archive:
        assert archive.read("data/signups.csv") == (tmp_path / "x.csv").read_bytes()


def test_fhir_is_lines_of_valid_resources_or_a_bundle(instance: Instance, tmp_path: Path) -> None:
    sent = send(instance, "intake", dict(INTAKE))
    export(instance, "intake", tmp_path / "x.ndjson", "--format", "fhir")
    asked, answered = (json.loads(line) for line in (tmp_path / "x.ndjson").read_text("utf-8").splitlines())
    Questionnaire.model_validate(asked)
    QuestionnaireResponse.model_validate(answered)
    assert answered["id"] == sent and answered["questionnaire"].startswith(asked["url"] + "|")
    export(instance, "intake", tmp_path / "x.json", "--format", "fhir", "--fhir-version", "R4B")
    Bundle.model_validate(json.loads((tmp_path / "x.json").read_text("utf-8")))


@pytest.mark.parametrize("words", [("xlsx", "x"), ("csv", "x"), ("fhir", "x"), ("fhir", "x.json")])
def test_the_same_data_gives_the_same_bytes_in_every_shape(
    instance: Instance, tmp_path: Path, words: tuple[str, str]
) -> None:
    form_of, name = words
    send(instance, "intake", dict(INTAKE))
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        export(instance, "intake", tmp_path / folder / name, "--format", form_of)
    assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


@pytest.mark.parametrize("form_of", ["zip", "xlsx", "csv", "fhir"])
def test_a_damaged_row_is_named_once_and_the_good_rows_come_out_in_every_shape(
    instance: Instance, tmp_path: Path, form_of: str
) -> None:
    good, bad = (send(instance, "support-group", dict(SUPPORT_GROUP)) for _ in range(2))
    store = Store(instance.settings.database_url)
    damage = submissions.update().where(submissions.c.reference == bad).values(sealed=b"x")
    with store.writing() as connection:
        connection.execute(damage)
    store.close()
    told = export(instance, "support-group", tmp_path / "x", "--format", form_of, code=1)
    assert told.count(bad) == 1 and "1 submissions in" in told
    content = (tmp_path / "x").read_bytes()
    if form_of in ("zip", "xlsx"):
        with zipfile.ZipFile(tmp_path / "x") as archive:
            content = b"".join(archive.read(name) for name in archive.namelist() if "report" not in name)
    assert good.encode() in content and bad.encode() not in content


def test_only_what_was_asked_for_leaves(instance: Instance, tmp_path: Path) -> None:
    old, new = (send(instance, "support-group", dict(SUPPORT_GROUP)) for _ in range(2))
    other = {**SUPPORT_GROUP, "group": {"group": "sleep-2027-01"}}
    groups = (instance.root / "datapackages" / "support-group" / "groups.csv").read_text("utf-8")
    second = next(line.split(",")[0] for line in groups.splitlines()[2:])
    apart = send(instance, "support-group", {**other, "group": {"group": second}})
    sent_on(instance, old, "2026-01-31T23:59:59Z")
    sent_on(instance, new, "2026-02-01T00:00:00Z")
    for words, wanted in (
        (("--since", "2026-02-01"), [new, apart]),
        (("--until", "2026-01-31"), [old]),
        (("--since", "2026-02-01", "--until", "2026-02-01"), [new]),
        (("--group", second), [apart]),
        (("--group", f"support-group/{second}"), [apart]),
        (("--version", "0.0.1"), []),
        (("--version", "2.0.0"), [old, new, apart]),
    ):
        export(instance, "support-group", tmp_path / "x.csv", "--format", "csv", *words)
        assert references_in(tmp_path / "x.csv") == wanted, words


def test_a_dry_run_says_what_would_leave_and_opens_nothing(instance: Instance) -> None:
    send(instance, "support-group", dict(SUPPORT_GROUP))
    instance.settings.identity_file.unlink()
    words = ("--deidentified", "--since", "2020-01-01", "--dry-run")
    result = run(instance, "submissions", "export", "support-group", *words)
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[:2] == ["1 submissions", "only since 2020-01-01"]
    assert lines[2].startswith("signups (1 rows): submission_id, submitted_at, language")
    assert "signups.email" in lines[-1] and lines[-1].startswith("left out:")


def test_an_export_without_a_file_to_write_is_refused_in_one_line(instance: Instance) -> None:
    result = run(instance, "submissions", "export", "intake")
    assert result.exit_code == 2 and result.stderr.count("\n") == 1 and "--out" in result.stderr


@pytest.mark.parametrize("form", ["support-group", "intake"])
@pytest.mark.parametrize("form_of", ["zip", "xlsx", "csv", "fhir"])
def test_nothing_that_names_a_family_leaves_in_a_deidentified_export(
    instance: Instance, tmp_path: Path, form: str, form_of: str
) -> None:
    answers = {"support-group": SUPPORT_GROUP, "intake": INTAKE}[form]
    reference = send(instance, form, dict(answers))
    export(instance, form, tmp_path / "x", "--format", form_of, "--deidentified")
    content = (tmp_path / "x").read_bytes()
    if form_of in ("zip", "xlsx"):
        with zipfile.ZipFile(tmp_path / "x") as archive:
            content = b"\n".join(archive.read(name) for name in archive.namelist())
    for word in (*NAMED[:4], reference):
        assert word.encode() not in content, word


def test_a_deidentified_package_is_valid_and_says_what_it_leaves_out(
    instance: Instance, tmp_path: Path
) -> None:
    reference = send(instance, "intake", dict(INTAKE))
    sent_on(instance, reference, "2026-03-15T10:00:00Z")
    out = tmp_path / "x.zip"
    told = export(instance, "intake", out, "--deidentified")
    assert "fewer than 5 families in intakes.relation: mother (1)" in told
    assert run(instance, "packages", "validate", str(out)).exit_code == 0
    assert validate(str(unpacked(out, tmp_path / "x"))).valid
    with zipfile.ZipFile(out) as archive:
        readme = archive.read("README.md").decode()
        (row,) = csv.DictReader(io.StringIO(archive.read("data/intakes.csv").decode()))
    assert "intakes.child_name" in readme and "de-identified" in readme
    assert row["submission_id"] == "1" and row["submitted_at"] == "2026-03"
    assert not {"reference", "child_name", "birth_date", "phone"} & row.keys()
