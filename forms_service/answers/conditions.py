"""Which questions apply: conditions compiled once per form, evaluated over typed answers (design 5)."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

from forms_service.answers.judge import Judge
from forms_service.definition import All, Compare, Condition, Page
from forms_service.definition.conditions import ORDER_OPERATORS
from forms_service.definition.fields import cell_text

ORDERED = frozenset({"integer", "number", "date", "time", "datetime", "year", "yearmonth", "duration"})
Values = Mapping[str, Any]
Test = Callable[[Callable[[str], Any]], bool]
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
}


class Conditions:
    """The conditions of one form, ready to be asked about a row of values."""

    def __init__(self, judge: Judge) -> None:
        """Compile every condition. Raises ValueError when a field cannot read the answer it is compared with."""
        form = judge.form
        self._form = form
        self._judge = judge
        self._page_tests = {page.name: self._compile_if(page.show_when) for page in form.pages}
        self._field_tests = {name: self._compile_if(field.show_when) for name, field in form.fields.items()}
        self._page_of = {name: page.name for page in form.pages for name in page.fields}

    def compile(self, condition: Condition) -> Test:
        """A test over a look-up of values. Raises ValueError as the constructor does."""
        return compiled(condition, self._judge)

    def _compile_if(self, condition: Condition | None) -> Test | None:
        return None if condition is None else self.compile(condition)

    def shown(self, values: Values) -> frozenset[str]:
        """The fields that apply; a hidden answer is ignored wherever it is looked at."""
        state: dict[str, bool] = {}

        def look(name: str) -> Any:
            return values.get(name) if is_shown(name) else None

        def is_shown(name: str) -> bool:
            if name not in state:
                tests = (self._page_tests[self._page_of[name]], self._field_tests[name])
                state[name] = all(test is None or test(look) for test in tests)
            return state[name]

        return frozenset(name for name in self._form.fields if is_shown(name))

    def pages(self, shown: frozenset[str]) -> tuple[Page, ...]:
        """The pages that still ask something when `shown` applies, in order."""
        return tuple(page for page in self._form.pages if not shown.isdisjoint(page.fields))

    def holds(self, test: Test, values: Values) -> bool:
        """Whether a compiled condition holds over the answers that apply."""
        shown = self.shown(values)
        return test(lambda name: values.get(name) if name in shown else None)


def compiled(condition: Condition, judge: Judge) -> Test:
    """A test over a look-up of values. Raises ValueError when a field cannot have the answer it is compared with."""
    if isinstance(condition, Compare):
        return _compiled_compare(condition, judge)
    tests = [compiled(part, judge) for part in condition.parts]
    join = all if isinstance(condition, All) else any
    return lambda look: join(test(look) for test in tests)


def _compiled_compare(compare: Compare, judge: Judge) -> Test:
    name, wanted = compare.field, compare.answer
    if compare.operator == "exists":
        return lambda look: (look(name) is not None) is wanted
    field = judge.form.fields[name]
    kind = field.item_type if field.type == "list" else field.type
    if compare.operator in ORDER_OPERATORS and kind not in ORDERED:
        raise ValueError(f'"{compare.operator}" has no meaning for "{name}", which has no order')
    schema = judge.form.package["resources"][0]["schema"]
    raw = next(raw for raw in schema["fields"] if raw["name"] == name)
    text = cell_text(wanted, raw)
    answer = judge.value_of(name, text)
    offered = [] if field.reference else [judge.value_of(name, choice.value) for choice in field.choices]
    if offered and compare.operator in ("=", "!=") and answer not in offered:
        raise ValueError(f'"{text}" is no choice of "{name}"')
    return _comparison(name, compare.operator, answer)


def _comparison(name: str, symbol: str, answer: Any) -> Test:
    def test(look: Callable[[str], Any]) -> bool:
        value = look(name)
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
