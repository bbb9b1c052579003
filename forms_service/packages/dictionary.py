"""The data dictionary of an export: for people as Markdown, and line by line for a sheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from itertools import groupby
from typing import Any

from forms_service.definition import Field
from forms_service.packages.children import children_of
from forms_service.packages.exported import Table

HEADER = ("table", "column", "type", "meaning", "values")


@dataclass(frozen=True)
class Line:
    """One column explained."""

    table: str
    column: str
    type: str
    meaning: str
    values: str


def lines(package: Mapping[str, Any], tables: Iterable[Table]) -> Iterator[Line]:
    """Every column of every table that an export's package describes."""
    tables = list(tables)
    questions: dict[str, Mapping[str, Field]] = {table.name: table.ready.form.fields for table in tables}
    questions |= {child.name: child.group.fields for child in children_of(tables)}
    for resource in package["resources"]:
        fields = questions.get(resource["name"], {})
        for raw in resource["schema"]["fields"]:
            field = fields.get(raw["name"])
            title = str(raw.get("title") or raw["name"])
            values = _values(field) if field else ""
            yield Line(resource["name"], raw["name"], str(raw.get("type", "string")), title, values)


def dictionary(package: Mapping[str, Any], tables: Sequence[Table], explanation: Iterable[str]) -> str:
    """README.md; `explanation` says what a reader must know beside the columns."""
    form = tables[-1].ready.form
    text = [f"# {form.title}", "", form.description, ""]
    for name, columns in groupby(lines(package, tables), lambda line: line.table):
        text += [f"## {name}.csv", "", _row(HEADER[1:]), "| --- | --- | --- | --- |"]
        text += [*(_row(astuple(line)[1:]) for line in columns), ""]
    return "\n".join([*text, *(f"{line}\n" for line in explanation)])


def _values(field: Field) -> str:
    if field.reference:
        return f"a key of {field.reference.resource}.csv"
    return "; ".join(f"{choice.value}: {choice.label}" for choice in (*field.choices, *field.missing_choices))


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
