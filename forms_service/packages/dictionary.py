"""The data dictionary of an export, as Markdown that a person reads."""

from __future__ import annotations

from collections.abc import Iterable

from forms_service.definition import Field
from forms_service.packages.exported import OWN_COLUMNS, Table


def dictionary(tables: Iterable[Table]) -> str:
    """README.md: every table, every column, every code with its label."""
    tables = list(tables)
    form = tables[-1].ready.form
    lines = [f"# {form.title}", "", form.description, ""]
    for table in tables:
        lines += [
            f"## {table.name}.csv",
            "",
            "| column | type | meaning | values |",
            "| --- | --- | --- | --- |",
        ]
        for name, (_, kind, title) in zip(table.own, OWN_COLUMNS, strict=True):
            lines.append(_line(name, kind, title, ""))
        for field in table.ready.form.fields.values():
            lines.append(_line(field.name, field.type, field.title, _values(field)))
        lines.append("")
    lines.append("An empty cell means that the question was not answered or did not apply.")
    return "\n".join(lines) + "\n"


def _values(field: Field) -> str:
    if field.reference:
        return f"a key of {field.reference.resource}.csv"
    return "; ".join(f"{choice.value}: {choice.label}" for choice in (*field.choices, *field.missing_choices))


def _line(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
