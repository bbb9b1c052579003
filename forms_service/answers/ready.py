"""A form made ready to take answers: its words, its judges and its conditions, built once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from forms_service.answers.conditions import Conditions, Judges, Scope, Test, Values
from forms_service.answers.judge import Judge, Reading, judges_of
from forms_service.definition import Alert, Condition, Descriptor, Exit, Form, Rule, build

Readings = Mapping[str, Reading]
ItemReadings = Mapping[str, Mapping[int, Readings]]  # by group and number


@dataclass(frozen=True)
class ReadyForm:
    """A form in one language with all that judging it needs."""

    form: Form
    judges: Judges
    conditions: Conditions

    @property
    def judge(self) -> Judge:
        """The judge of the submission table."""
        return self.judges[None]

    def values(self, readings: Readings, items: ItemReadings | None = None) -> Values:
        """The typed values of accepted answers; a refused or missing cell is no answer."""
        groups = {
            group: [dict(_accepted(one)) for one in listed.values()]
            for group, listed in (items or {}).items()
        }
        return Values(_accepted(readings), groups)

    def items(self, rows: Mapping[str, Sequence[Mapping[str, str | None]]]) -> ItemReadings:
        """The items of every group judged, numbered from 1, from a submission's rows by resource."""
        return {
            group: {number: self.judges[group].row(row) for number, row in enumerate(rows.get(group, ()), 1)}
            for group in self.form.groups
        }

    def alerts(self, values: Values, shown: frozenset[str] | None = None) -> tuple[Alert, ...]:
        """The alerts that these answers raise, in the author's order; `shown` is worked out when not given."""
        scope = self.conditions.over(values, shown)
        return tuple(alert for alert in self.form.alerts if self._holds(alert.when, scope))

    def broken_rules(self, values: Values, shown: frozenset[str] | None = None) -> tuple[Rule, ...]:
        """The rules across fields that these answers break, warnings too; a hidden field has none."""
        shown = self.conditions.shown(values) if shown is None else shown
        scope = self.conditions.over(values, shown)
        return tuple(
            rule for rule in self.form.rules if rule.field in shown and self._holds(rule.when, scope)
        )

    def exit(self, values: Values, shown: frozenset[str] | None = None) -> Exit | None:
        """The kind end that these answers lead to, or None."""
        scope = self.conditions.over(values, shown)
        return next((leave for leave in self.form.exits if self._holds(leave.when, scope)), None)

    def reading(self, values: Values) -> tuple[str, ...]:
        """The guides to offer after sending."""
        scope = self.conditions.over(values)
        return tuple(
            item.guide for item in self.form.reading if item.when is None or self._holds(item.when, scope)
        )

    def _holds(self, condition: Condition, scope: Scope) -> bool:
        return self._tests[id(condition)](scope)

    @cached_property
    def _tests(self) -> dict[int, Test]:
        """Each condition of the form compiled, by identity: the form keeps them alive."""
        return {
            id(condition): self.conditions.compile(condition) for condition in self.form.outcome_conditions
        }


def prepare(descriptor: Descriptor, language: str | None = None) -> ReadyForm:
    """The form of `descriptor`, ready. Raises DefinitionError, FrictionlessException or ValueError when it is faulty."""
    form = build(descriptor, language)
    judges = judges_of(form)
    return ReadyForm(form, judges, Conditions(judges))


def _accepted(readings: Readings) -> Iterator[tuple[str, Any]]:
    return ((name, reading.value) for name, reading in readings.items() if reading.value is not None)
