"""Where Kinbridge refuses what frictionless accepts: each rule on purpose, named, and written down once."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from forms_service.answers import strict
from forms_service.answers.strict import LONGEST_CELL, LONGEST_PATTERNED, LONGEST_VALUE
from tests.properties.oracle import RAISED, ask, names_of, write_csv
from tests.properties.trying import STRICT, try_rows
from tests.properties.web import Clinic, Inputs, answers, form_of

CHOICES = {"choices": [{"value": "a"}, {"value": "b"}]}
AWARE = {"minimum": "2020-01-01T00:00:00Z"}
RULES: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("nul", {"type": "string"}, "a\0b"),
    ("tooLong", {"type": "string"}, "a" * (LONGEST_CELL + 1)),
    ("tooLong", {"type": "string", "constraints": {"pattern": "a+"}}, "a" * (LONGEST_PATTERNED + 1)),
    ("tooLong", {"type": "number"}, "1" * (LONGEST_VALUE + 1)),
    ("tooLong", {"type": "datetime", "format": "any"}, "2020-01-01" + " " * LONGEST_VALUE + "10:00"),
    ("underscore", {"type": "integer"}, "1_000"),
    ("underscore", {"type": "number"}, "1_000.5"),
    ("underscore", {"type": "number"}, "_1"),
    ("underscore", {"type": "year"}, "2_02"),
    ("underscore", {"type": "yearmonth"}, "2_020-01"),
    ("underscore", {"type": "geopoint"}, "1_0,2"),
    ("underscore", {"type": "list", "itemType": "integer"}, "1,2_0"),
    ("finite", {"type": "number"}, "NaN"),
    ("finite", {"type": "number"}, "-INF"),
    ("finite", {"type": "list", "itemType": "number"}, "1,NaN"),
    ("finite", {"type": "array"}, "[NaN]"),
    ("shortYear", {"type": "yearmonth"}, "15-03"),
    ("shortYear", {"type": "yearmonth"}, "1-3"),
    ("choice", {"type": "list", "form": CHOICES}, "a,c"),
    ("choice", {"type": "string", "categories": ["a", "b"]}, "c"),
    ("choice", {"type": "integer", "categories": [{"value": 1, "label": "One"}]}, "2"),
    ("unjudgeable", {"type": "datetime", "constraints": AWARE}, "2020-01-02T00:00:00"),
    ("unjudgeable", {"type": "number", "constraints": {"minimum": 1}}, "sNaN"),
)
ON_THE_WEB_ONLY = frozenset({"incomplete", "encoding"})  # neither boxes nor broken bytes stand in a CSV


@pytest.mark.parametrize(("rule", "field", "cell"), RULES)
def test_a_strict_rule_refuses_and_names_itself(
    rule: str, field: dict[str, Any], cell: str, clinic: Clinic, tmp_path: Path
) -> None:
    schema = {"fields": [{"name": "cell", **field}, {"name": "filler"}]}
    opinion = ask(tmp_path / "asked", schema, [[cell, "x"]])
    assert opinion.accepts(0) or opinion.rows[0] == {RAISED}

    (tmp_path / "schema.json").write_text(json.dumps(schema), "utf-8")
    write_csv(tmp_path / "rows.csv", names_of(schema), [[cell, "x"]])
    (tried,) = try_rows(tmp_path / "schema.json", tmp_path / "rows.csv")
    assert tried.constraints == {rule}

    assert not taken(
        clinic, {"name": "cell", **field}, {"cell": cell.split(",") if rule == "choice" else [cell]}
    )


@pytest.mark.parametrize(
    "boxes", [("1", "", "2020"), ("", "1", "2020"), ("1", "1", ""), ("1", "1", "20"), ("x", "1", "2020")]
)
def test_a_date_of_unfilled_boxes_is_incomplete_even_where_any_date_goes(
    boxes: tuple[str, str, str], clinic: Clinic
) -> None:
    inputs = dict(zip(("cell-day", "cell-month", "cell-year"), ([box] for box in boxes), strict=True))
    assert not taken(clinic, {"name": "cell", "type": "date", "format": "any"}, inputs)


@pytest.mark.parametrize("body", [b"a\xff", b"%FF", "a\ud800".encode("utf-8", "surrogatepass")])
def test_bytes_that_are_no_utf8_are_refused(body: bytes, clinic: Clinic) -> None:
    clinic.publish(form_of("bytes", {"fields": [{"name": "cell"}]}))
    family = clinic.family("bytes")
    answer = family.client.post(
        family.address("page-1"),
        data=b"csrf_token=" + family.token.encode() + b"&cell=" + body,
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code == 422
    assert "take out the characters that cannot be read" in answer.text


def test_what_the_documentation_calls_strict_is_what_the_law_allows() -> None:
    documented = set(re.findall(r"^\| (\w+) \|", strict.__doc__ or "", re.MULTILINE)) - {"rule"}
    assert documented == STRICT
    assert {rule for rule, _, _ in RULES} | ON_THE_WEB_ONLY == STRICT


def taken(clinic: Clinic, field: dict[str, Any], inputs: Inputs) -> bool:
    """Whether the web form takes an answer to a field of its own."""
    clinic.publish(form_of("strict", {"fields": [field]}))
    return answers(clinic.family("strict"), clinic.form("strict"), inputs)
