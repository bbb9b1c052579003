"""A descriptor broken at any place gives findings, or a form that works: never a traceback."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from forms_service.answers import prepare
from forms_service.cli import main
from forms_service.commands.forms import findings
from forms_service.definition import DefinitionError, load
from forms_service.definition.codes import MEANINGS
from tests.definition.descriptors import FORM, write_form
from tests.households import HOUSEHOLD
from tests.instances import REPOSITORY
from tests.properties.runs import run_of
from tests.public.test_outcomes import descriptor

PATTERN = {"name": "a", "type": "string", "constraints": {"pattern": "a+", "maxLength": 3}}
BARE = {
    "fields": [
        PATTERN,
        {"name": "b", "type": "number", "decimalChar": ",", "constraints": {"minimum": 0, "unique": True}},
        {"name": "c", "type": "boolean", "trueValues": ["oui"], "falseValues": ["non"]},
        {"name": "d", "type": "array", "arrayItem": {"type": "integer", "constraints": {"minimum": 1}}},
        {"name": "e", "type": "date", "format": "%d/%m/%Y", "missingValues": [{"value": "-", "label": "?"}]},
    ],
    "primaryKey": ["a"],
    "foreignKeys": [{"fields": ["a"], "reference": {"resource": "", "fields": ["a"]}}],
    "missingValues": ["", "NA"],
}
JUNK: tuple[Any, ...] = (
    *(
        None,
        True,
        0,
        -1,
        1.5,
        10**30,
        "",
        "x",
        "a\nb",
        "🙂",
        "(",
        "%",
        "%Q",
        "P1Y",
        "{x}",
        "../x",
        "file:///x",
    ),
    *([], [None], [[]], ["x"], [{}], {}, {"": "x"}, {"x": None}, {"value": 1}, {"en": "x", "es": "y"}),
    *("NaN", float("nan"), float("inf"), [{"x": 1}], {"a": 1}),
    *({"field": "a"}, {"all": [{}]}, {"field": "reach", "operator": "=", "answer": []}),
)


def places(node: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if at:
        yield at
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in children:
        yield from places(child, (*at, key))


def broken(form: Any, at: tuple[str | int, ...], junk: Any) -> Any:
    """A copy with the node at that place replaced, or taken out."""
    changed = copy.deepcopy(form)
    node = changed
    for part in at[:-1]:
        node = node[part]
    if junk is Ellipsis:
        del node[at[-1]]
    else:
        node[at[-1]] = junk
    return changed


SCORED = descriptor(
    [
        {"name": "a", "type": "integer", "constraints": {"minimum": 0, "maximum": 3}},
        {"name": "b", "type": "integer", "constraints": {"enum": [0, 1, 2]}},
    ],
    scores=[
        {
            "name": "s",
            "title": "S",
            "method": "sum",
            "fields": ["a", "b"],
            "reverse": ["a", "b"],
            "missing": {"atMost": 1, "as": "zero"},
            "round": 0,
            "bands": [{"from": 0, "to": 2, "label": "x"}, {"from": 3, "to": 5, "label": "y"}],
        }
    ],
    rules=[
        {
            "when": {"all": [{"field": "a", "operator": ">", "answer": 1}]},
            "message": "m",
            "field": "a",
            "level": "warning",
        }
    ],
    exits=[{"when": {"field": "a", "operator": "=", "answer": 1}, "title": "t", "body": "b"}],
    reading=[{"guide": "g", "when": {"field": "a", "operator": "exists", "answer": True}}],
    alerts=[
        {
            "name": "n",
            "when": {"field": "a", "operator": ">", "answer": 1},
            "level": "urgent",
            "show": "crisis",
        }
    ],
    privacy="p",
    minutes=3,
    answeredWithin="x",
)
FORMS = [
    FORM,
    BARE,
    SCORED,
    HOUSEHOLD,
    *(
        json.loads((REPOSITORY / "datapackages" / name / "datapackage.json").read_text("utf-8"))
        for name in ("support-group", "intake")
    ),
]
PLACES = [(number, at) for number, form in enumerate(FORMS) for at in places(form)]
WHAT_ANSWERS_LEAD_TO = [
    (number, at) for number, at in PLACES if at[0] == "form" and FORMS[number] in (SCORED, HOUSEHOLD)
]


def test_a_descriptor_broken_anywhere_is_told_or_works(tmp_path: Path) -> None:
    file = write_form(tmp_path, FORM)
    for name in ("support-group", "intake"):
        for table in (REPOSITORY / "datapackages" / name).glob("*.csv"):
            (tmp_path / table.name).write_bytes(table.read_bytes())
    for form in (SCORED, HOUSEHOLD):
        for table in form["resources"]:
            names = [field["name"] for field in table["schema"]["fields"]]
            (tmp_path / table["path"]).write_text(",".join(names) + "\n", "utf-8")
    rows = tmp_path / "lines.csv"
    rows.write_text("a,b,c,d,e\nx,1,oui,[1],01/01/2020\n\n", "utf-8")

    @run_of(240)
    @given(
        st.sampled_from(PLACES) | st.sampled_from(WHAT_ANSWERS_LEAD_TO), st.sampled_from([*JUNK, Ellipsis])
    )
    def law(place: tuple[int, tuple[str | int, ...]], junk: Any) -> None:
        number, at = place
        file.write_text(json.dumps(broken(FORMS[number], at, junk)), "utf-8")
        found = findings(file)
        assert all("\n" not in str(finding) and finding.path for finding in found)
        assert {finding.code for finding in found} <= set(MEANINGS)
        if not any(finding.level == "error" for finding in found):
            prepare(load(file))
        command = ["forms", "try", str(file), "--rows", str(rows), "--json"]
        result = CliRunner().invoke(main, command)
        assert result.exception is None or isinstance(result.exception, SystemExit)
        if result.exit_code == 2:
            said = [line for line in result.stderr.splitlines() if "mended for judging" not in line]
            assert result.stdout == "" and len(said) == 1 and said[0].startswith("kinbridge: ")

    law()


@pytest.mark.parametrize("levels", [90, 99, 150, 400, 900])
def test_a_deep_descriptor_is_read_or_told(levels: int, tmp_path: Path) -> None:
    deep: Any = {"field": "reach", "operator": "exists"}
    for _ in range(levels // 2):
        deep = {"all": [deep]}
    form = copy.deepcopy(FORM)
    form["form"]["pages"][1]["showWhen"] = deep
    file = write_form(tmp_path, form)
    try:
        load(file)
    except DefinitionError as error:
        assert error.findings[0].code == "too-deep"
        assert levels > 90
    assert all(finding.code == "too-deep" for finding in findings(file))
