"""Judging a table: what the cell judge says of each row, and what only a whole table shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from forms_service.answers import Problem, Reading, ReadyForm
from forms_service.answers.strict import normalise
from forms_service.definition import Form
from forms_service.definition.groups import names_of
from forms_service.packages.keys import KeyJudge

Cells = Sequence[str]
Columns = Sequence[str | None]  # the field of each column; None: a column that the schema does not know


@dataclass(frozen=True)
class Verdict:
    """One row judged; `row` counts data rows from 1, and 0 is the header."""

    row: int
    problems: tuple[Problem, ...]

    @property
    def accepted(self) -> bool:
        """Whether nothing is wrong with it."""
        return not self.problems


@dataclass
class TableJudge:
    """Judges the rows of one table in order; `unique` and keys look back at the rows before."""

    ready: ReadyForm
    rules: bool = True
    _keys: KeyJudge = field(init=False)

    def __post_init__(self) -> None:
        self._keys = KeyJudge(self.ready.judge)

    def rows(self, header: Cells | None, rows: Iterable[Cells]) -> Iterator[Verdict]:
        """A verdict for each row; a header that does not match gives one verdict, of row 0."""
        form = self.ready.form
        columns = columns_of(header, form)
        if columns is None:
            yield Verdict(0, (Problem("", "header", ", ".join(form.fields)),))
            return
        if self._keys.looks_ahead:
            rows = list(rows)
            for cells in rows:
                self._keys.learn(self._named(columns, cells))
        for number, cells in enumerate(rows, 1):
            yield Verdict(number, tuple(self._row(columns, cells, number)))

    def judge(self, cells: Mapping[str, str | None], number: int, spare: Cells = ()) -> tuple[Problem, ...]:
        """The problems of one row given by name; `spare` are its cells in columns without a field."""
        readings = self.ready.judge.row(cells)
        blank = all(reading.is_blank for reading in readings.values())
        if blank and not any(spare):
            return (Problem("", "blank-row"),)
        shown = (
            self.ready.conditions.shown(self.ready.values(readings)) if self.rules else frozenset(readings)
        )
        return (*self._cells(readings, shown), *self._keys.problems(cells, number))

    def _row(self, columns: Columns, cells: Cells, number: int) -> Iterator[Problem]:
        spare = [cell for name, cell in zip(columns, cells, strict=False) if name is None]
        found = self.judge(self._named(columns, cells), number, spare)
        yield from found
        if any(problem.constraint == "blank-row" for problem in found):
            return
        yield from (Problem(name or "", "missing-cell") for name in columns[len(cells) :])
        yield from (Problem("", "extra-cell") for _ in cells[len(columns) :])

    def _named(self, columns: Columns, cells: Cells) -> dict[str, str | None]:
        """The normalised cells by name; None where the row ends before the column."""
        fields = self.ready.form.fields
        return {
            name: normalise(cell, fields[name]) if cell is not None else None
            for name, cell in zip_longest(columns, cells[: len(columns)])
            if name is not None
        }

    def _cells(self, readings: Mapping[str, Reading], shown: frozenset[str]) -> Iterator[Problem]:
        for name, reading in readings.items():
            if name in shown:
                yield from reading.problems
                if self.ready.form.fields[name].required and reading.value is None and not reading.problems:
                    yield Problem(name, "required")
            elif not reading.is_blank:
                yield Problem(name, "hidden")
        if self.rules:
            for rule in self.ready.broken_rules(self.ready.values(readings)):
                if rule.level == "error":
                    yield Problem(rule.field, "rule", rule.message)


def columns_of(header: Cells | None, form: Form) -> Columns | None:
    """The field of each column as the schema's `fieldsMatch` allows; None when the header does not match."""
    fields = form.fields
    if header is None:
        return list(fields)
    labels = [label.strip() for label in header]
    schema = form.package["resources"][0]["schema"]
    match = schema.get("fieldsMatch", "exact")
    if match == "exact":
        return labels if labels == list(fields) else None
    missing = [name for name in fields if name not in labels]
    if match in ("superset", "partial"):
        needed = names_of(schema.get("primaryKey"))
        missing = [
            name for name in missing if fields[name].constraints.get("required") is True or name in needed
        ]
    known = [label if label in fields else None for label in labels]
    spare_allowed = match in ("subset", "partial")
    if missing or len(set(labels)) < len(labels) or (None in known and not spare_allowed) or not any(known):
        return None
    return known
