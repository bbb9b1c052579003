"""What answers lead to: scores, rules, warnings, exits, guides to read."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from frictionless import validate

from forms_service.answers.folder import check_folder
from forms_service.cli import main
from forms_service.definition import check_structure, load
from tests.families import Family, errors_of
from tests.instances import Instance, make_instance

ITEMS = [f"item_{number}" for number in range(1, 18)]
REVERSED = ["item_3", "item_8"]


def descriptor(fields: list[dict[str, Any]], **form: Any) -> dict[str, Any]:
    names = [field["name"] for field in fields]
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "made-up",
        "title": "A made-up instrument",
        "version": "1.0.0",
        "languages": ["en"],
        "resources": [
            {"name": "replies", "path": "replies.csv", "encoding": "utf-8", "schema": {"fields": fields}}
        ],
        "form": {"retention": "P1Y", "pages": [{"name": "all", "title": "All", "fields": names}], **form},
    }


def instrument() -> dict[str, Any]:
    """17 items from 0 to 2, three subscales, two reversed items, a total with a cut-off, two blanks prorated."""
    fields = [
        {"name": name, "type": "integer", "constraints": {"minimum": 0, "maximum": 2}} for name in ITEMS
    ]
    missing = {"atMost": 2, "as": "prorate"}
    scores = [
        {
            "name": "total",
            "method": "sum",
            "fields": ITEMS,
            "reverse": REVERSED,
            "missing": missing,
            "round": 0,
            "bands": [{"from": 0, "to": 14, "label": "under"}, {"from": 15, "to": 34, "label": "over"}],
        },
        {"name": "first", "method": "mean", "fields": ITEMS[:5], "reverse": ["item_3"], "round": 2},
        {
            "name": "second",
            "method": "sum",
            "fields": ITEMS[5:11],
            "missing": {"atMost": 1, "as": "zero"},
            "round": 0,
        },
        {"name": "third", "method": "sum", "fields": ITEMS[11:], "missing": {"atMost": 0}, "round": 0},
    ]
    return descriptor(fields, scores=scores)


def send(instance: Instance, answers: dict[str, str]) -> None:
    family = Family(instance.app().test_client(), "made-up")
    family.start()
    family.walk({"all": answers})
    family.send()


def exported(instance: Instance, folder: Path) -> dict[str, list[dict[str, str]]]:
    out = folder / "x.zip"
    words = ["submissions", "export", "made-up", "--out", str(out)]
    result = CliRunner().invoke(main, words, env=dict(instance.environment))
    assert result.exit_code == 0, result.output
    with zipfile.ZipFile(out) as archive:
        archive.extractall(folder / "x")
        names = [name for name in archive.namelist() if name.endswith(".csv")]
        assert validate(str(folder / "x" / "datapackage.json")).valid
        return {
            name: list(csv.DictReader(io.StringIO(archive.read(name).decode(), newline=""))) for name in names
        }


def test_an_instrument_of_17_items_is_scored_as_worked_out_by_hand(tmp_path: Path) -> None:
    instance = make_instance(tmp_path / "i", {"made-up": instrument()})
    ones = dict.fromkeys(ITEMS, "1")
    # All 1: reversed 1 is 1. Total 17; first 5/5; second 6; third 6.
    send(instance, ones)
    # item_3 = 2 counts 0; items 6 and 17 blank: 15 answered, sum 14, prorated 14*17/15 = 15.87 -> 16.
    # first: (1+1+0+1+1)/5 = 0.8; second: one blank as zero: 5; third: one blank is too many.
    send(instance, {name: "1" for name in ITEMS if name not in ("item_6", "item_17")} | {"item_3": "2"})
    # Three blanks are too many for the total; item_1 = 0: first 4/5; second 6; third too many.
    blanks = ("item_15", "item_16", "item_17")
    send(instance, {name: "1" for name in ITEMS if name not in blanks} | {"item_1": "0"})
    rows = exported(instance, tmp_path)["data/scores.csv"]
    found = [(row["name"], row["value"], row["band"], row["answered"]) for row in rows]
    assert found == [
        ("total", "17", "over", "17"),
        ("first", "1.00", "", "5"),
        ("second", "6", "", "6"),
        ("third", "6", "", "6"),
        ("total", "16", "over", "15"),
        ("first", "0.80", "", "5"),
        ("second", "5", "", "5"),
        ("third", "", "", "5"),
        ("total", "", "", "14"),
        ("first", "0.80", "", "5"),
        ("second", "6", "", "6"),
        ("third", "", "", "3"),
    ]


def test_a_reversed_item_is_counted_between_bounds_written_as_its_field_writes_numbers(
    tmp_path: Path,
) -> None:
    fields = [
        {"name": "a", "type": "number", "decimalChar": ",", "constraints": {"minimum": "0,5", "maximum": 4}},
        {"name": "b", "type": "number", "decimalChar": ",", "constraints": {"enum": ["0,5", "1,5", "3"]}},
    ]
    scores = [{"name": "s", "fields": ["a", "b"], "reverse": ["a", "b"]}]
    instance = make_instance(tmp_path / "i", {"made-up": descriptor(fields, scores=scores)})
    send(instance, {"a": "1,25", "b": "1,5"})  # 0.5 + 4 - 1.25 = 3.25; 0.5 + 3 - 1.5 = 2; 5.25 in all
    (row,) = exported(instance, tmp_path)["data/scores.csv"]
    assert (row["value"], row["answered"]) == ("5.25", "2")


def test_a_score_is_never_shown_to_the_family(tmp_path: Path) -> None:
    instance = make_instance(tmp_path / "i", {"made-up": instrument()})
    family = Family(instance.app().test_client(), "made-up")
    family.start()
    pages = [family.walk({"all": dict.fromkeys(ITEMS, "1")}).text]
    family.send()
    pages += [family.client.get(family.address(name)).text for name in ("done", "print")]
    assert all("over" not in page.split("<main", 1)[1].replace("cover", "") for page in pages)


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ({"fields": ["name"]}, "is no numeric field"),
        ({"reverse": ["nobody"]}, "is reversed but not scored"),
        ({"method": "median"}, 'the method is "sum" or "mean"'),
        (
            {"bands": [{"from": 0, "to": 5, "label": "a"}, {"from": 7, "to": 9, "label": "b"}]},
            "a gap or an overlap",
        ),
        (
            {"bands": [{"from": 0, "to": 5, "label": "a"}, {"from": 5, "to": 9, "label": "b"}]},
            "a gap or an overlap",
        ),
        ({"bands": [{"from": 0, "to": 5}]}, "has no label"),
    ],
)
def test_a_mistaken_score_is_named(tmp_path: Path, change: dict[str, Any], cause: str) -> None:
    package = instrument()
    package["resources"][0]["schema"]["fields"].append({"name": "name", "type": "string"})
    package["form"]["pages"][0]["fields"].append("name")
    package["form"]["scores"][0] |= change
    instance = make_instance(tmp_path / "i", {"made-up": package})
    causes = [finding.cause for finding in check_structure(load(instance.root / "datapackages" / "made-up"))]
    assert any(cause in found for found in causes), causes


UNDER_AND_OVER = [{"from": 0, "to": 14, "label": "under"}, {"from": 15, "to": 34, "label": "over"}]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        # 17 items from 0 to 2 without a blank: every figure is whole, from 0 to 34.
        ({"missing": {}}, []),
        ({"missing": {"atMost": 2, "as": "zero"}}, []),
        # Two blanks prorated: 13 points of 15 items are 13 * 17 / 15 = 14.733333, between the bands.
        ({"missing": {"atMost": 2, "as": "prorate"}}, ["there is a gap or an overlap before this band"]),
        ({"missing": {"atMost": 2, "as": "prorate"}, "round": 0}, []),
        (
            {"missing": {"atMost": 2, "as": "prorate"}, "round": 1},
            ["there is a gap or an overlap before this band"],
        ),
        # A mean of 0.5 to 2 can be 0.529412 (9 / 17).
        (
            {"method": "mean", "bands": [{"to": 0.5, "label": "a"}, {"from": 0.6, "label": "b"}]},
            ["there is a gap or an overlap before this band"],
        ),
        ({"method": "mean", "bands": [{"to": 0.5, "label": "a"}, {"from": 0.500001, "label": "b"}]}, []),
        ({"method": "mean", "bands": UNDER_AND_OVER, "round": 0}, []),
        (
            {"bands": [{"from": 0, "to": 33, "label": "a"}]},
            ["a score can be 34, which is above the last band"],
        ),
        (
            {"bands": [{"from": 1, "to": 34, "label": "a"}]},
            ["a score can be 0, which is below the first band"],
        ),
        ({"bands": [{"label": "a"}]}, []),
        (
            {"missing": {"atMost": -1}},
            ['missing is {"atMost": n, "as": "zero" or "prorate"}'],
        ),
    ],
)
def test_every_figure_a_score_can_have_has_its_band(
    tmp_path: Path, change: dict[str, Any], found: list[str]
) -> None:
    package = instrument()
    score: dict[str, Any] = {"name": "s", "fields": ITEMS, "bands": UNDER_AND_OVER, **change}
    package["form"]["scores"] = [score]
    assert causes_of(package, tmp_path) == found


@pytest.mark.parametrize(
    ("missing", "bands", "found"),
    [
        # a is 1 to 5 and must be answered, b is 2 to 4: 3 to 9 in all.
        ({}, {"from": 3, "to": 9}, []),
        # b left out: as zero 1 to 5, so 1 to 9; prorated a counts twice: 2 to 10.
        ({"atMost": 1, "as": "zero"}, {"from": 1, "to": 9}, []),
        (
            {"atMost": 1, "as": "zero"},
            {"from": 2, "to": 9},
            ["a score can be 1, which is below the first band"],
        ),
        ({"atMost": 1, "as": "prorate"}, {"from": 2, "to": 10}, []),
        (
            {"atMost": 1, "as": "prorate"},
            {"from": 3, "to": 9},
            [
                "a score can be 2, which is below the first band",
                "a score can be 10, which is above the last band",
            ],
        ),
    ],
)
def test_a_figure_that_blanks_make_possible_needs_a_band_too(
    tmp_path: Path, missing: dict[str, Any], bands: dict[str, Any], found: list[str]
) -> None:
    fields = [
        {"name": "a", "type": "integer", "constraints": {"minimum": 1, "maximum": 5, "required": True}},
        {"name": "b", "type": "integer", "constraints": {"minimum": 2, "maximum": 4}},
    ]
    score = {"name": "s", "fields": ["a", "b"], "missing": missing, "bands": [{**bands, "label": "x"}]}
    assert causes_of(descriptor(fields, scores=[score]), tmp_path) == found


def test_two_scores_of_one_name_are_told(tmp_path: Path) -> None:
    package = instrument()
    package["form"]["scores"][1]["name"] = "total"
    assert causes_of(package, tmp_path) == ['the score "total" stands twice']


def causes_of(package: dict[str, Any], folder: Path) -> list[str]:
    """What `forms check` finds wrong with a form in a folder of its own."""
    names = [field["name"] for field in package["resources"][0]["schema"]["fields"]]
    (folder / "replies.csv").write_text(",".join(names) + "\n", "utf-8")
    (folder / "datapackage.json").write_text(json.dumps(package), "utf-8")
    return [finding.cause for finding in check_folder(folder)]


FIELDS = [
    {"name": "age", "type": "integer"},
    {"name": "weeks", "type": "integer", "title": "How many weeks?"},
]
RULES = [
    {
        "when": {"field": "weeks", "operator": ">", "answer": 52},
        "message": "Write at most 52 weeks",
        "field": "weeks",
    },
    {
        "when": {"all": [{"field": "weeks", "operator": ">", "answer": 20}]},
        "message": "That is a long time. Is it right?",
        "field": "weeks",
        "level": "warning",
    },
]


@pytest.fixture
def ruled(tmp_path: Path) -> Instance:
    exits = [{"when": {"field": "age", "operator": ">", "answer": 17}, "title": "Adults", "body": "Call us."}]
    reading = [
        {"guide": "calm", "when": {"field": "weeks", "operator": ">", "answer": 1}},
        {"guide": "nowhere"},
    ]
    package = descriptor(FIELDS, rules=RULES, exits=exits, reading=reading)
    return make_instance(tmp_path / "i", {"made-up": package})


def test_a_rule_across_fields_refuses_with_its_own_words(ruled: Instance) -> None:
    family = Family(ruled.app().test_client(), "made-up")
    family.start()
    answer = family.answer("all", {"weeks": "60"})
    assert answer.status_code == 422
    assert errors_of(answer) == ["Write at most 52 weeks"]
    assert family.client.post(family.address("check"), data={"csrf_token": family.token}).status_code == 422


@pytest.mark.parametrize(("told_at", "faults"), [("end", []), ("start", ["condition-later"])])
def test_a_rule_is_told_where_what_breaks_it_was_asked(
    tmp_path: Path, told_at: str, faults: list[str]
) -> None:
    fields = [{"name": "start", "type": "integer"}, {"name": "end", "type": "integer"}]
    rule = {"when": {"field": "end", "operator": "<", "answer": 3}, "message": "Too soon", "field": told_at}
    package = descriptor(fields, rules=[rule])
    package["form"]["pages"] = [{"name": name, "title": name, "fields": [name]} for name in ("start", "end")]
    instance = make_instance(tmp_path / "i", {"made-up": package})
    found = check_structure(load(instance.root / "datapackages" / "made-up"))
    assert [finding.code for finding in found if finding.level == "error"] == faults


def test_a_warning_is_shown_once_and_may_be_passed(ruled: Instance) -> None:
    family = Family(ruled.app().test_client(), "made-up")
    family.start()
    warned = family.answer("all", {"weeks": "30"})
    assert errors_of(warned) == ["That is a long time. Is it right?"]
    passed = family.answer("all", {"weeks": "30"}, passed_warnings="That is a long time. Is it right?")
    assert passed.headers["Location"].endswith("/check")


def test_an_exit_ends_the_journey_kindly_and_nothing_is_sent(ruled: Instance) -> None:
    family = Family(ruled.app().test_client(), "made-up")
    family.start()
    answer = family.answer("all", {"age": "40"})
    page = family.client.get(answer.headers["Location"])
    assert "Adults" in page.text and "Call us." in page.text and ">Send<" not in page.text
    sent = family.client.post(family.address("check"), data={"csrf_token": family.token})
    assert sent.status_code != 303


def test_guides_are_offered_after_sending_when_they_fit(ruled: Instance) -> None:
    site = ruled.release / "private" / "site.json"
    site.write_text(
        site.read_text("utf-8").replace('"site_url"', '"guides": {"en": {"calm": "Calm days"}}, "site_url"')
    )
    for weeks, offered in (("3", True), ("1", False)):
        family = Family(ruled.app().test_client(), "made-up")
        family.start()
        family.walk({"all": {"weeks": weeks}})
        family.send()
        page = family.client.get(family.address("done")).text
        assert ('href="/calm/">Calm days<' in page) is offered


def test_packages_validate_and_forms_try_apply_the_rules(ruled: Instance, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("age,weeks\n3,60\n3,30\n")
    words = [
        "forms",
        "try",
        str(ruled.root / "datapackages" / "made-up"),
        "--rows",
        str(tmp_path / "rows.csv"),
    ]
    result = CliRunner().invoke(main, words, env=dict(ruled.environment))
    assert result.exit_code == 1
    assert result.stdout.splitlines() == ["row 1: weeks (rule): Write at most 52 weeks", "row 2: accepted"]


@pytest.mark.parametrize("junk", ["x", 10**30, -1, True, 1.5])
def test_a_score_rounded_to_no_number_of_decimals_is_told(tmp_path: Path, junk: Any) -> None:
    form = instrument()
    form["form"]["scores"][0]["round"] = junk
    instance = make_instance(tmp_path, {"made-up": form})
    found = check_structure(load(instance.root / "datapackages" / "made-up"))
    assert [finding.pointer for finding in found if "decimals" in finding.cause] == ["/form/scores/0/round"]
