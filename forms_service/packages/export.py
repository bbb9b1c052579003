"""What an export holds, and the zip that is a valid data package: streamed, the same bytes for the same data (design 9).

`Export` is the seam: a writer (zip, workbook, CSV, FHIR) takes its sheets or its judged submissions as they come,
and never keeps them.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import IO, Any, Protocol

from forms_service.answers import Problem
from forms_service.answers.files import KeptFile
from forms_service.answers.scores import scored
from forms_service.definition import Descriptor
from forms_service.packages.children import Child, children_of
from forms_service.packages.deidentify import EXPLANATION, Names, SmallGroups, without_names
from forms_service.packages.dictionary import dictionary
from forms_service.packages.exported import (
    FILES,
    SCORES,
    Table,
    files_resource,
    package_of,
    reference_resources,
    reference_rows,
    scores_resource,
    tables_of,
)
from forms_service.packages.submission import files_of
from forms_service.packages.table import TableJudge

# The oldest moment a zip can state: an export says nothing of when it was made.
_EPOCH = (1980, 1, 1, 0, 0, 0)
EMPTY_CELLS = "An empty cell means that the question was not answered or did not apply."
MOST_PROBLEMS = 1_000  # listed in a report

Source = Callable[[frozenset[str]], Iterable["Opened"]]


class SeveralTables(Exception):
    """Submissions whose versions do not fit one table; the message says cause and mend."""


class Envelope(Protocol):
    """What stands outside a submission's seal, as the store keeps it."""

    @property
    def reference(self) -> str: ...
    @property
    def submitted_at(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def descriptor(self) -> str: ...


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
    files: Mapping[str, KeptFile] = field(default_factory=dict)

    @classmethod
    def of(cls, number: int, envelope: Envelope, plain: Mapping[str, Any]) -> Opened:
        """A submission from what stands outside its seal and inside; `number` is what it is called in the package."""
        return cls(
            id=number,
            reference=envelope.reference,
            submitted_at=envelope.submitted_at,
            language=envelope.language,
            version=envelope.version,
            descriptor=envelope.descriptor,
            rows=plain["rows"],
            files=files_of(plain),
        )

    def path(self, cell: str) -> str:
        """Where a file of it lies in a package."""
        return f"{FILES}/{self.id}/{cell}"


@dataclass
class Report:
    """What judging the rows said as they were written."""

    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    items: dict[str, dict[str, Any]] = field(default_factory=dict)
    left_out: list[dict[str, str]] = field(default_factory=list)

    @property
    def valid(self) -> bool:
        """Whether every row written was accepted."""
        return not self.problems

    @property
    def problems(self) -> int:
        """How many answers were refused, as far as they are listed."""
        return sum(len(table["problems"]) for table in (*self.tables.values(), *self.items.values()))

    @property
    def rows(self) -> int:
        """How many submissions were written."""
        return sum(table["rows"] for table in self.tables.values())

    def text(self, references: bool = True) -> str:
        """report.json; what was left out is named by its reference unless the export tells none."""
        named = self.left_out if references else [{"reason": left["reason"]} for left in self.left_out]
        items = {"items": self.items} if self.items else {}
        content = {"valid": self.valid, "tables": self.tables, **items, "left_out": named}
        return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


@dataclass(frozen=True)
class Sheet:
    """One table of an export: its resource descriptor, and its rows as they come (cells in the schema's order)."""

    resource: Mapping[str, Any]
    rows: Iterable[list[str]]

    @property
    def columns(self) -> list[str]:
        """The header."""
        return [raw["name"] for raw in self.resource["schema"]["fields"]]


@dataclass(frozen=True)
class Export:
    """The submissions that leave.

    `versions` are the descriptors (by hash, oldest first) of the submissions and `counts` how many came under each;
    `opened` gives the submissions of some of them, in the same order each time, and adds to `left_out` what it
    could not open; `content` gives the file of a field, or None. Memory does not grow with the rows.
    """

    versions: Mapping[str, Descriptor]
    opened: Source
    left_out: list[dict[str, str]]
    counts: Mapping[str, int] = field(default_factory=dict)
    deidentified: bool = False
    content: Callable[[Opened, str], bytes | None] = lambda submission, name: None
    lost: set[str] = field(default_factory=set)
    small: SmallGroups = field(default_factory=SmallGroups)

    @classmethod
    def of_one(
        cls, submission: Opened, descriptor: Descriptor, content: Callable[[str], bytes | None]
    ) -> Export:
        """One submission alone; `content` gives the file of a field, or None."""
        return cls(
            versions={submission.descriptor: descriptor},
            opened=lambda _digests: iter([submission]),
            left_out=[],
            counts={submission.descriptor: 1},
            content=lambda _one, field: content(field),
        )

    @cached_property
    def report(self) -> Report:
        """What was judged so far."""
        return Report(left_out=self.left_out)

    @cached_property
    def tables(self) -> tuple[Table, ...]:
        """The submission tables: one for all versions that judge alike."""
        return tables_of(self.versions)

    @cached_property
    def package(self) -> dict[str, Any]:
        """datapackage.json."""
        package = package_of(self.tables, reference_resources(self.versions, self.tables))
        scores = scores_resource(self.tables)
        package["resources"] += [scores] if scores else []
        _versions(package, self.tables, self.versions)
        if self.deidentified:
            for number, table in enumerate(self.tables):
                resource = package["resources"][number]
                package["resources"][number] = Names(table.ready.form).taken_out(resource, None)
        package["resources"] += [self._child_resource(child) for child in self.children]
        files = None if self.deidentified else files_resource(self.tables)
        package["resources"] += [files] if files else []
        return package

    @cached_property
    def children(self) -> tuple[Child, ...]:
        """The tables of items; a de-identified export has none of which nothing would be left."""
        found = children_of(self.tables)
        if not self.deidentified:
            return found
        return tuple(
            child for child in found if child.group.resource not in Names(child.table.ready.form).groups
        )

    def _child_resource(self, child: Child) -> dict[str, Any]:
        names = Names(child.table.ready.form)
        resource = child.resource()
        return names.taken_out(resource, child.group.resource) if self.deidentified else resource

    @property
    def readme(self) -> str:
        """The data dictionary."""
        return dictionary(self.package, self.tables, self.explanation)

    @property
    def explanation(self) -> tuple[str, ...]:
        """What a reader must know beside the columns."""
        if not self.deidentified:
            return (EMPTY_CELLS,)
        named = ", ".join(self.left_out_fields) or "no column, for the form marks none as identifying"
        return (EMPTY_CELLS, EXPLANATION.format(fields=named))

    @property
    def left_out_fields(self) -> tuple[str, ...]:
        """The fields that a de-identified export leaves out, as `table.field`."""
        if not self.deidentified:
            return ()
        found = [
            f"{group or table.name}.{name}"
            for table in self.tables
            for group, name in Names(table.ready.form).fields
        ]
        return tuple(dict.fromkeys(found))

    def fields_of(self, table: Table, group: str | None = None) -> tuple[str, ...]:
        """The form's fields that leave, of the submission table or of a group, in the schema's order."""
        form = table.ready.form
        fields = form.fields if group is None else form.groups[group].fields
        hidden = Names(form).fields if self.deidentified else ()
        return tuple(name for name in fields if (group, name) not in hidden)

    def judged(self, table: Table) -> Iterator[Opened]:
        """The submissions of a table, judged into the report as they pass."""
        judge, fields = TableJudge(table.ready), table.ready.form.fields
        told: dict[str, Any] = {"rows": 0, "problems": []}
        self.report.tables[table.name] = told
        for submission in self._opened(table):
            (row,) = submission.rows[table.ready.form.resource]
            told["rows"] += 1
            problems = judge.judge(
                {name: row.get(name) for name in fields}, told["rows"], items=submission.rows
            )
            told["problems"] += [_problem(submission, problem) for problem in problems if _stays(problem)]
            del told["problems"][MOST_PROBLEMS:]
            if self.deidentified:
                self.small.count(table, submission)
            yield submission

    def sheets(self) -> Iterator[Sheet]:
        """Every table in the package's order; take the rows of one before you ask for the next."""
        for resource in self.package["resources"]:
            yield Sheet(resource, self._rows_of(resource))

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Path and content of every file, one at a time; one that is lost is said, and no cell leads to it."""
        for table in () if self.deidentified else self.tables:
            for submission in self._opened(table) if table.files else ():
                for name, kept in submission.files.items():
                    content = self.content(submission, name)
                    if content is not None and kept.is_of(content):
                        yield submission.path(kept.cell), content
                    else:
                        self.lost.add(submission.path(kept.cell))
                        reason = f'its file "{name}" is damaged or gone'
                        self.left_out.append({"reference": submission.reference, "reason": reason})

    def _rows_of(self, resource: dict[str, Any]) -> Iterator[list[str]]:
        for table in self.tables:
            if table.name == resource["name"]:
                return self._rows(table, resource)
        for child in self.children:
            if child.name == resource["name"]:
                return self._items(child, resource)
        if resource["name"] == FILES:
            return self._listed_files()
        if resource["name"] == SCORES:
            return (row for table in self.tables for row in _scores(table, self._opened(table)))
        columns = [raw["name"] for raw in resource["schema"]["fields"]]
        found = reference_rows(self.versions, resource)
        return ([row.get(column, "") for column in columns] for row in found)

    def _listed_files(self) -> Iterator[list[str]]:
        for table in self.tables:
            for submission in self._opened(table) if table.files else ():
                for name, kept in submission.files.items():
                    path = submission.path(kept.cell)
                    if path not in self.lost:
                        known = [name, kept.name, kept.media_type, str(kept.size), kept.sha256]
                        yield [path, str(submission.id), *known]

    def _file_cell(self, submission: Opened, cell: str) -> str:
        path = submission.path(cell) if cell else ""
        return "" if path in self.lost else path

    def _rows(self, table: Table, resource: dict[str, Any]) -> Iterator[list[str]]:
        fields = table.ready.form.fields
        places = _places(table.columns, resource)
        for submission in self.judged(table):
            (row,) = submission.rows[table.ready.form.resource]
            own = [
                submission.id,
                submission.reference,
                submission.submitted_at,
                submission.language,
                submission.version,
            ]
            answers = {name: _cell(row.get(name), field.blank) for name, field in fields.items()}
            answers |= {name: self._file_cell(submission, answers[name]) for name in table.files}
            cells = [*map(str, own), *answers.values()]
            yield [cells[place] for place in places]

    def _items(self, child: Child, resource: dict[str, Any]) -> Iterator[list[str]]:
        judge, places = TableJudge(child.table.ready), _places(child.columns, resource)
        told: dict[str, Any] = {"rows": 0, "problems": []}
        self.report.items[child.name] = told
        for submission in self._opened(child.table):
            for found in judge.judge_items(submission.rows):
                if found.group == child.group.resource:
                    told["problems"].append({**_problem(submission, found.problem), "item": found.item})
            del told["problems"][MOST_PROBLEMS:]
            for cells in child.rows(submission.id, submission.rows):
                told["rows"] += 1
                yield [cells[place] for place in places]

    def _opened(self, table: Table) -> Iterable[Opened]:
        stream = self.opened(frozenset(table.descriptors))
        if not self.deidentified:
            return stream
        before = self.tables[: self.tables.index(table)]
        first = sum(self.counts.get(digest, 0) for earlier in before for digest in earlier.descriptors) + 1
        return without_names(stream, first)


def write_zip(out: IO[bytes], export: Export) -> None:
    """Write the data package to `out`."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        package = json.dumps(export.package, ensure_ascii=False, indent=2) + "\n"
        archive.writestr(entry("datapackage.json"), package)
        for path, content in export.files():
            archive.writestr(entry(path, zipfile.ZIP_STORED), content)
        for sheet in export.sheets():
            with archive.open(entry(sheet.resource["path"]), "w", force_zip64=True) as file:
                write_rows(file, sheet)
        archive.writestr(entry("README.md"), export.readme)
        archive.writestr(entry("report.json"), export.report.text(references=not export.deidentified))


def write_csv(out: IO[bytes], export: Export) -> None:
    """Write the submission table alone to `out`. Raises SeveralTables."""
    if len(export.tables) > 1:
        latest = [
            export.versions[table.descriptors[-1]].package.get("version", "") for table in export.tables
        ]
        named = ", ".join(map(str, latest))
        raise SeveralTables(f"versions {named} do not fit one table: choose with --version, or take the zip")
    write_rows(out, next(export.sheets()))


def write_rows(file: IO[bytes], sheet: Sheet) -> None:
    """Write a table to `file` as a CSV (UTF-8, RFC 4180)."""
    text = io.TextIOWrapper(file, encoding="utf-8", newline="")
    writer = csv.writer(text)
    writer.writerow(sheet.columns)
    writer.writerows(sheet.rows)
    text.flush()
    text.detach()


def entry(name: str, compression: int = zipfile.ZIP_DEFLATED) -> zipfile.ZipInfo:
    """A file of a zip, without the time it was made."""
    info = zipfile.ZipInfo(name, _EPOCH)
    info.compress_type = compression
    info.external_attr = 0o600 << 16
    return info


def _versions(package: dict[str, Any], tables: Iterable[Table], versions: Mapping[str, Descriptor]) -> None:
    """Each table names every version of the form that its rows came under."""
    for resource, table in zip(package["resources"], tables, strict=False):
        named = (str(versions[digest].package.get("version", "")) for digest in table.descriptors)
        resource["versions"] = list(dict.fromkeys(named))


def _scores(table: Table, opened: Iterable[Opened]) -> Iterator[list[str]]:
    ready = table.ready
    for submission in opened:
        (row,) = submission.rows[ready.form.resource]
        values = ready.values(ready.judge.row(row), ready.items(submission.rows))
        for score in scored(ready.judge, values, ready.conditions.shown(values)):
            value = "" if score.value is None else f"{score.value:f}"
            yield [str(submission.id), score.name, value, score.band, str(score.answered)]


def _places(columns: list[str], resource: Mapping[str, Any]) -> list[int]:
    """Where the columns that leave stand among all columns."""
    names = {raw["name"] for raw in resource["schema"]["fields"]}
    return [place for place, name in enumerate(columns) if name in names]


def _stays(problem: Problem) -> bool:
    """What families' answers cannot be refused for (`unique`, keys) is no fault of a row."""
    return problem.constraint not in ("unique", "primaryKey")


def _cell(cell: str | None, blank: str) -> str:
    return blank if cell is None else cell


def _problem(submission: Opened, problem: Problem) -> dict[str, Any]:
    named = {"reference": submission.reference} if submission.reference else {"submission_id": submission.id}
    return {**named, "field": problem.field, "constraint": problem.constraint}
