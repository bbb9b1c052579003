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
from forms_service.store.submissions import listed
from forms_service.store.tables import submissions
from tests.commands.test_groups_out import send as send_household
from tests.commands.test_out_again import run, send, unpacked
from tests.families import INTAKE, SUPPORT_GROUP
from tests.households import IDA, LEA, TOM, household
from tests.instances import Instance, make_instance

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
    assert told.count(bad) == 1 and "submissions: 1" in told
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
    judged = run(instance, "packages", "validate", str(out))
    assert judged.exit_code == 0, judged.output
    assert validate(str(unpacked(out, tmp_path / "x"))).valid
    with zipfile.ZipFile(out) as archive:
        readme = archive.read("README.md").decode()
        (row,) = csv.DictReader(io.StringIO(archive.read("data/intakes.csv").decode()))
    assert "intakes.child_name" in readme and "de-identified" in readme
    assert row["submission_id"] == "1" and row["submitted_at"] == "2026-03"
    assert not {"reference", "child_name", "birth_date", "phone"} & row.keys()


@pytest.mark.parametrize(
    "hidden", [("town",), ("name",), ("age",), ("kind", "alone"), ("town", "name", "age")]
)
def test_what_looks_at_a_column_left_out_is_no_fault_of_the_deidentified_package(
    tmp_path: Path, hidden: tuple[str, ...]
) -> None:
    form = household(min=1)
    for resource in form["resources"]:
        for field in resource["schema"]["fields"]:
            if field["name"] in hidden:
                field.setdefault("form", {})["identifying"] = True
    instance = make_instance(tmp_path / "instance", {"household": form})
    send_household(instance, LEA, TOM, teen_help="a club")
    out = tmp_path / "x.zip"
    export(instance, "household", out, "--deidentified")
    judged = run(instance, "packages", "validate", str(out))
    assert judged.exit_code == 0, judged.output
    with zipfile.ZipFile(out) as archive:
        (home,) = csv.DictReader(io.StringIO(archive.read("data/homes.csv").decode()))
        people = list(csv.DictReader(io.StringIO(archive.read("data/people.csv").decode())))
    assert not set(hidden) & (home.keys() | people[0].keys())
    assert [person["submission_id"] for person in people] == [home["submission_id"]] * 2 == ["1", "1"]


def test_a_group_of_which_nothing_is_left_is_no_table_of_a_deidentified_export(tmp_path: Path) -> None:
    form = household()
    for field in form["resources"][1]["schema"]["fields"]:
        field.setdefault("form", {})["identifying"] = True
    instance = make_instance(tmp_path / "instance", {"household": form})
    send_household(instance, LEA, teen_help="a club")
    export(instance, "household", tmp_path / "x.zip", "--deidentified")
    assert run(instance, "packages", "validate", str(tmp_path / "x.zip")).exit_code == 0
    with zipfile.ZipFile(tmp_path / "x.zip") as archive:
        assert "data/people.csv" not in archive.namelist()


def test_a_form_that_asks_only_who_one_is_cannot_be_deidentified(tmp_path: Path) -> None:
    field = {"name": "who", "title": "Who?", "form": {"identifying": True}}
    resource = {"name": "r", "path": "r.csv", "encoding": "utf-8", "schema": {"fields": [field]}}
    form = {"name": "who", "version": "1.0.0", "languages": ["en"], "resources": [resource], "form": {}}
    instance = make_instance(tmp_path / "instance", {"who": form})
    told = export(instance, "who", tmp_path / "x.zip", "--deidentified", code=2)
    assert told.count("\n") == 1 and "nothing would be left" in told


def test_items_are_sheets_and_groups_of_a_fhir_response(tmp_path: Path) -> None:
    instance = make_instance(tmp_path / "instance", {"household": household()})
    send_household(instance, LEA, IDA, teen_help="a club")
    export(instance, "household", tmp_path / "x.xlsx", "--format", "xlsx")
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    assert [row[3] for row in book["people"].iter_rows(min_row=2, values_only=True)] == ["child", "adult"]
    export(instance, "household", tmp_path / "x.ndjson", "--format", "fhir")
    asked, answered = (json.loads(line) for line in (tmp_path / "x.ndjson").read_text("utf-8").splitlines())
    Questionnaire.model_validate(asked)
    QuestionnaireResponse.model_validate(answered)
    people = [page["item"] for page in answered["item"] if page["linkId"] == "page:people"]
    assert [items[0] for items in people] == [
        {"linkId": "people.name", "text": "First name", "answer": [{"valueString": name}]}
        for name in ("Lea", "Ida")
    ]


def test_rows_erased_while_an_export_runs_still_stand_in_all_of_its_tables(instance: Instance) -> None:
    reference = send(instance, "support-group", dict(SUPPORT_GROUP))
    store = Store(instance.settings.database_url)
    with store.snapshot() as connection:
        first = [submission.reference for submission in listed(connection)]
        assert run(instance, "submissions", "erase", reference).exit_code == 0
        send(instance, "support-group", dict(SUPPORT_GROUP))
        again = [submission.reference for submission in listed(connection)]
    store.close()
    assert first == again == [reference]
