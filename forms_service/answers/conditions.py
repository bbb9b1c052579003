"""Which questions apply: conditions compiled once per form, evaluated over typed answers (design 5)."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from forms_service.answers.judge import Judge
from forms_service.definition import All, Any_, Compare, Condition, Count, Form, Items, Page, Source
from forms_service.definition.conditions import ORDER_OPERATORS, leaves_of, source_of
from forms_service.definition.fields import cell_text

ORDERED = frozenset({"integer", "number", "date", "time", "datetime", "year", "yearmonth", "duration"})
Judges = Mapping[str | None, Judge]  # by group; None: of the submission table
Test = Callable[["Scope | Item"], bool]
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
}


class Values(dict[str, Any]):
    """The typed values of a submission's accepted answers; `groups` has those of each group's items, in order."""

    def __init__(
        self,
        values: Iterable[tuple[str, Any]] = (),
        groups: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
    ) -> None:
        super().__init__(values)
        self.groups = groups or {}


class Conditions:
    """The conditions of one form, ready to be asked about a submission's values."""

    def __init__(self, judges: Judges) -> None:
        """Compile every condition. Raises ValueError when a field cannot read the answer it is compared with."""
        form = self._form = judges[None].form
        self._judges = judges
        self._page_tests = {page.name: self._compile_if(page.show_when) for page in form.pages}
        both = {
            name: (self._page_tests[page.name], self._compile_if(form.fields[name].show_when))
            for page in form.pages
            for name in page.fields
        }
        self._asked = {
            name: tuple(test for test in tests if test is not None) for name, tests in both.items()
        }
        self._repeats = {page.repeat: page.name for page in form.pages if page.repeat}
        self._item_tests = {
            name: {field.name: self._compile_if(field.show_when, name) for field in group.fields.values()}
            for name, group in form.groups.items()
        }

        self._looks_at = _graph(form)
        self._needs = {name: self._needed(name) for name in form.fields}

    def _needed(self, name: str) -> tuple[str, ...]:
        """The questions of the submission table that must be settled before one, through groups and items too."""
        found: dict[str, None] = {}
        seen: set[Source] = set()
        left = list(self._looks_at[None, name])
        while left:
            source = left.pop()
            if source[0] is None:
                found[source[1]] = None
            elif source not in seen:
                seen.add(source)
                left += self._looks_at[source]
        return tuple(found)

    def needs(self, name: str, group: str | None = None) -> Iterable[str]:
        """The questions of the same table, or of the same item, that must be settled before one."""
        if group is None:
            return self._needs[name]
        return [source[1] for source in self._looks_at[group, name] if source[0] == group and source[1]]

    def compile(self, condition: Condition) -> Test:
        """A test over the answers that apply. Raises ValueError as the constructor does."""
        return compiled(condition, self._judges)

    def _compile_if(self, condition: Condition | None, group: str | None = None) -> Test | None:
        return None if condition is None else compiled(condition, self._judges, group)

    def over(self, values: Values, shown: frozenset[str] | None = None) -> Scope:
        """What conditions see of these answers; `shown` is worked out when not given."""
        return Scope(self, values, shown)

    def shown(self, values: Values) -> frozenset[str]:
        """The fields of the submission table that apply; a hidden answer is ignored wherever it is looked at."""
        scope = self.over(values)
        return frozenset(name for name in self._form.fields if scope.applies(name))

    def shown_in_items(
        self, values: Values, shown: frozenset[str] | None = None
    ) -> dict[str, tuple[frozenset[str], ...]]:
        """The fields that apply in each item, by group; a hidden group is left out, and its items with it."""
        scope = self.over(values, shown)
        return {
            name: tuple(
                frozenset(field for field in group.fields if item.applies(field))
                for item in scope.items(name)
            )
            for name, group in self._form.groups.items()
            if scope.repeats(name)
        }

    def pages(self, values: Values, shown: frozenset[str]) -> tuple[Page, ...]:
        """The pages that still ask something, in order."""
        scope = self.over(values, shown)
        return tuple(
            page
            for page in self._form.pages
            if (scope.repeats(page.repeat) if page.repeat else not shown.isdisjoint(page.fields))
        )

    def item_test(self, name: str, group: str) -> Test | None:
        """When a question of a group applies within its item; None: always."""
        return self._item_tests[group][name]

    def tests_of(self, name: str) -> tuple[Test, ...]:
        """All that must hold for a question of the submission table to apply: its page's test and its own."""
        return self._asked[name]

    def page_test(self, group: str) -> Test | None:
        """When the page of a group is shown; None: always."""
        return self._page_tests[self._repeats[group]]


class Scope:
    """The answers of one submission as conditions see them; each question's own condition is asked once."""

    def __init__(self, conditions: Conditions, values: Values, shown: frozenset[str] | None) -> None:
        self._conditions = conditions
        self._values = values
        self._shown = shown
        self._state: dict[str, bool] = {}
        self._items: dict[str, tuple[Item, ...]] = {}

    def look(self, source: Source) -> Any:
        """The answer to a question of the submission table, None where it does not apply."""
        name = source[1]
        return self._values.get(name) if self.applies(name) else None

    def applies(self, name: str) -> bool:
        """Whether a question of the submission table applies."""
        if self._shown is not None:
            return name in self._shown
        if name not in self._state and self._conditions.tests_of(name):
            _settle(name, self._state, self._conditions.needs, self._decide)
        return self._state.setdefault(name, True)

    def _decide(self, name: str) -> bool:
        return all(test(self) for test in self._conditions.tests_of(name))

    def repeats(self, group: str) -> bool:
        """Whether a group's page is shown."""
        test = self._conditions.page_test(group)
        return test is None or test(self)

    def items(self, group: str) -> tuple[Item, ...]:
        """The items of a group; none while its page is hidden."""
        if group not in self._items:
            listed = self._values.groups.get(group, ()) if self.repeats(group) else ()
            self._items[group] = tuple(Item(self._conditions, self, group, values) for values in listed)
        return self._items[group]


class Item:
    """The answers of one item as conditions see them: its own, and through it the submission's."""

    def __init__(self, conditions: Conditions, whole: Scope, group: str, values: Mapping[str, Any]) -> None:
        self._conditions = conditions
        self._whole = whole
        self._group = group
        self._values = values
        self._state: dict[str, bool] = {}
        self.items = whole.items

    def look(self, source: Source) -> Any:
        """The answer to a question of this item or of the submission table, None where it does not apply."""
        group, name = source
        if group is None:
            return self._whole.look(source)
        return self._values.get(name) if self.applies(name) else None

    def applies(self, name: str) -> bool:
        """Whether a question of this item applies."""
        if name not in self._state:
            _settle(name, self._state, partial(self._conditions.needs, group=self._group), self._decide)
        return self._state[name]

    def _decide(self, name: str) -> bool:
        test = self._conditions.item_test(name, self._group)
        return test is None or test(self)


def _settle(
    name: str,
    state: dict[str, bool],
    needs: Callable[[str], Iterable[str]],
    decide: Callable[[str], bool],
) -> None:
    """Decide about a question after all that it looks at, without a call inside a call: chains may be long."""
    left = [name]
    while left:
        before = [other for other in needs(left[-1]) if other not in state]
        if before:
            left += before
            continue
        settled = left.pop()
        if settled not in state:
            state[settled] = decide(settled)


def _graph(form: Form) -> dict[Source, tuple[Source, ...]]:
    """What the condition of each question, of its page and of each group's page looks at; a group's field is empty."""
    pages = {name: page.show_when for page in form.pages for name in page.fields}
    repeats = {page.repeat: page.show_when for page in form.pages if page.repeat}
    graph: dict[Source, tuple[Source, ...]] = {
        (None, name): (*_sources(field.show_when, form), *_sources(pages.get(name), form))
        for name, field in form.fields.items()
    }
    graph |= {
        (group.resource, name): tuple(_sources(field.show_when, form, group.resource))
        for group in form.groups.values()
        for name, field in group.fields.items()
    }
    return graph | {(name, ""): tuple(_sources(repeats.get(name), form)) for name in form.groups}


def _sources(condition: Condition | None, form: Form, group: str | None = None) -> Iterator[Source]:
    for leaf, inside in leaves_of(condition, group) if condition else ():
        yield source_of(leaf, inside, form.names)


def compiled(condition: Condition, judges: Judges, group: str | None = None) -> Test:
    """A test over the answers of a submission, or of an item of `group`.

    Raises ValueError when a field cannot have the answer it is compared with, or a name leads nowhere.
    """
    if isinstance(condition, All | Any_):
        tests = [compiled(part, judges, group) for part in condition.parts]
        join = all if isinstance(condition, All) else any
        return lambda scope: join(test(scope) for test in tests)
    if isinstance(condition, Count):
        return _compiled_count(condition)
    return (
        _compiled_items(condition, judges)
        if isinstance(condition, Items)
        else _compiled_compare(condition, judges, group)
    )


def _compiled_count(count: Count) -> Test:
    compare = _COMPARE[count.operator]
    return lambda scope: compare(len(scope.items(count.group)), count.answer)


def _compiled_items(look: Items, judges: Judges) -> Test:
    test, group = compiled(look.when, judges, look.group), look.group
    if look.every:
        return lambda scope: bool(scope.items(group)) and all(test(item) for item in scope.items(group))
    return lambda scope: any(test(item) for item in scope.items(group))


def _compiled_compare(compare: Compare, judges: Judges, group: str | None) -> Test:
    wanted = compare.answer
    source = judges[None].form.names.find(compare.field, group)
    if compare.operator == "exists":
        return lambda scope: (scope.look(source) is not None) is wanted
    judge, name = judges[source[0]], source[1]
    field = judge.fields[name]
    kind = field.item_type if field.type == "list" else field.type
    if compare.operator in ORDER_OPERATORS and kind not in ORDERED:
        raise ValueError(f'"{compare.operator}" has no meaning for "{name}", which has no order')
    raw = next(raw for raw in judge.schema["fields"] if raw["name"] == name)
    text = cell_text(wanted, raw)
    answer = judge.value_of(name, text)
    offered = [] if field.reference else [judge.value_of(name, choice.value) for choice in field.choices]
    if offered and compare.operator in ("=", "!=") and answer not in offered:
        raise ValueError(f'"{text}" is no choice of "{name}"')
    return _comparison(source, compare.operator, answer)


def _comparison(source: Source, symbol: str, answer: Any) -> Test:
    def test(scope: Scope | Item) -> bool:
        value = scope.look(source)
        if value is None:
            return symbol == "!="
        items = value if isinstance(value, list) else (value,)
        if symbol == "!=":
            return all(item != answer for item in items)
        return any(_holds(_COMPARE[symbol], item, answer) for item in items)

    return test


def _holds(compare: Callable[[Any, Any], bool], value: Any, answer: Any) -> bool:
    """Whether the comparison holds; values without an order between them (times with and without a zone) do not."""
    try:
        return compare(value, answer)
    except TypeError:
        return False
