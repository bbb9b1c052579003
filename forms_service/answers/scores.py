"""Scores worked out from answers, exactly (decimal arithmetic, halves away from zero)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from forms_service.answers.conditions import Values
from forms_service.answers.judge import Judge
from forms_service.definition import Score

UNROUNDED = 6  # digits kept of a figure whose author says nothing of rounding


@dataclass(frozen=True)
class Scored:
    """A score of one submission; no value and no band when too much is missing."""

    name: str
    value: Decimal | None
    band: str
    answered: int


def scored(judge: Judge, values: Values, shown: frozenset[str]) -> tuple[Scored, ...]:
    """Every score of the judge's form, from the typed values of the fields that apply."""
    return tuple(_one(score, judge, values, shown) for score in judge.form.scores)


def _one(score: Score, judge: Judge, values: Values, shown: frozenset[str]) -> Scored:
    points = [
        _reversed(judge, name, values[name]) if name in score.reverse else Decimal(str(values[name]))
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


def _reversed(judge: Judge, name: str, value: Any) -> Decimal:
    """The points of an answer counted from the other end; the ends are read as the field reads them (`0,5`)."""
    constraints = judge.fields[name].constraints
    ends = constraints.get("enum") or (constraints["minimum"], constraints["maximum"])
    points = [Decimal(str(judge.value_of(name, end))) for end in ends]
    return min(points) + max(points) - Decimal(str(value))


def _rounded(value: Decimal, digits: int | None) -> Decimal:
    rounded = value.quantize(Decimal(1).scaleb(-(UNROUNDED if digits is None else digits)), ROUND_HALF_UP)
    return rounded.normalize() if digits is None else rounded


def _band(score: Score, value: Decimal) -> str:
    for band in score.bands:
        if (band.start is None or value >= band.start) and (band.end is None or value <= band.end):
            return band.label
    return ""
