"""What `frictionless validate` says of rows on disk: asked about a package, never through readers we use."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from frictionless import validate

V2 = "https://datapackage.org/profiles/2.0/datapackage.json"
DIALECT = {
    "delimiter": ",",
    "lineTerminator": "\r\n",
    "quoteChar": '"',
    "doubleQuote": True,
    "skipInitialSpace": False,
    "headerRows": [1],  # below it blank lines alone make frictionless take another line for the header
}
RAISED = "raised"  # frictionless stopped with an exception, which is no acceptance

Rows = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Opinion:
    """The types of the errors found: of the file as a whole, and of each row."""

    whole: frozenset[str]
    rows: tuple[frozenset[str], ...]

    def accepts(self, row: int) -> bool:
        """Whether nothing is wrong with the row of that index."""
        return not self.whole and not self.rows[row]


def resource_of(
    schema: Mapping[str, Any], name: str = "rows", dialect: Mapping[str, Any] = DIALECT
) -> dict[str, Any]:
    """A CSV resource that leaves frictionless nothing to guess."""
    return {
        "name": name,
        "path": f"{name}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": dict(dialect),
        "schema": dict(schema),
    }


def write_csv(file: Path, header: Sequence[str], rows: Rows, delimiter: str = ",") -> None:
    """Rows as a UTF-8 CSV; an empty row is a blank line."""
    with file.open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text, delimiter=delimiter)
        writer.writerow(header)
        writer.writerows(rows)


def ask(
    folder: Path,
    schema: Mapping[str, Any],
    rows: Rows,
    others: Mapping[str, tuple[Mapping[str, Any], Rows]] | None = None,
    header: Sequence[str] | None = None,
) -> Opinion:
    """What frictionless says of `rows` under `schema`; `others` are reference resources and their rows."""
    folder.mkdir(exist_ok=True)
    resources = [resource_of(schema)]
    for name, (other, other_rows) in (others or {}).items():
        resources.append(resource_of(other, name))
        write_csv(folder / f"{name}.csv", names_of(other), other_rows)
    package = {"$schema": V2, "name": "asked", "resources": resources}
    (folder / "datapackage.json").write_text(json.dumps(package), "utf-8")
    return opinion_of(folder, header or names_of(schema), rows)


def opinion_of(folder: Path, header: Sequence[str], rows: Rows) -> Opinion:
    """What frictionless says of `rows`, written as the rows.csv of the package in `folder`.

    Where it stops with an exception, each row is asked about alone: only its own row raises.
    """
    try:
        return _ask(folder, header, rows)
    except Exception:
        return _one_by_one(folder, header, rows)


def names_of(schema: Mapping[str, Any]) -> list[str]:
    """The names of a schema's fields."""
    return [str(field["name"]) for field in schema["fields"]]


def _ask(folder: Path, header: Sequence[str], rows: Rows) -> Opinion:
    write_csv(folder / "rows.csv", header, rows)
    report = validate(str(folder / "datapackage.json"))
    whole = {error.type for error in report.errors}
    found: list[set[str]] = [set() for _ in rows]
    for task in report.tasks:
        for error in task.errors:
            number = getattr(error, "row_number", None)
            if task.place.endswith("rows.csv") and number is not None:
                found[number - 2].add(error.type)  # row 1 is the header
            else:
                whole.add(error.type)
    return Opinion(frozenset(whole), tuple(map(frozenset, found)))


def _one_by_one(folder: Path, header: Sequence[str], rows: Rows) -> Opinion:
    found: list[frozenset[str]] = []
    for row in rows:
        try:
            alone = _ask(folder, header, [row])
            found.append(alone.rows[0] | alone.whole)
        except Exception:
            found.append(frozenset({RAISED}))
    return Opinion(frozenset(), tuple(found))
