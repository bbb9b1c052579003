"""Judging a table: what the cell judge says of each row, and what only a whole table shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from forms_service.answers import Problem, Reading, ReadyForm
from forms_service.answers.strict import normalise

Cells = Sequence[str]


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
    _seen: dict[str, dict[Any, int]] = field(default_factory=dict)

    def rows(self, header: Cells | None, rows: Iterable[Cells]) -> Iterator[Verdict]:
        """A verdict for each row; a header that does not match gives one verdict, of row 0."""
        names = list(self.ready.form.fields)
        if header is not None and list(header) != names:
            yield Verdict(0, (Problem("", "header", ", ".join(names)),))
            return
        for number, cells in enumerate(rows, 1):
            yield Verdict(number, tuple(self._row(names, cells, number)))

    def judge(self, cells: Mapping[str, str | None], number: int) -> tuple[Problem, ...]:
        """The problems of one row given by name."""
        readings = self.ready.judge.row(cells)
        if all(reading.value is None and not _unread(reading) for reading in readings.values()):
            return (Problem("", "blank-row"),)
        shown = (
            self.ready.conditions.shown(self.ready.values(readings)) if self.rules else frozenset(readings)
        )
        return (*self._cells(readings, shown), *self._keys(readings, number))

    def _row(self, names: list[str], cells: Cells, number: int) -> Iterator[Problem]:
        fields = self.ready.form.fields
        texts = {name: normalise(cell, fields[name]) for name, cell in zip(names, cells, strict=False)}
        found = self.judge({name: texts.get(name) for name in names}, number)
        yield from found
        if any(problem.constraint == "blank-row" for problem in found):
            return
        yield from (Problem(name, "missing-cell") for name in names[len(cells) :])
        yield from (Problem("", "extra-cell") for _ in cells[len(names) :])

    def _cells(self, readings: Mapping[str, Reading], shown: frozenset[str]) -> Iterator[Problem]:
        for name, reading in readings.items():
            if name in shown:
                yield from reading.problems
                if self.ready.form.fields[name].required and reading.value is None and not reading.problems:
                    yield Problem(name, "required")
            elif reading.value is not None or _unread(reading):
                yield Problem(name, "hidden")
        if self.rules:
            for rule in self.ready.broken_rules(self.ready.values(readings)):
                if rule.level == "error":
                    yield Problem(rule.field, "rule", rule.message)

    def _keys(self, readings: Mapping[str, Reading], number: int) -> Iterator[Problem]:
        schema = self.ready.form.package["resources"][0]["schema"]
        for name, field_ in self.ready.form.fields.items():
            if field_.constraints.get("unique") is True and readings[name].value is not None:
                yield from self._once(name, name, readings[name].value, "unique", number)
        key = schema.get("primaryKey")
        names = [key] if isinstance(key, str) else [str(name) for name in key or []]
        if names and all(name in readings for name in names):
            values = tuple(readings[name].value for name in names)
            if all(value is None for value in values):
                yield Problem(names[0], "primaryKey")
            else:
                yield from self._once("", names[0], values, "primaryKey", number)

    def _once(self, kind: str, name: str, value: Any, constraint: str, number: int) -> Iterator[Problem]:
        seen = self._seen.setdefault(kind, {})
        key = value if isinstance(value, str | int | tuple) else repr(value)
        if key in seen:
            yield Problem(name, constraint, seen[key])
        else:
            seen[key] = number


def _unread(reading: Reading) -> bool:
    """Whether there was a cell that no value could be read from."""
    return any(problem.constraint != "required" for problem in reading.problems)
