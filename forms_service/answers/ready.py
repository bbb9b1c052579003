"""A form made ready to take answers: its words, its judge and its conditions, built once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from forms_service.answers.conditions import Conditions, Test, Values
from forms_service.answers.judge import Judge, Reading
from forms_service.definition import Alert, Condition, Descriptor, Exit, Form, Rule, build


@dataclass(frozen=True)
class ReadyForm:
    """A form in one language with all that judging it needs."""

    form: Form
    judge: Judge
    conditions: Conditions

    def values(self, readings: Mapping[str, Reading]) -> Values:
        """The typed values of accepted answers; a refused or missing cell is no answer."""
        return {name: reading.value for name, reading in readings.items() if reading.value is not None}

    def alerts(self, values: Values, shown: frozenset[str] | None = None) -> tuple[Alert, ...]:
        """The alerts that these answers raise, in the author's order; `shown` is worked out when not given."""
        look = self._look(values, shown)
        return tuple(alert for alert in self.form.alerts if self._holds(alert.when, look))

    def broken_rules(self, values: Values, shown: frozenset[str] | None = None) -> tuple[Rule, ...]:
        """The rules across fields that these answers break, warnings too; a hidden field has none."""
        shown = self.conditions.shown(values) if shown is None else shown
        look = self._look(values, shown)
        return tuple(rule for rule in self.form.rules if rule.field in shown and self._holds(rule.when, look))

    def exit(self, values: Values, shown: frozenset[str] | None = None) -> Exit | None:
        """The kind end that these answers lead to, or None."""
        look = self._look(values, shown)
        return next((leave for leave in self.form.exits if self._holds(leave.when, look)), None)

    def reading(self, values: Values) -> tuple[str, ...]:
        """The guides to offer after sending."""
        look = self._look(values, None)
        return tuple(
            item.guide for item in self.form.reading if item.when is None or self._holds(item.when, look)
        )

    def _look(self, values: Values, shown: frozenset[str] | None) -> Callable[[str], Any]:
        """What a condition is asked about: the answers that apply."""
        applies = self.conditions.shown(values) if shown is None else shown
        return lambda name: values.get(name) if name in applies else None

    def _holds(self, condition: Condition, look: Callable[[str], Any]) -> bool:
        return self._tests[id(condition)](look)

    @cached_property
    def _tests(self) -> dict[int, Test]:
        """Each condition of the form compiled, by identity: the form keeps them alive."""
        return {
            id(condition): self.conditions.compile(condition) for condition in self.form.outcome_conditions
        }


def prepare(descriptor: Descriptor, language: str | None = None) -> ReadyForm:
    """The form of `descriptor`, ready. Raises DefinitionError, FrictionlessException or ValueError when it is faulty."""
    form = build(descriptor, language)
    judge = Judge(form)
    return ReadyForm(form, judge, Conditions(judge))
