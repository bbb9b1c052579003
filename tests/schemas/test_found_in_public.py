"""Descriptors in the shapes found in public: web form, `forms try` and frictionless agree on every row."""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from frictionless import validate

from forms_service.answers.strict import normalise
from forms_service.cli import main
from forms_service.definition import Form, build, load
from tests.properties.oracle import DIALECT, V2, Opinion, opinion_of
from tests.properties.trying import disagreement, try_rows
from tests.properties.web import Clinic, answers, cells_of, form_of, typed

HERE = Path(__file__).parent
JUDGED = frozenset({"fields", "fieldsMatch", "missingValues", "primaryKey", "foreignKeys"})


@dataclass(frozen=True)
class Shape:
    """A folder, how its rows are written, and what must come out: + accepted, - refused, ! refused on purpose."""

    name: str
    verdicts: str
    delimiter: str = ","
    encoding: str = "utf-8"
    quote: str = '"'

    @property
    def folder(self) -> Path:
        return HERE / self.name

    @property
    def descriptor(self) -> Path:
        bare = self.folder / "schema.json"
        return bare if bare.exists() else self.folder / "datapackage.json"

    def lines(self) -> list[list[str]]:
        """The header and the rows, blank lines included."""
        with (self.folder / "rows.csv").open(encoding=self.encoding, newline="") as text:
            return list(csv.reader(text, delimiter=self.delimiter, quotechar=self.quote))

    def package(self) -> dict[str, Any]:
        """The package frictionless is asked about: mended by hand in asked.json where it would not load."""
        stated = json.loads(self.descriptor.read_text("utf-8"))
        asked = self.folder / "asked.json"
        resources = stated.get("resources", []) if "fields" not in stated else [{"schema": stated}]
        schema = json.loads(asked.read_text("utf-8")) if asked.exists() else resources[0]["schema"]
        first = {"name": str(resources[0].get("name", "rows")), "path": "rows.csv", "dialect": DIALECT}
        others = [raw for raw in resources[1:] if "://" not in str(raw.get("path"))]
        schema = {key: value for key, value in schema.items() if key in JUDGED}
        return {
            "$schema": V2,
            "name": "asked",
            "resources": [{**first, "encoding": "utf-8", "schema": schema}, *others],
        }


SHAPES = (
    Shape("local-dates", "+----------+"),
    Shape("decimal-commas", "+++------!+", delimiter=";", encoding="utf-8-sig"),
    Shape("patterns-and-accents", "+--++-----+"),
    Shape("enum-of-200", "++--+--+-"),
    Shape("eighty-fields", "++-----"),
    Shape("unknown-properties", "+--+--"),
    Shape("v1-package", "+-+---+--", delimiter="\t", quote="'"),
    Shape("foreign-keys", "+---+-+---"),
    Shape("no-empty-missing-value", "+-+----+"),
    Shape("bare-with-resources", "+-+-+-"),
    Shape("broken-around-the-table", "+---+-"),
    Shape("old-encoding", "+---+", delimiter=";", encoding="cp1252"),
    Shape("columns-by-name", "+--+----"),
    Shape("typed-text", "+!!!--------+"),
)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_every_row_is_judged_as_frictionless_judges_it(shape: Shape, tmp_path: Path) -> None:
    tried = try_rows(shape.descriptor, shape.folder / "rows.csv")
    opinion = asked(shape, build(load(shape.descriptor)), tmp_path / "asked")
    assert [verdict.row for verdict in tried] == list(range(1, len(opinion.rows) + 1))
    for number, verdict in enumerate(tried):
        assert not disagreement(verdict, opinion.accepts(number)), (verdict, opinion.rows[number])
    said = [
        "+" if one.accepted else "!" if opinion.accepts(number) else "-" for number, one in enumerate(tried)
    ]
    assert "".join(said) == shape.verdicts


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_the_web_form_of_it_takes_the_same_rows(shape: Shape, clinic: Clinic, tmp_path: Path) -> None:
    package = alone(shape.package())
    first, *others = package["resources"]
    texts = {
        file.name: file.read_text("utf-8") for file in shape.folder.glob("*.csv") if file.name != "rows.csv"
    }
    clinic.publish(form_of(shape.name, first["schema"], *others), files=texts)
    form, family = clinic.form(shape.name), clinic.family(shape.name)
    header, *lines = shape.lines()
    whole = [(number, line) for number, line in enumerate(lines) if len(line) == len(header)]
    rows = [dict(zip(header, line, strict=True)) for _, line in whole]
    sent = [typed(form, {name: row[name] for name in form.fields}) for row in rows]
    cells = [list(cells_of(form, inputs).values()) for inputs in sent]
    opinion = opinion_of(laid_out(shape, package, tmp_path / "asked"), list(form.fields), cells)
    for place, ((number, line), inputs) in enumerate(zip(whole, sent, strict=True)):
        if opinion.rows[place] != {"blank-row"}:  # that is for "check your answers" to refuse
            allowed = opinion.accepts(place) and shape.verdicts[number] != "!"
            assert answers(family, form, inputs) is allowed, (line, opinion.rows[place])


SAID = (
    ("broken-around-the-table", "mended for judging"),
    ("bare-with-resources", "mended for judging"),
    ("unknown-properties", "mended for judging"),
    ("decimal-commas", 'the delimiter was taken to be ";"'),
    ("old-encoding", "the encoding was taken to be cp125"),
)


@pytest.mark.parametrize(("name", "words"), SAID, ids=[name for name, _ in SAID])
def test_what_was_mended_or_guessed_is_said_on_stderr(name: str, words: str) -> None:
    shape = next(shape for shape in SHAPES if shape.name == name)
    command = ["forms", "try", str(shape.descriptor), "--rows", str(shape.folder / "rows.csv"), "--json"]
    result = CliRunner().invoke(main, command)
    assert words in result.stderr
    assert words not in result.stdout


def asked(shape: Shape, form: Form, folder: Path) -> Opinion:
    """What frictionless says of the normalised rows."""
    header, *lines = shape.lines()
    fields = [form.fields.get(name) for name in header]
    plain = [
        [normalise(cell, field) if field else cell for cell, field in zip_longest(line, fields[: len(line)])]
        for line in lines
    ]
    return opinion_of(laid_out(shape, shape.package(), folder), header, plain)


def laid_out(shape: Shape, package: dict[str, Any], folder: Path) -> Path:
    shutil.copytree(shape.folder, folder)
    (folder / "datapackage.json").write_text(json.dumps(package), "utf-8")
    return folder


def alone(package: dict[str, Any]) -> dict[str, Any]:
    """The package without what only a whole table shows, which a family's form cannot see."""
    schema = dict(package["resources"][0]["schema"])
    schema.pop("primaryKey", None)
    schema["foreignKeys"] = [
        key
        for key in schema.get("foreignKeys", [])
        if isinstance(key["fields"], str) and key["reference"]["resource"]
    ]
    schema["fields"] = [
        {**raw, "constraints": {**raw.get("constraints", {}), "unique": False}} for raw in schema["fields"]
    ]
    return {
        **package,
        "resources": [{**package["resources"][0], "schema": schema}, *package["resources"][1:]],
    }


WRITTEN: tuple[tuple[str, dict[str, Any], str, str], ...] = (
    ("headerless", {"header": False}, "1,x\n2,y\nz,y\n\n", "++--"),
    ("comments", {"commentChar": "#"}, "a,b\n#1,x\n2,y\n# just words\nz,y\n", "+-"),
    ("escapes", {"doubleQuote": False, "escapeChar": "\\"}, 'a,b\n1,"say \\"hi\\", so"\nz,"a"\n', "+-"),
    ("single quotes", {"quoteChar": "'", "delimiter": "|"}, "a|b\n'1'|'it''s'\n1|2|3\n", "+-"),
    ("line breaks", {}, 'a,b\r\n1,"two\r\nlines"\r\n2,"a\rb"\r\n3\r\n', "++-"),
    ("frictionless' own", {"csv": {"delimiter": ";"}}, "a;b\n1;x\n1,x\n", "+-"),
)


@pytest.mark.parametrize(
    ("dialect", "text", "verdicts"), [written[1:] for written in WRITTEN], ids=[name for name, *_ in WRITTEN]
)
def test_a_file_is_read_as_its_resource_states(
    dialect: dict[str, Any], text: str, verdicts: str, tmp_path: Path
) -> None:
    schema = {"fields": [{"name": "a", "type": "integer"}, {"name": "b"}]}
    resource = {"name": "rows", "path": "rows.csv", "encoding": "utf-8", "dialect": dialect, "schema": schema}
    package = {"$schema": V2, "name": "written", "resources": [resource]}
    (tmp_path / "datapackage.json").write_text(json.dumps(package), "utf-8")
    (tmp_path / "rows.csv").write_text(text, "utf-8", newline="")
    tried = try_rows(tmp_path, tmp_path / "rows.csv")
    assert "".join("+" if one.accepted else "-" for one in tried) == verdicts
    (task,) = validate(str(tmp_path / "datapackage.json")).tasks
    assert task.stats["rows"] == len(verdicts)
    assert len({error.row_number for error in task.errors}) == verdicts.count("-")
