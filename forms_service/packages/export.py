"""Submissions as a zip that is a valid data package: streamed, and the same bytes for the same data (design 9)."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, Any

from forms_service.answers import Problem
from forms_service.answers.scores import scored
from forms_service.definition import Descriptor
from forms_service.packages.children import Child, children_of
from forms_service.packages.dictionary import dictionary
from forms_service.packages.exported import (
    Table,
    package_of,
    reference_resources,
    reference_rows,
    scores_resource,
    tables_of,
)
from forms_service.packages.table import TableJudge

_EPOCH = (
    1980,
    1,
    1,
    0,
    0,
    0,
)  # the oldest moment a zip can state: an export says nothing of when it was made
MOST_PROBLEMS = 1_000  # listed in a report


@dataclass(frozen=True)
class Opened:
    """A submission opened for export."""

    id: int
    reference: str
    submitted_at: str
    language: str
    version: str
    descriptor: str
    rows: Mapping[str, list[Mapping[str, str | None]]]


@dataclass
class Report:
    """What judging the rows said as they were written."""

    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    items: dict[str, dict[str, Any]] = field(default_factory=dict)
    left_out: list[dict[str, str]] = field(default_factory=list)

    @property
    def valid(self) -> bool:
        """Whether every row written was accepted."""
        return not any(table["problems"] for table in (*self.tables.values(), *self.items.values()))

    def text(self) -> str:
        """report.json."""
        items = {"items": self.items} if self.items else {}
        content = {"valid": self.valid, "tables": self.tables, **items, "left_out": self.left_out}
        return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def export(
    out: IO[bytes],
    versions: Mapping[str, Descriptor],
    opened: Callable[[frozenset[str]], Iterable[Opened]],
    left_out: list[dict[str, str]],
) -> Report:
    """Write the zip to `out`.

    `versions` are the descriptors (by hash, oldest first) of the submissions; `opened` gives the submissions of
    some of them, and adds to `left_out` what it could not open. Memory does not grow with the rows.
    """
    tables = tables_of(versions)
    references = reference_resources(versions, tables)
    children = children_of(tables)
    report = Report(left_out=left_out)
    scores = scores_resource(tables)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        package = package_of(tables, references)
        package["resources"] += [scores] if scores else []
        _versions(package, tables, versions)
        package["resources"] += [child.resource() for child in children]
        _write(archive, "datapackage.json", json.dumps(package, ensure_ascii=False, indent=2) + "\n")
        for table in tables:
            _write_table(archive, table, opened(frozenset(table.descriptors)), report)
        for child in children:
            _write_child(archive, child, opened(frozenset(child.table.descriptors)), report)
        if scores:
            columns = [raw["name"] for raw in scores["schema"]["fields"]]
            rows = (row for table in tables for row in _scores(table, opened(frozenset(table.descriptors))))
            _write_csv(archive, scores["path"], columns, rows)
        for name, resource in references.items():
            columns = [raw["name"] for raw in resource["schema"]["fields"]]
            rows = ([row.get(column, "") for column in columns] for row in reference_rows(versions, resource))
            _write_csv(archive, f"data/{name}.csv", columns, rows)
        _write(archive, "README.md", dictionary(tables, children))
        _write(archive, "report.json", report.text())
    return report


def _versions(package: dict[str, Any], tables: Iterable[Table], versions: Mapping[str, Descriptor]) -> None:
    """Each table names every version of the form that its rows came under."""
    for resource, table in zip(package["resources"], tables, strict=False):
        named = (str(versions[digest].package.get("version", "")) for digest in table.descriptors)
        resource["versions"] = list(dict.fromkeys(named))


def _write_table(archive: zipfile.ZipFile, table: Table, opened: Iterable[Opened], report: Report) -> None:
    judge = TableJudge(table.ready)
    told: dict[str, Any] = {"rows": 0, "problems": []}
    report.tables[table.name] = told
    _write_csv(archive, f"data/{table.name}.csv", table.columns, _rows(table, opened, judge, told))


def _write_child(archive: zipfile.ZipFile, child: Child, opened: Iterable[Opened], report: Report) -> None:
    told: dict[str, Any] = {"rows": 0, "problems": []}
    report.items[child.name] = told
    _write_csv(archive, f"data/{child.name}.csv", child.columns, _items(child, opened, told))


def _items(child: Child, opened: Iterable[Opened], told: dict[str, Any]) -> Iterator[list[str]]:
    judge = TableJudge(child.table.ready)
    for submission in opened:
        for found in judge.judge_items(submission.rows):
            if found.group == child.group.resource:
                told["problems"].append({**_problem(submission, found.problem), "item": found.item})
        del told["problems"][MOST_PROBLEMS:]
        for row in child.rows(submission.id, submission.rows):
            told["rows"] += 1
            yield row


def _rows(
    table: Table, opened: Iterable[Opened], judge: TableJudge, told: dict[str, Any]
) -> Iterator[list[str]]:
    fields = table.ready.form.fields
    for submission in opened:
        (row,) = submission.rows[table.ready.form.resource]
        told["rows"] += 1
        problems = judge.judge({name: row.get(name) for name in fields}, told["rows"], items=submission.rows)
        told["problems"] += [_problem(submission, problem) for problem in problems if _stays(problem)]
        del told["problems"][MOST_PROBLEMS:]
        own = [
            submission.id,
            submission.reference,
            submission.submitted_at,
            submission.language,
            submission.version,
        ]
        yield [*map(str, own), *(_cell(row.get(name), field.blank) for name, field in fields.items())]


def _scores(table: Table, opened: Iterable[Opened]) -> Iterator[list[str]]:
    ready = table.ready
    for submission in opened:
        (row,) = submission.rows[ready.form.resource]
        values = ready.values(ready.judge.row(row), ready.items(submission.rows))
        for score in scored(ready.form, values, ready.conditions.shown(values)):
            value = "" if score.value is None else f"{score.value:f}"
            yield [str(submission.id), score.name, value, score.band, str(score.answered)]


def _stays(problem: Problem) -> bool:
    """What families' answers cannot be refused for (`unique`, keys) is no fault of a row."""
    return problem.constraint not in ("unique", "primaryKey")


def _cell(cell: str | None, blank: str) -> str:
    return blank if cell is None else cell


def _problem(submission: Opened, problem: Problem) -> dict[str, str]:
    return {"reference": submission.reference, "field": problem.field, "constraint": problem.constraint}


def _write_csv(archive: zipfile.ZipFile, name: str, header: list[str], rows: Iterable[list[str]]) -> None:
    with (
        archive.open(_entry(name), "w") as entry,
        io.TextIOWrapper(entry, encoding="utf-8", newline="") as text,
    ):
        writer = csv.writer(text)
        writer.writerow(header)
        writer.writerows(rows)


def _write(archive: zipfile.ZipFile, name: str, text: str) -> None:
    archive.writestr(_entry(name), text)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    return entry
