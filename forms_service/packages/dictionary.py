"""The data dictionary of an export, as Markdown that a person reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from forms_service.definition import Field
from forms_service.packages.children import ITEM_COLUMNS, Child
from forms_service.packages.exported import OWN_COLUMNS, Table


def dictionary(tables: Iterable[Table], children: Iterable[Child]) -> str:
    """README.md: every table, every column, every code with its label."""
    tables = list(tables)
    form = tables[-1].ready.form
    lines = [f"# {form.title}", "", form.description, ""]
    for table in tables:
        lines += _table(table.name, table.own, OWN_COLUMNS, table.ready.form.fields.values())
    for child in children:
        lines += _table(child.name, child.own, ITEM_COLUMNS, child.group.fields.values())
    lines.append("An empty cell means that the question was not answered or did not apply.")
    return "\n".join(lines) + "\n"


def _table(
    name: str, own: Iterable[str], columns: Iterable[tuple[str, str, str]], fields: Iterable[Field]
) -> Iterator[str]:
    yield from (
        f"## {name}.csv",
        "",
        _line("column", "type", "meaning", "values"),
        "| --- | --- | --- | --- |",
    )
    for column, (_, kind, title) in zip(own, columns, strict=True):
        yield _line(column, kind, title, "")
    for field in fields:
        yield _line(field.name, field.type, field.title, _values(field))
    yield ""


def _values(field: Field) -> str:
    if field.reference:
        return f"a key of {field.reference.resource}.csv"
    return "; ".join(f"{choice.value}: {choice.label}" for choice in (*field.choices, *field.missing_choices))


def _line(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
