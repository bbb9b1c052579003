"""Judging a table: what the cell judge says of each row, and what only a whole table shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from forms_service.answers import Problem, Reading, ReadyForm
from forms_service.answers.conditions import Values
from forms_service.answers.items import miscounted, says_nothing
from forms_service.answers.strict import normalise
from forms_service.definition import Field, Form
from forms_service.definition.groups import names_of
from forms_service.packages.keys import KeyJudge

Cells = Sequence[str]
Rows = Mapping[str, Sequence[Mapping[str, str | None]]]  # of one submission, by resource
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


@dataclass(frozen=True)
class ItemProblem:
    """What is wrong with an item of a group, numbered from 1; 0 is the number of items itself."""

    group: str
    item: int
    problem: Problem


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

    def judge(
        self, cells: Mapping[str, str | None], number: int, spare: Cells = (), items: Rows | None = None
    ) -> tuple[Problem, ...]:
        """The problems of one row given by name; `spare` are its cells in columns without a field.

        `items` are the rows of its groups by resource; without them there are no items.
        """
        readings = self.ready.judge.row(cells)
        grouped = self.ready.items(items or {})
        blank = all(reading.is_blank for reading in readings.values())
        if blank and not any(spare) and not any(grouped.values()):
            return (Problem("", "blank-row"),)
        values = self.ready.values(readings, grouped)
        shown = self.ready.conditions.shown(values) if self.rules else frozenset(readings)
        return (*self._cells(readings, values, shown), *self._keys.problems(cells, number))

    def judge_items(self, rows: Rows) -> Iterator[ItemProblem]:
        """The problems of a submission's items, and of their number; `rows` are all of its rows by resource."""
        form = self.ready.form
        (row,) = rows[form.resource]
        grouped = self.ready.items(rows)
        values = self.ready.values(self.ready.judge.row(row), grouped)
        applies = self.ready.conditions.shown_in_items(values)
        for page in form.pages:
            if page.repeat not in applies:
                away = grouped.get(page.repeat, {})
                yield from (ItemProblem(page.repeat, number, Problem("", "hidden")) for number in away)
                continue
            counted = miscounted(page, len(grouped[page.repeat]))
            if counted:
                yield ItemProblem(page.repeat, 0, counted)
            for (number, readings), shown in zip(
                grouped[page.repeat].items(), applies[page.repeat], strict=True
            ):
                if says_nothing(readings, shown):
                    yield ItemProblem(page.repeat, number, Problem("", "blank-row"))
                for problem in _cell_problems(form.groups[page.repeat].fields, readings, shown):
                    yield ItemProblem(page.repeat, number, problem)

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

    def _cells(
        self, readings: Mapping[str, Reading], values: Values, shown: frozenset[str]
    ) -> Iterator[Problem]:
        yield from _cell_problems(self.ready.form.fields, readings, shown)
        if self.rules:
            for rule in self.ready.broken_rules(values, shown):
                if rule.level == "error":
                    yield Problem(rule.field, "rule", rule.message)


def _cell_problems(
    fields: Mapping[str, Field], readings: Mapping[str, Reading], shown: frozenset[str]
) -> Iterator[Problem]:
    """What is wrong with the cells of one row, and with those that must be empty."""
    for name, reading in readings.items():
        if name in shown:
            yield from reading.problems
            if fields[name].required and reading.value is None and not reading.problems:
                yield Problem(name, "required")
        elif not reading.is_blank:
            yield Problem(name, "hidden")


def columns_of(header: Cells | None, form: Form) -> Columns | None:
    """The field of each column as the schema's `fieldsMatch` allows; None when the header does not match."""
    fields = form.fields
    if header is None:
        return list(fields)
    schema = form.package["resources"][0]["schema"]
    unasked = {raw["name"] for raw in schema["fields"]} - set(fields)
    labels = [label.strip() for label in header]
    match = schema.get("fieldsMatch", "exact")
    if match == "exact":
        asked = [label if label in fields else None for label in labels]
        return asked if [label for label in labels if label not in unasked] == list(fields) else None
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
