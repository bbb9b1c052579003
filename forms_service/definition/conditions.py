"""Conditions as data: the grammar of FHIR R5 `enableWhen`, parsed from a descriptor."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

Operator = Literal["exists", "=", "!=", ">", "<", ">=", "<="]
OPERATORS: tuple[Operator, ...] = ("exists", "=", "!=", ">", "<", ">=", "<=")
ORDER_OPERATORS = frozenset({">", "<", ">=", "<="})


@dataclass(frozen=True)
class Compare:
    """One answer compared; `answer` is as the author wrote it and read by the field itself later."""

    field: str
    operator: Operator
    answer: Any


@dataclass(frozen=True)
class All:
    """Holds when every part does."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Any_:  # noqa: N801 - `Any` is typing's
    """Holds when one part does."""

    parts: tuple[Condition, ...]


Condition = Compare | All | Any_


def parse(node: Any) -> Condition:
    """A condition from its JSON. Raises ValueError that says which part is wrong."""
    if not isinstance(node, dict):
        raise ValueError("a condition is an object")
    for key, kind in (("all", All), ("any", Any_)):
        if key in node:
            if not isinstance(node[key], list) or not node[key]:
                raise ValueError(f'"{key}" is a list of conditions')
            return kind(tuple(parse(part) for part in node[key]))
    if not isinstance(node.get("field"), str):
        raise ValueError('a condition names a "field"')
    operator = node.get("operator", "=")
    if operator not in OPERATORS:
        raise ValueError(f'"{operator}" is not an operator; they are {" ".join(OPERATORS)}')
    if operator == "exists" and not isinstance(node.get("answer", True), bool):
        raise ValueError('"exists" takes true or false')
    if operator != "exists" and "answer" not in node:
        raise ValueError('a comparison needs an "answer"')
    return Compare(node["field"], operator, node.get("answer", True))


def comparisons_of(condition: Condition | None) -> Iterator[Compare]:
    """Every comparison inside a condition."""
    if isinstance(condition, Compare):
        yield condition
    elif condition is not None:
        for part in condition.parts:
            yield from comparisons_of(part)


def sources_of(condition: Condition | None) -> frozenset[str]:
    """The names of the fields a condition looks at."""
    return frozenset(compare.field for compare in comparisons_of(condition))
