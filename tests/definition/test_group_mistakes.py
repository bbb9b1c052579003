"""Each mistake in a repeatable group stops `forms check` with path, line, pointer, cause and mend."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.definition.descriptors import GONE, changed, line_at
from tests.definition.test_mistakes import _LINE, Mistake, codes_of, mistake, run
from tests.households import HOUSEHOLD, household

HOMES, PEOPLE = "/resources/0/schema/fields", "/resources/1/schema/fields"
PAGE = "/form/pages/1"
LINK = "/resources/1/schema/foreignKeys/0"
AGE_SHOW = f"{PEOPLE}/3/form/showWhen"
TOWN_SHOW = f"{HOMES}/1/form/showWhen"
OLDER = {"field": "age", "operator": ">", "answer": 3}
PETS = {
    "name": "pets",
    "path": "pets.csv",
    "encoding": "utf-8",
    "schema": {
        "fields": [{"name": "submission_id"}, {"name": "pet", "type": "string"}],
        "foreignKeys": [
            {"fields": "submission_id", "reference": {"resource": "homes", "fields": "submission_id"}}
        ],
    },
}
CLEAN = household(showWhen={"field": "town", "operator": "exists"})
MISTAKES = (
    # the group and its link
    mistake("group-on-no-page", "/resources/2", PETS),
    mistake("group-key", f"{PAGE}/repeat", "homes"),
    mistake("group-key", f"{PAGE}/repeat", at=f"{LINK}/reference/resource", value="towns"),
    mistake("group-key", LINK, "nowhere", at=f"{LINK}/fields"),
    mistake("group-key", LINK, "nowhere", at=f"{LINK}/reference/fields"),
    mistake("group-key", LINK, ["submission_id", "name"], at=f"{LINK}/fields"),
    mistake("group-empty", "/resources/1/schema", [{"name": "submission_id"}], at=PEOPLE),
    Mistake(
        "reserved-name", "/resources/1/name", {"/resources/1/name": "scores", f"{PAGE}/repeat": "scores"}
    ),
    Mistake(
        "group-key",
        "/resources/1",
        {
            "/resources/0/schema/foreignKeys": [
                {"fields": "town", "reference": {"resource": "people", "fields": "name"}}
            ]
        },
    ),
    mistake("no-fields", "/resources/1/schema", [], at=PEOPLE),
    # its page
    mistake("unknown-group", f"{PAGE}/repeat", "pets"),
    Mistake(
        "group-on-two-pages", "/form/pages/3/repeat", {"/form/pages/3": {"name": "again", "repeat": "people"}}
    ),
    mistake("group-bounds", f"{PAGE}/min", 4),
    mistake("group-bounds", f"{PAGE}/min", 0, at=f"{PAGE}/max"),
    mistake("group-bounds", f"{PAGE}/min", -1),
    mistake("item-title", f"{PAGE}/itemTitle", "{nickname}"),
    mistake("item-title", f"{PAGE}/itemTitle", "{submission_id}"),
    mistake("item-title", f"{PAGE}/itemTitle", 7),
    mistake("page-shape", PAGE, ["town"], at=f"{PAGE}/fields"),
    mistake("shape", f"{PAGE}/min", "two"),
    mistake("shape", f"{PAGE}/max", True),
    mistake("shape", f"{PAGE}/repeat", ["people"]),
    # its fields
    mistake("field-twice", f"{PEOPLE}/2/name", "name"),
    mistake("reserved-name", f"{PEOPLE}/2/name", "added_item"),
    mistake("reserved-name", f"{PEOPLE}/2/name", "csrf_token"),
    Mistake(
        "reserved-name", f"{PEOPLE}/2/name", {f"{PEOPLE}/1/type": "date", f"{PEOPLE}/2/name": "name-day"}
    ),
    mistake("field-name", f"{PEOPLE}/2/name", "kind "),
    mistake("shape", f"{PEOPLE}/2/form", True),
    mistake("widget", f"{PEOPLE}/2/form/widget", "dance"),
    mistake("widget", f"{PEOPLE}/2/form/widget", "date"),
    mistake("choice-delimiter", f"{PEOPLE}/5/form/choices/0", {"value": "a,b"}),
    mistake("bound", f"{PEOPLE}/3/constraints/minimum", "young"),
    mistake("field", f"{PEOPLE}/3", "whole", at=f"{PEOPLE}/3/type"),
    mistake(
        "slow-pattern",
        f"{PEOPLE}/1/constraints/pattern",
        {"pattern": "(a+)+$"},
        at=f"{PEOPLE}/1/constraints",
    ),
    mistake("unique", f"{PEOPLE}/5/constraints/unique", True),
    mistake("primary-key", "/resources/1/schema/primaryKey", "nowhere"),
    mistake(
        "enum-without-label",
        f"{PEOPLE}/2/constraints/enum/1",
        [{"value": "adult", "label": "An adult"}],
        at=f"{PEOPLE}/2/categories",
        level="warning",
    ),
    # conditions
    mistake("condition-field", AGE_SHOW, {"field": "kinds", "operator": "exists"}),
    mistake("condition-cycle", AGE_SHOW, {"field": "school", "operator": "exists"}),
    mistake(
        "condition-cycle", AGE_SHOW, {"anyItem": "people", "when": {"field": "school", "operator": "exists"}}
    ),
    mistake("condition-later", AGE_SHOW, {"field": "nursery", "operator": "exists"}),
    mistake("condition-answer", AGE_SHOW, {"field": "kind", "operator": "=", "answer": "dog"}),
    mistake(
        "condition-answer",
        f"{HOMES}/3/form/showWhen",
        {"anyItem": "people", "when": {**OLDER, "answer": "x"}},
    ),
    mistake("condition-later", TOWN_SHOW, {"count": "people", "operator": ">", "answer": 1}),
    mistake("condition-later", TOWN_SHOW, {"anyItem": "people", "when": OLDER}),
    mistake("condition-later", "/form/pages/0/showWhen", {"count": "people", "operator": "=", "answer": 1}),
    mistake("condition-group", f"{HOMES}/2/form/showWhen", {"count": "pets", "operator": "=", "answer": 0}),
    mistake("condition-group", f"{HOMES}/2/form/showWhen", {"field": "age", "operator": "exists"}),
    mistake("condition-group", f"{HOMES}/2/form/showWhen", {"field": "people.age", "operator": "exists"}),
    mistake("condition-group", "/form/alerts/0/when", {"field": "age", "operator": "exists"}),
    mistake("condition-group", f"{PAGE}/showWhen", {"count": "people", "operator": "=", "answer": 0}),
    Mistake(
        "condition-ambiguous",
        AGE_SHOW,
        {
            f"{PEOPLE}/2/name": "town",
            f"{PAGE}/itemTitle": "",
            AGE_SHOW: {"field": "town", "operator": "exists"},
        },
    ),
    mistake("condition", f"{HOMES}/2/form/showWhen", {"count": "people", "operator": "exists"}),
    mistake("condition", f"{HOMES}/2/form/showWhen", {"count": "people", "operator": "=", "answer": "0"}),
    mistake("condition", f"{HOMES}/2/form/showWhen", {"count": ["people"], "operator": "=", "answer": 0}),
    mistake("condition", f"{HOMES}/2/form/showWhen", {"anyItem": "people"}),
    mistake("condition", f"{HOMES}/2/form/showWhen", {"allItems": "people", "when": {"field": "age"}}),
    # keys of a group to reference data
    Mistake(
        "package",
        "/resources/1/schema/foreignKeys/1/reference",
        {
            "/resources/1/schema/foreignKeys/1": {
                "fields": "name",
                "reference": {"resource": "towns", "fields": "id"},
            }
        },
    ),
)


def write(folder: Path, form: dict[str, Any]) -> Path:
    """The form on disk with header-only CSV files."""
    for resource in HOUSEHOLD["resources"]:
        header = ",".join(field["name"] for field in resource["schema"]["fields"])
        (folder / resource["path"]).write_text(header + "\n", "utf-8")
    file = folder / "datapackage.json"
    file.write_text(json.dumps(form, ensure_ascii=False, indent=1), "utf-8")
    return file


def test_the_form_that_is_spoilt_below_has_no_fault(tmp_path: Path) -> None:
    result = run(write(tmp_path, CLEAN))
    assert (result.exit_code, result.output) == (0, "")


@pytest.mark.parametrize("mistake", MISTAKES, ids=str)
def test_a_mistake_in_a_group_is_found_and_told_in_one_line(mistake: Mistake, tmp_path: Path) -> None:
    form = changed(mistake.changes, CLEAN)
    result = run(write(tmp_path, form))
    found = [match for match in map(_LINE.fullmatch, result.stdout.splitlines()) if match]
    assert len(found) == len(result.stdout.splitlines()), result.stdout
    told = [match for match in found if match["code"] == mistake.code and match["pointer"] == mistake.pointer]
    assert told, result.stdout
    assert int(told[0]["line"]) == line_at(form, mistake.pointer)
    assert told[0]["level"] == mistake.level
    assert result.exit_code == (1 if mistake.level == "error" else 0)


def test_every_finding_about_groups_has_its_mistake() -> None:
    known = {mistake.code for mistake in MISTAKES} | {"group-name"}
    assert codes_of(import_module("forms_service.definition.group_checks")) <= known


def test_a_group_without_a_name_is_told(tmp_path: Path) -> None:
    result = run(write(tmp_path, changed({"/resources/1/name": GONE}, CLEAN)))
    assert " error group-name /resources/1: a group has no name." in result.stdout


def test_a_name_in_two_places_is_no_trouble_where_the_resource_says_which(tmp_path: Path) -> None:
    changes = {
        f"{PEOPLE}/2/name": "town",
        f"{PAGE}/itemTitle": "",
        AGE_SHOW: {"field": "people.town", "operator": "=", "answer": "child"},
    }
    file = write(tmp_path, changed(changes, CLEAN))
    (tmp_path / "people.csv").write_text("submission_id,name,town,age,school,likes,commute\n", "utf-8")
    assert run(file).output == ""


def test_the_submission_may_state_the_key_that_groups_refer_to(tmp_path: Path) -> None:
    key = {"name": "submission_id", "type": "string"}
    form = changed({HOMES: [key, *CLEAN["resources"][0]["schema"]["fields"]]}, CLEAN)
    file = write(tmp_path, form)
    (tmp_path / "homes.csv").write_text("submission_id,alone,town,why_none,teen_help,nursery\n", "utf-8")
    assert run(file).output == ""
