"""Scores worked out from answers, exactly (decimal arithmetic, halves away from zero)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from forms_service.answers.conditions import Values
from forms_service.answers.judge import Judge
from forms_service.definition import Score
from forms_service.definition.model import UNROUNDED


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


def possible_range(score: Score, judge: Judge) -> tuple[Decimal, Decimal] | None:
    """The lowest and the highest figure a score can have; None where a field has no ends."""
    try:
        ends = {name: _ends(judge, name) for name in score.fields}
    except KeyError:
        return None
    skipped = [name for name in score.fields if not judge.fields[name].required]
    figures = []
    for missing in range(min(score.at_most_missing, len(skipped), len(ends) - 1) + 1):
        # What pulls a figure most is left out: the highest of the low ends, the lowest of the high ones.
        for end, order in ((0, -1), (1, 1)):
            left_out = sorted(skipped, key=lambda name: order * ends[name][end])[:missing]
            points = [ends[name][end] for name in ends if name not in left_out]
            figures.append(_rounded(_figure(score, points), score.digits))
    return min(figures), max(figures)


def _ends(judge: Judge, name: str) -> tuple[Decimal, Decimal]:
    """The ends of a field, read as the field reads them (`0,5` is a number to some). Raises KeyError."""
    constraints = judge.fields[name].constraints
    bounds = constraints.get("enum") or (constraints["minimum"], constraints["maximum"])
    points = [Decimal(str(judge.value_of(name, bound))) for bound in bounds]
    return min(points), max(points)


def _reversed(judge: Judge, name: str, value: Any) -> Decimal:
    """The points of an answer counted from the other end."""
    low, high = _ends(judge, name)
    return low + high - Decimal(str(value))


def _rounded(value: Decimal, digits: int | None) -> Decimal:
    rounded = value.quantize(Decimal(1).scaleb(-(UNROUNDED if digits is None else digits)), ROUND_HALF_UP)
    return rounded.normalize() if digits is None else rounded


def _band(score: Score, value: Decimal) -> str:
    for band in score.bands:
        if (band.start is None or value >= band.start) and (band.end is None or value <= band.end):
            return band.label
    return ""
