"""Conditions as data: the grammar of FHIR R5 `enableWhen` and of groups, parsed from a descriptor."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
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
class Count:
    """The number of a group's items compared."""

    group: str
    operator: Operator
    answer: int


@dataclass(frozen=True)
class Items:
    """Holds when `when` does in one item of a group, or in `every` item; never without items."""

    group: str
    when: Condition
    every: bool


@dataclass(frozen=True)
class All:
    """Holds when every part does."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Any_:  # noqa: N801 - `Any` is typing's
    """Holds when one part does."""

    parts: tuple[Condition, ...]


Condition = Compare | Count | Items | All | Any_
Source = tuple[str | None, str]  # the group that asks a field (None: the submission table), and the field


class Unnamed(ValueError):
    """A name that leads to no answer here; `code` is its finding's."""

    def __init__(self, code: str, cause: str) -> None:
        super().__init__(cause)
        self.code = code


@dataclass(frozen=True)
class Names:
    """The names that the conditions of a form may use: of the submission table, its fields, and its groups' fields."""

    submission: str
    fields: Collection[str]
    groups: Mapping[str, Collection[str]]

    def find(self, name: str, group: str | None) -> Source:
        """What `name` means in an item of `group` (None: in the submission). Raises Unnamed."""
        found: list[Source] = [(group, name)] if group is not None and name in self.groups[group] else []
        found += [(None, name)] if name in self.fields else []
        found += self._dotted(name)
        if len(found) > 1:
            cause = f'the condition names "{name}", which is asked in several places'
            raise Unnamed(
                "condition-ambiguous", f"{cause}: write which, such as {_told(self.submission, found)}"
            )
        if not found:
            found += [(other, name) for other, fields in self.groups.items() if name in fields][:1]
            if not found:
                raise Unnamed("condition-field", f'the condition names "{name}", which is no field')
        (source,) = found
        if source[0] not in (None, group):
            cause = f'the condition names "{name}", which each item of "{source[0]}" answers'
            raise Unnamed("condition-group", f"{cause}: look at them through count, anyItem or allItems")
        return source

    def _dotted(self, name: str) -> Iterator[Source]:
        """`resource.field`; both may hold dots."""
        for place, character in enumerate(name):
            table, field = name[:place], name[place + 1 :]
            if character == "." and table == self.submission and field in self.fields:
                yield None, field
            elif character == "." and field in self.groups.get(table, ()):
                yield table, field


def _told(submission: str, found: list[Source]) -> str:
    group, name = found[0]
    return f'"{group or submission}.{name}"'


def parse(node: Any) -> Condition:
    """A condition from its JSON. Raises ValueError that says which part is wrong."""
    if not isinstance(node, dict):
        raise ValueError("a condition is an object")
    for key, kind in (("all", All), ("any", Any_)):
        if key in node:
            if not isinstance(node[key], list) or not node[key]:
                raise ValueError(f'"{key}" is a list of conditions')
            return kind(tuple(parse(part) for part in node[key]))
    for key in ("anyItem", "allItems"):
        if key in node:
            if not isinstance(node[key], str) or "when" not in node:
                raise ValueError(f'"{key}" names a group, and "when" is the condition of its items')
            return Items(node[key], parse(node["when"]), every=key == "allItems")
    return _count(node) if "count" in node else _compare(node)


def _compare(node: dict[str, Any]) -> Compare:
    if not isinstance(node.get("field"), str):
        raise ValueError('a condition names a "field"')
    operator = _operator(node)
    if operator == "exists" and not isinstance(node.get("answer", True), bool):
        raise ValueError('"exists" takes true or false')
    if operator != "exists" and "answer" not in node:
        raise ValueError('a comparison needs an "answer"')
    return Compare(node["field"], operator, node.get("answer", True))


def _count(node: dict[str, Any]) -> Count:
    operator, answer = _operator(node), node.get("answer")
    if not isinstance(node["count"], str):
        raise ValueError('"count" names a group')
    if operator == "exists" or not isinstance(answer, int) or isinstance(answer, bool):
        raise ValueError('"count" is compared with a whole number')
    return Count(node["count"], operator, answer)


def _operator(node: dict[str, Any]) -> Operator:
    operator: Operator = node.get("operator", "=")
    if operator not in OPERATORS:
        raise ValueError(f'"{operator}" is not an operator; they are {" ".join(OPERATORS)}')
    return operator


def source_of(leaf: Compare | Count | Items, inside: str | None, names: Names) -> Source:
    """What a leaf looks at; of a group as a whole, the field is empty. Raises Unnamed."""
    return names.find(leaf.field, inside) if isinstance(leaf, Compare) else (leaf.group, "")


def leaves_of(
    condition: Condition, group: str | None
) -> Iterator[tuple[Compare | Count | Items, str | None]]:
    """Every comparison, count and look at items in a condition, with the group in whose item it stands."""
    if isinstance(condition, All | Any_):
        for part in condition.parts:
            yield from leaves_of(part, group)
        return
    yield condition, group
    if isinstance(condition, Items):
        yield from leaves_of(condition.when, condition.group)
