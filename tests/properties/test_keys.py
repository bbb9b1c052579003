"""What only a whole table shows: unique values, keys, and headers; `forms try` and frictionless row by row."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.properties.oracle import RAISED, V2, ask, names_of, resource_of, write_csv
from tests.properties.runs import run_of
from tests.properties.trying import Tried, try_rows
from tests.properties.web import Clinic, answers, form_of

Lines = list[list[str]]
Others = dict[str, tuple[dict[str, Any], Lines]]
SAME: tuple[tuple[dict[str, Any], str, str, str], ...] = (
    ({"type": "string"}, "a", "b", "a"),
    ({"type": "integer"}, "7", "8", "007"),
    ({"type": "number"}, "1.5", "1.6", "1.50"),
    ({"type": "number", "floatNumber": True}, "0.5", "1", "5e-1"),
    ({"type": "boolean"}, "true", "false", "1"),
    ({"type": "date"}, "2020-01-02", "2020-01-03", "2020-1-2"),
    ({"type": "time"}, "10:00:00", "10:00:01", "10:00:00.0"),
    ({"type": "datetime"}, "2020-01-02T10:00:00Z", "2020-01-02T10:00:00+01:00", "2020-01-02T11:00:00+01:00"),
    ({"type": "year"}, "2020", "2021", "2020"),
    ({"type": "yearmonth"}, "2020-01", "2020-02", "2020-1"),
    ({"type": "duration"}, "P1W", "P1D", "P7D"),
    ({"type": "geopoint"}, "1,2", "2,1", "1.0, 2.0"),
    ({"type": "any"}, "a", "b", "a"),
)
IDS = [str(field["type"]) for field, *_ in SAME]
SOURCES = ({"fields": [{"name": "key", "type": "integer"}, {"name": "other"}]}, [["1", "a"], ["02", "b"]])


@pytest.mark.parametrize(("field", "first", "other", "again"), SAME, ids=IDS)
def test_a_unique_value_is_refused_when_it_comes_again_in_another_spelling(
    field: dict[str, Any], first: str, other: str, again: str, tmp_path: Path
) -> None:
    schema = {"fields": [{"name": "cell", **field, "constraints": {"unique": True}}, {"name": "filler"}]}
    lines = [[first, "x"], [other, "x"], ["", "x"], ["", "x"], [again, "x"]]
    assert judged(schema, lines, tmp_path) == [True, True, True, True, False]


@pytest.mark.parametrize(("field", "first", "other", "again"), SAME, ids=IDS)
def test_a_primary_key_is_one_value_of_each_spelling_and_never_empty(
    field: dict[str, Any], first: str, other: str, again: str, tmp_path: Path
) -> None:
    schema = {"fields": [{"name": "cell", **field}, {"name": "filler"}], "primaryKey": "cell"}
    lines = [[first, "x"], [other, "x"], ["", "x"], [again, "x"]]
    assert judged(schema, lines, tmp_path) == [True, True, False, False]


def test_a_primary_key_of_two_fields_may_miss_one_of_them(tmp_path: Path) -> None:
    schema = {"fields": [{"name": "a"}, {"name": "b"}, {"name": "c"}], "primaryKey": ["a", "b"]}
    lines = [["1", "1", "x"], ["1", "", "x"], ["1", "2", "x"], ["1", "", "y"], ["", "", "x"], ["1", "1", "y"]]
    assert judged(schema, lines, tmp_path) == [True, True, True, False, False, False]


def test_a_refused_row_still_takes_its_key(tmp_path: Path) -> None:
    fields = [
        {"name": "a", "type": "integer", "constraints": {"unique": True}},
        {"name": "b", "type": "date"},
    ]
    lines = [["1", "never"], ["1", "2020-01-01"], ["2", "2020-01-01"]]
    assert judged({"fields": fields}, lines, tmp_path) == [False, False, True]


def test_a_cell_refused_for_its_underscore_still_takes_its_key(tmp_path: Path) -> None:
    schema = {"fields": [{"name": "a", "type": "integer"}], "primaryKey": ["a"]}
    tried, asked = both(schema, [["1_000"], ["1000"], ["1001"]], tmp_path)
    assert asked == [True, False, True]
    assert [verdict.accepted for verdict in tried] == [False, False, True]
    assert tried[0].constraints == {"underscore"}


@pytest.mark.parametrize("enum", [{}, {"constraints": {"enum": [1, 2, 3]}}], ids=["plain", "enum"])
def test_a_foreign_key_must_stand_in_its_reference_as_the_same_value(
    enum: dict[str, Any], tmp_path: Path
) -> None:
    schema = {
        "fields": [{"name": "a", "type": "integer", **enum}, {"name": "b"}],
        "foreignKeys": key_to("key"),
    }
    lines = [["01", "x"], ["2", "x"], ["3", "x"], ["", "x"]]
    assert judged(schema, lines, tmp_path, {"sources": SOURCES}) == [True, True, False, True]


def test_a_foreign_key_of_another_type_matches_nothing(tmp_path: Path) -> None:
    schema = {"fields": [{"name": "a", "type": "string"}, {"name": "b"}], "foreignKeys": key_to("key")}
    lines = [["1", "x"], ["02", "x"], ["", "x"]]
    assert judged(schema, lines, tmp_path, {"sources": SOURCES}) == [False, False, True]


def test_a_foreign_key_to_a_table_without_rows_is_always_refused(tmp_path: Path) -> None:
    schema = {"fields": [{"name": "a", "type": "integer"}, {"name": "b"}], "foreignKeys": key_to("key")}
    assert judged(schema, [["1", "x"], ["", "x"]], tmp_path, {"sources": (SOURCES[0], [])}) == [False, True]


def test_a_field_with_two_foreign_keys_must_stand_in_both(tmp_path: Path) -> None:
    fields = [{"name": "a", "type": "integer"}, {"name": "b"}]
    schema = {"fields": fields, "foreignKeys": [*key_to("key"), *key_to("key", "more")]}
    others = {"sources": SOURCES, "more": (SOURCES[0], [["2", "c"], ["3", "c"]])}
    lines = [["1", "x"], ["2", "x"], ["3", "x"]]
    assert judged(schema, lines, tmp_path, others) == [False, True, False]


def test_a_foreign_key_of_two_fields_must_stand_together(tmp_path: Path) -> None:
    keys = [{"fields": ["a", "b"], "reference": {"resource": "sources", "fields": ["key", "other"]}}]
    schema = {"fields": [{"name": "a", "type": "integer"}, {"name": "b"}], "foreignKeys": keys}
    lines = [["1", "a"], ["1", "b"], ["1", ""], ["2", "b"]]
    assert judged(schema, lines, tmp_path, {"sources": SOURCES}) == [True, False, False, True]


@pytest.mark.parametrize("name", ["", "rows"])
def test_a_key_to_the_table_itself_may_look_ahead(name: str, tmp_path: Path) -> None:
    keys = [{"fields": ["parent"], "reference": {"resource": name, "fields": ["id"]}}]
    schema = {
        "fields": [{"name": "id", "type": "integer"}, {"name": "parent", "type": "integer"}],
        "foreignKeys": keys,
    }
    lines = [["1", ""], ["2", "3"], ["3", "01"], ["4", "9"], ["", "4"]]
    assert judged(schema, lines, tmp_path) == [True, True, True, False, True]


def test_inline_reference_data_is_read_by_its_own_schema(clinic: Clinic, tmp_path: Path) -> None:
    inline = {
        "name": "sources",
        "data": [{"key": 1, "other": "a"}, {"key": 2, "other": "b"}],
        "schema": SOURCES[0],
    }
    schema = {"fields": [{"name": "a", "type": "integer"}, {"name": "b"}], "foreignKeys": key_to("key")}
    package = {"$schema": V2, "name": "tried", "resources": [resource_of(schema), inline]}
    assert tried_in(package, [["01", "x"], ["3", "x"]], tmp_path) == [True, False]

    clinic.publish(form_of("inline", schema, inline))
    family, form = clinic.family("inline"), clinic.form("inline")
    assert [choice.value for choice in form.fields["a"].choices] == ["1", "2"]
    assert answers(family, form, {"a": ["2"]})
    assert not answers(family, form, {"a": ["3"]})


def test_the_web_form_offers_and_takes_only_the_keys_of_reference_data(clinic: Clinic) -> None:
    reference = {**resource_of(SOURCES[0], "sources"), "form": {"label": "{other}"}}
    schema = {"fields": [{"name": "a", "type": "integer"}], "foreignKeys": key_to("key")}
    clinic.publish(form_of("keys", schema, reference), files={"sources.csv": "key,other\n1,a\n02,b\n"})
    family, form = clinic.family("keys"), clinic.form("keys")
    assert [answers(family, form, {"a": [cell]}) for cell in ("1", "02", "2", "3", "x")] == [
        *(True, True, True),
        *(False, False),
    ]


@run_of(60)
@given(
    match=st.sampled_from(("exact", "equal", "subset", "superset", "partial")),
    header=st.lists(st.sampled_from(("a", "b", "c", "more", " a ", "A", "")), min_size=1, max_size=5),
    data=st.data(),
)
def test_a_header_matches_as_the_schema_says(
    match: str, header: list[str], data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    fields = [
        {"name": "a", "type": "integer", "constraints": {"required": True}},
        {"name": "b", "type": "integer", "constraints": {"unique": True}},
        {"name": "c"},
    ]
    schema = {"fields": fields, "fieldsMatch": match}
    row = st.lists(st.sampled_from(("1", "2", "x", "")), min_size=len(header) - 1, max_size=len(header) + 1)
    lines = data.draw(st.lists(row, min_size=1, max_size=4))
    folder = tmp_path_factory.mktemp("header")
    opinion = ask(folder / "asked", schema, lines, header=header)
    (folder / "schema.json").write_text(json.dumps(schema), "utf-8")
    write_csv(folder / "rows.csv", header, lines)
    tried = try_rows(folder / "schema.json", folder / "rows.csv")
    if opinion.whole or opinion.rows[0] == {RAISED}:
        assert [verdict.row for verdict in tried] == [0]
        assert tried[0].constraints == {"header"}
    else:
        assert [verdict.accepted for verdict in tried] == [
            opinion.accepts(number) for number in range(len(lines))
        ]


def key_to(column: str, resource: str = "sources") -> list[dict[str, Any]]:
    return [{"fields": "a", "reference": {"resource": resource, "fields": column}}]


def judged(
    schema: dict[str, Any], lines: Lines, folder: Path, others: Mapping[str, Any] | None = None
) -> list[bool]:
    """The verdicts, which must be the same on both sides."""
    tried, asked = both(schema, lines, folder, others)
    assert [verdict.accepted for verdict in tried] == asked, tried
    return asked


def both(
    schema: dict[str, Any], lines: Lines, folder: Path, others: Mapping[str, Any] | None = None
) -> tuple[list[Tried], list[bool]]:
    package = {
        "$schema": V2,
        "name": "tried",
        "resources": [
            resource_of(schema),
            *(resource_of(other, name) for name, (other, _) in (others or {}).items()),
        ],
    }
    for name, (other, rows) in (others or {}).items():
        write_csv(folder / f"{name}.csv", names_of(other), rows)
    opinion = ask(folder / "asked", schema, lines, others)
    assert not opinion.whole
    return tried_lines(package, lines, folder), [opinion.accepts(number) for number in range(len(lines))]


def tried_in(package: Mapping[str, Any], lines: Lines, folder: Path) -> list[bool]:
    return [verdict.accepted for verdict in tried_lines(package, lines, folder)]


def tried_lines(package: Mapping[str, Any], lines: Sequence[Sequence[str]], folder: Path) -> list[Tried]:
    header = names_of(package["resources"][0]["schema"])
    write_csv(folder / "rows.csv", header, [])
    write_csv(folder / "lines.csv", header, lines)
    (folder / "datapackage.json").write_text(json.dumps(package), "utf-8")
    return try_rows(folder, folder / "lines.csv")
