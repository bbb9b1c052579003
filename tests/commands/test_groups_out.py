"""Items come out again: tables of their own, and `packages validate` names what breaks a rule in them."""

from __future__ import annotations

import copy
import csv
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from frictionless import validate

from forms_service.cli import main
from tests.families import Family
from tests.households import IDA, LEA, TOM, household
from tests.instances import Instance, make_instance

Rows = list[dict[str, str]]


def run(instance: Instance, *words: str | Path) -> Result:
    return CliRunner().invoke(main, list(map(str, words)), env=dict(instance.environment))


def send(instance: Instance, *people: Any, form: str = "household", **more: str) -> str:
    """A family sends the form with these people."""
    family = Family(instance.app().test_client(), form)
    family.start()
    family.answer("home", {"town": "Oslo"})
    for person in people:
        assert family.add("people", person).status_code == 303
    family.walk({"more": more})
    return family.send()


def exported(instance: Instance, out: Path) -> dict[str, Rows]:
    """The tables of an export that frictionless and our own rules accept."""
    result = run(instance, "submissions", "export", "household", "--out", out)
    assert result.exit_code == 0, result.output
    assert run(instance, "packages", "validate", out).exit_code == 0
    with zipfile.ZipFile(out) as archive:
        archive.extractall(out.with_suffix(""))
        assert validate(str(out.with_suffix("") / "datapackage.json")).valid
        return {
            name: list(csv.DictReader(io.StringIO(archive.read(name).decode(), newline="")))
            for name in archive.namelist()
            if name.endswith(".csv")
        }


@pytest.fixture
def home(tmp_path: Path, database_url: str) -> Instance:
    return make_instance(tmp_path / "instance", {"household": household()}, database_url=database_url)


@pytest.fixture
def package(tmp_path: Path) -> tuple[Instance, Path]:
    """An export of three families: with two people, with none, with one."""
    instance = make_instance(tmp_path / "instance", {"household": household(min=0)})
    send(instance, LEA, IDA, teen_help="Someone")
    send(instance, why_none="They moved")
    send(instance, TOM)
    out = tmp_path / "x.zip"
    assert run(instance, "submissions", "export", "household", "--out", out).exit_code == 0
    return instance, out


def test_items_are_a_table_with_the_keys_that_lead_to_their_submission(
    home: Instance, tmp_path: Path
) -> None:
    send(home, LEA, IDA, teen_help="Someone")
    send(home, TOM)
    tables = exported(home, tmp_path / "x.zip")
    found = [
        (row["submission_id"], row["item"], row["name"], row["age"]) for row in tables["data/people.csv"]
    ]
    assert found == [("1", "1", "Lea", "14"), ("1", "2", "Ida", ""), ("2", "1", "Tom", "3")]
    package = json.loads((tmp_path / "x" / "datapackage.json").read_text("utf-8"))
    schema = next(raw["schema"] for raw in package["resources"] if raw["name"] == "people")
    assert schema["primaryKey"] == ["submission_id", "item"]
    reference = {"resource": "homes", "fields": ["submission_id"]}
    assert schema["foreignKeys"] == [{"fields": ["submission_id"], "reference": reference}]


def test_required_where_it_does_not_always_apply_is_lifted_and_stays_under_form(
    package: tuple[Instance, Path],
) -> None:
    with zipfile.ZipFile(package[1]) as archive:
        resources = json.loads(archive.read("datapackage.json"))["resources"]
    people = next(raw for raw in resources if raw["name"] == "people")
    fields = {raw["name"]: raw for raw in people["schema"]["fields"]}
    assert fields["name"]["constraints"]["required"] is True
    assert "required" not in fields["age"]["constraints"] and fields["age"]["form"]["required"] is True


def test_the_dictionary_explains_the_items_too(package: tuple[Instance, Path]) -> None:
    with zipfile.ZipFile(package[1]) as archive:
        readme = archive.read("README.md").decode()
    assert "## people.csv" in readme
    assert "| item | integer | Number of the item within its submission, from 1 |" in readme
    assert "| kind | string | Adult or child? | adult: An adult; child: A child |" in readme


def test_an_export_without_items_is_valid(home: Instance, tmp_path: Path) -> None:
    assert exported(home, tmp_path / "none.zip")["data/people.csv"] == []
    send(home, why_none="They moved")
    assert exported(home, tmp_path / "one.zip")["data/people.csv"] == []


def test_the_same_items_give_the_same_bytes(package: tuple[Instance, Path]) -> None:
    instance, out = package
    again = out.with_name("again.zip")
    assert run(instance, "submissions", "export", "household", "--out", again).exit_code == 0
    assert again.read_bytes() == out.read_bytes()


def test_names_that_the_author_uses_make_room_for_the_exports_own(tmp_path: Path) -> None:
    form = household(itemTitle="{item}")
    link, name, *rest = form["resources"][1]["schema"]["fields"]
    fields = [{**link, "name": "home"}, {**name, "name": "item"}, {"name": "submission_id"}, *rest]
    form["resources"][1]["schema"]["fields"] = fields
    form["resources"][1]["schema"]["foreignKeys"][0]["fields"] = ["home"]
    form["resources"][0]["schema"]["fields"].append({"name": "reference", "type": "string"})
    form["form"]["pages"][2]["fields"].append("reference")
    instance = make_instance(tmp_path / "i", {"household": form})
    send(instance, {"item": "Lamp", "submission_id": "x7", "kind": "adult"}, reference="mine")
    tables = exported(instance, tmp_path / "x.zip")
    (row,) = tables["data/people.csv"]
    assert (row["kb_submission_id"], row["kb_item"], row["submission_id"], row["item"]) == (
        "1",
        "1",
        "x7",
        "Lamp",
    )
    assert tables["data/homes.csv"][0]["reference"] == "mine"


def test_versions_that_differ_have_tables_of_items_of_their_own(tmp_path: Path) -> None:
    instance = make_instance(tmp_path / "i", {"household": household()})
    send(instance, LEA, teen_help="Someone")
    newer = household(max=2)
    newer["version"] = "2.0.0"
    newer["resources"][1]["schema"]["fields"].append({"name": "pet", "type": "string"})
    for folder in (instance.release / "private" / "forms", instance.root / "datapackages"):
        (folder / "household" / "datapackage.json").write_text(json.dumps(newer), "utf-8")
    send(replace(instance), {**IDA, "pet": "A cat"}, TOM)  # by a worker that started since
    tables = exported(instance, tmp_path / "x.zip")
    assert [row["name"] for row in tables["data/people-1.csv"]] == ["Lea"]
    assert [(row["name"], row["pet"]) for row in tables["data/people-2.csv"]] == [
        ("Ida", "A cat"),
        ("Tom", ""),
    ]
    assert {row["submission_id"] for row in tables["data/people-2.csv"]} == {"2"}


def test_a_submission_is_shown_with_its_items(home: Instance) -> None:
    reference = send(home, LEA, IDA, teen_help="Someone")
    shown = run(home, "submissions", "show", reference).stdout
    assert "Who lives with you (1)\nFirst name\n    Lea\n" in shown
    assert "Who lives with you (2)\nFirst name\n    Ida\nAdult or child?\n    An adult\n" in shown


def first(**cells: str) -> Callable[[Rows], Rows]:
    """The first row with other cells."""
    return lambda rows: [{**rows[0], **cells}, *rows[1:]]


def more(count: int) -> Callable[[Rows], Rows]:
    """The first family has so many more people."""
    new = {"submission_id": "1", "name": "Ben", "kind": "adult"}
    return lambda rows: [
        *rows,
        *({**dict.fromkeys(rows[0], ""), **new, "item": str(3 + n)} for n in range(count)),
    ]


@pytest.mark.parametrize(
    ("table", "change", "told"),
    [
        ("people", first(kind="adult"), "people:1: error hidden age "),
        ("people", first(kind="adult", age=""), "people:1: error hidden school "),
        ("people", first(age=""), "people:1: error required age "),
        ("people", first(school=""), "people:1: error required school "),
        ("people", first(name=""), "error constraint-error name "),
        ("people", first(likes="chess"), "people:1: error choice likes "),
        ("people", first(kind="dog"), "error constraint-error kind "),
        ("people", first(age="90"), "error constraint-error age "),
        ("people", first(submission_id="99"), "error foreign-key "),
        ("people", first(item="2"), "error primary-key "),
        ("people", more(2), "homes:1: error maxItems people "),
        ("people", lambda rows: rows[1:], "homes:1: error hidden teen_help "),
        ("people", lambda rows: rows[:2], "homes:3: error required why_none "),
        ("homes", first(alone="true"), "people:1: error hidden "),
        ("homes", first(teen_help=""), "homes:1: error required teen_help "),
        ("homes", first(why_none="x"), "homes:1: error hidden why_none "),
    ],
)
def test_packages_validate_names_what_breaks_a_rule_from_the_zip_alone(
    package: tuple[Instance, Path], table: str, change: Callable[[Rows], Rows], told: str
) -> None:
    instance, out = package
    result = run(instance, "packages", "validate", planted(out, table, change))
    assert result.exit_code == 1
    assert told in result.output, result.output


@pytest.mark.parametrize("least", [1, 2])
def test_packages_validate_counts_the_items_of_each_submission(
    package: tuple[Instance, Path], least: int
) -> None:
    instance, out = package
    result = run(instance, "packages", "validate", planted(out, "people", list, {"min": least}))
    lines = [line for line in result.output.splitlines() if "minItems" in line]
    assert lines == [
        f"homes:{number}: error minItems people row {number}: {count} items in people, at least {least}"
        for number, count in ((2, 0), (3, 1))
        if count < least
    ]


def test_packages_validate_finds_an_item_that_says_nothing(tmp_path: Path) -> None:
    form = household()
    form["resources"][1]["schema"]["fields"][1]["constraints"] = {}
    instance = make_instance(tmp_path / "i", {"household": form})
    send(instance, LEA, teen_help="Someone")
    out = tmp_path / "x.zip"
    assert run(instance, "submissions", "export", "household", "--out", out).exit_code == 0
    blank = dict.fromkeys(("name", "kind", "age", "school", "likes"), "")
    result = run(instance, "packages", "validate", planted(out, "people", first(**blank)))
    assert "people:1: error blank-row" in result.output


def test_the_order_of_rows_in_a_table_of_items_does_not_matter(package: tuple[Instance, Path]) -> None:
    instance, out = package
    result = run(instance, "packages", "validate", planted(out, "people", lambda rows: rows[::-1]))
    assert result.exit_code == 0, result.output


def planted(
    out: Path, table: str, change: Callable[[Rows], Rows], page: dict[str, Any] | None = None
) -> Path:
    """A copy of an export with rows of a table changed, or its page that repeats."""
    target = out.with_name("planted.zip")
    with zipfile.ZipFile(out) as source, zipfile.ZipFile(target, "w") as copied:
        for name in source.namelist():
            content = source.read(name)
            if name == f"data/{table}.csv":
                rows = list(csv.DictReader(io.StringIO(content.decode(), newline="")))
                text = io.StringIO()
                writer = csv.DictWriter(text, list(rows[0]))
                writer.writeheader()
                writer.writerows(change(rows))
                content = text.getvalue().encode()
            if name == "datapackage.json" and page:
                package = json.loads(content)
                package["resources"][0]["form"]["pages"][1] |= page
                content = json.dumps(package).encode()
            copied.writestr(name, content)
    return target


SHOPS: dict[str, Any] = {
    "name": "shops",
    "resources": [
        {
            "name": "shops",
            "path": "shops.csv",
            "schema": {
                "fields": [{"name": "id", "type": "integer"}, {"name": "name", "type": "string"}],
                "primaryKey": ["id"],
            },
        },
        {
            "name": "opening_hours",
            "path": "hours.csv",
            "schema": {
                "fields": [
                    {"name": "shop", "type": "integer", "constraints": {"required": True}},
                    {"name": "day", "type": "string", "constraints": {"required": True}},
                    {"name": "from", "type": "string"},
                ],
                "foreignKeys": [{"fields": "shop", "reference": {"resource": "shops", "fields": "id"}}],
            },
        },
    ],
}


def test_forms_add_makes_a_list_page_of_a_resource_that_refers_to_the_first(tmp_path: Path) -> None:
    (tmp_path / "shops").mkdir()
    (tmp_path / "shops" / "shops.csv").write_text("id,name\n7,Secret Shop\n", "utf-8")
    (tmp_path / "shops" / "hours.csv").write_text("shop,day,from\n7,Monday,9\n", "utf-8")
    file = tmp_path / "shops" / "datapackage.json"
    file.write_text(json.dumps(copy.deepcopy(SHOPS)), "utf-8")
    instance = make_instance(tmp_path / "i", {})
    added = run(instance, "forms", "add", file)
    assert added.exit_code == 0, added.output
    folder = instance.root / "datapackages" / "shops"
    assert (folder / "items-opening-hours.csv").read_text("utf-8") == "shop,day,from\n"
    assert not any("Monday" in found.read_text("utf-8") for found in folder.iterdir())
    assert run(instance, "forms", "check", folder).exit_code == 0
    (instance.release / "private" / "forms" / "shops").symlink_to(folder)
    family = Family(instance.app().test_client(), "shops")
    family.start()
    family.answer("part-1", {"id": "1", "name": "Weir Shop"})
    assert 'name="shop"' not in family.open(family.address("list-opening-hours/1")).text
    family.add("list-opening-hours", {"day": "Monday", "from": "9"})
    family.walk({})
    family.send()
    out = tmp_path / "x.zip"
    assert run(instance, "submissions", "export", "shops", "--out", out).exit_code == 0
    assert run(instance, "packages", "validate", out).exit_code == 0
    with zipfile.ZipFile(out) as archive:
        assert archive.read("data/opening_hours.csv").decode().splitlines() == [
            "submission_id,item,day,from",
            "1,1,Monday,9",
        ]


def test_rows_of_the_first_table_of_such_a_package_are_tried_as_before(tmp_path: Path) -> None:
    for name, text in (("shops", "id,name\n7,Weir\n"), ("hours", "shop,day,from\n")):
        (tmp_path / f"{name}.csv").write_text(text, "utf-8")
    file = tmp_path / "datapackage.json"
    file.write_text(json.dumps(SHOPS), "utf-8")
    instance = make_instance(tmp_path / "i", {})
    result = run(instance, "forms", "try", file, "--rows", tmp_path / "shops.csv")
    assert (result.exit_code, result.stdout) == (0, "row 1: accepted\n")
