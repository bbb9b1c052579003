"""A form made ready to take answers: its words, its judge and its conditions, built once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from forms_service.answers.conditions import Conditions, Values
from forms_service.answers.judge import Judge, Reading
from forms_service.definition import Alert, Descriptor, Form, build


@dataclass(frozen=True)
class ReadyForm:
    """A form in one language with all that judging it needs."""

    form: Form
    judge: Judge
    conditions: Conditions

    def values(self, readings: Mapping[str, Reading]) -> Values:
        """The typed values of accepted answers; a refused or missing cell is no answer."""
        return {name: reading.value for name, reading in readings.items() if reading.value is not None}

    def alerts(self, values: Values) -> tuple[Alert, ...]:
        """The alerts that these answers raise, in the author's order."""
        tests = ((alert, self.conditions.compile(alert.when)) for alert in self.form.alerts)
        return tuple(
            alert for alert, test in tests if test is not None and self.conditions.holds(test, values)
        )


def prepare(descriptor: Descriptor, language: str | None = None) -> ReadyForm:
    """The form of `descriptor`, ready. Raises DefinitionError, FrictionlessException or ValueError when it is faulty."""
    form = build(descriptor, language)
    judge = Judge(form)
    return ReadyForm(form, judge, Conditions(judge))
