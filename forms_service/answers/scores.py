"""Scores worked out from answers, exactly (decimal arithmetic, halves away from zero)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from forms_service.answers.conditions import Values
from forms_service.definition import Field, Form, Score

UNROUNDED = 6  # digits kept of a figure whose author says nothing of rounding


@dataclass(frozen=True)
class Scored:
    """A score of one submission; no value and no band when too much is missing."""

    name: str
    value: Decimal | None
    band: str
    answered: int


def scored(form: Form, values: Values, shown: frozenset[str]) -> tuple[Scored, ...]:
    """Every score of a form, from the typed values of the fields that apply."""
    return tuple(_one(score, form, values, shown) for score in form.scores)


def _one(score: Score, form: Form, values: Values, shown: frozenset[str]) -> Scored:
    points = [
        _points(form.fields[name], values[name], name in score.reverse)
        for name in score.fields
        if name in shown and values.get(name) is not None
    ]
    missing = len(score.fields) - len(points)
    if missing > score.at_most_missing or not points or any(name not in shown for name in score.fields):
        return Scored(score.name, None, "", len(points))
    value = _rounded(_figure(score, points), score.digits)
    return Scored(score.name, value, _band(score, value), len(points))


def _figure(score: Score, points: list[Decimal]) -> Decimal:
    count = len(score.fields)
    total = sum(points, Decimal(0))
    if score.missing_as == "prorate":
        total = total * count / len(points)
    return total if score.method == "sum" else total / count


def _points(field: Field, value: Any, reverse: bool) -> Decimal:
    number = Decimal(str(value))
    if not reverse:
        return number
    enum = [Decimal(str(item)) for item in field.constraints.get("enum") or []]
    low = min(enum) if enum else Decimal(str(field.constraints["minimum"]))
    high = max(enum) if enum else Decimal(str(field.constraints["maximum"]))
    return low + high - number


def _rounded(value: Decimal, digits: int | None) -> Decimal:
    rounded = value.quantize(Decimal(1).scaleb(-(UNROUNDED if digits is None else digits)), ROUND_HALF_UP)
    return rounded.normalize() if digits is None else rounded


def _band(score: Score, value: Decimal) -> str:
    for band in score.bands:
        if (band.start is None or value >= band.start) and (band.end is None or value <= band.end):
            return band.label
    return ""
