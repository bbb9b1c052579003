"""The rules of conditions (design 5), each on questions, on pages and in the items of groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from forms_service.answers import ReadyForm, prepare
from forms_service.definition import DefinitionError, Descriptor

Row = Mapping[str, str]
Condition = dict[str, Any]
KINDS: tuple[dict[str, Any], ...] = (
    {"name": "number", "type": "integer", "missingValues": ["", "-9"]},
    {"name": "word", "type": "string"},
    {"name": "day", "type": "date"},
    {"name": "yes", "type": "boolean"},
    {"name": "many", "type": "list", "form": {"choices": [{"value": value} for value in ("a", "b", "c")]}},
    {"name": "sizes", "type": "list", "itemType": "integer"},
)


def form_of(
    shown: Condition | None = None,
    in_item: Condition | None = None,
    page: Condition | None = None,
    list_page: Condition | None = None,
    item_fields: Sequence[dict[str, Any]] = KINDS,
) -> ReadyForm:
    """A form in which one question, one question of items, one page or the list page has a condition."""
    target: dict[str, Any] = {"name": "target", "type": "string"}
    item_target: dict[str, Any] = {"name": "item_target", "type": "string"}
    fields = [*KINDS, {**target, "form": {"showWhen": shown}} if shown else target, {"name": "paged"}]
    items = [*item_fields, {**item_target, "form": {"showWhen": in_item}} if in_item else item_target]
    key = {"fields": "submission_id", "reference": {"resource": "whole", "fields": "submission_id"}}
    pages: list[dict[str, Any]] = [
        {"name": "first", "fields": [field["name"] for field in KINDS]},
        {"name": "list", "repeat": "parts", **({"showWhen": list_page} if list_page else {})},
        {"name": "second", "fields": ["target"]},
        {"name": "third", "fields": ["paged"], **({"showWhen": page} if page else {})},
    ]
    package = {
        "name": "form",
        "version": "1.0.0",
        "languages": ["en"],
        "resources": [
            {"name": "whole", "path": "whole.csv", "schema": {"fields": fields}},
            {
                "name": "parts",
                "path": "parts.csv",
                "schema": {"fields": [{"name": "submission_id"}, *items], "foreignKeys": [key]},
            },
        ],
        "form": {"pages": pages},
    }
    return prepare(Descriptor(Path("form/datapackage.json"), package))


def applies(form: ReadyForm, row: Row, items: Sequence[Row] = ()) -> tuple[bool, bool, list[bool]]:
    """Whether the question, the page and each item's question apply."""
    values = form.values(form.judge.row(row), form.items({"parts": list(items)}))
    shown = form.conditions.shown(values)
    inside = form.conditions.shown_in_items(values, shown).get("parts", ())
    return "target" in shown, "paged" in shown, ["item_target" in names for names in inside]


def holds(condition: Condition, row: Row) -> bool:
    """Whether a condition holds over one row; question, page and item must say the same."""
    question, page, _ = applies(form_of(shown=condition, page=condition), row)
    _, _, (item,) = applies(form_of(in_item=condition, item_fields=()), row, [{"item_target": "x"}])
    _, _, (own,) = applies(form_of(in_item=_own(condition)), {}, [row])
    assert question == page == item == own, condition
    return question


def _own(condition: Condition) -> Condition:
    """The same condition about the item itself."""
    for key in ("all", "any"):
        if key in condition:
            return {key: [_own(part) for part in condition[key]]}
    return {**condition, "field": f"parts.{condition['field']}"}


def compare(field: str, operator: str, answer: Any = True) -> Condition:
    return {"field": field, "operator": operator, "answer": answer}


@pytest.mark.parametrize("operator", ["=", "!=", ">", "<", ">=", "<="])
@pytest.mark.parametrize("row", [{}, {"number": ""}, {"number": "-9"}, {"number": "seven"}])
def test_of_an_unanswered_question_only_unequal_holds(operator: str, row: Row) -> None:
    """Rule 1: also of a code for no answer, and of an answer that is refused."""
    assert holds(compare("number", operator, 5), row) is (operator == "!=")


@pytest.mark.parametrize(("cell", "there"), [("", False), ("-9", False), ("x", False), ("0", True)])
def test_an_answer_exists_or_does_not(cell: str, there: bool) -> None:
    assert holds(compare("number", "exists", True), {"number": cell}) is there
    assert holds(compare("number", "exists", False), {"number": cell}) is not there


@pytest.mark.parametrize(
    ("field", "cell", "operator", "answer", "expected"),
    [
        ("number", "07", "=", 7, True),
        ("number", "7", "=", "07", True),
        ("number", "10", ">", 9, True),
        ("number", "9", ">", 10, False),
        ("number", "9", ">=", 9, True),
        ("number", "9", "<=", 8, False),
        ("word", "07", "=", "7", False),
        ("day", "2027-01-31", ">", "2027-01-04", True),
        ("yes", "true", "=", True, True),
        ("yes", "false", "!=", True, True),
    ],
)
def test_typed_values_are_compared_and_never_text(
    field: str, cell: str, operator: str, answer: Any, expected: bool
) -> None:
    """Rule 2."""
    assert holds(compare(field, operator, answer), {field: cell}) is expected


@pytest.mark.parametrize(
    ("field", "cell", "operator", "answer", "expected"),
    [
        ("many", "a,b", "=", "b", True),
        ("many", "a,b", "=", "c", False),
        ("many", "a,b", "!=", "c", True),
        ("many", "a,b", "!=", "a", False),
        ("many", "", "!=", "a", True),
        ("sizes", "1,9", ">", 8, True),
        ("sizes", "1,9", "<", 1, False),
        ("sizes", "1,9", "!=", 9, False),
    ],
)
def test_of_a_list_one_item_is_enough_and_for_unequal_none_may_be_equal(
    field: str, cell: str, operator: str, answer: Any, expected: bool
) -> None:
    """Rule 3."""
    assert holds(compare(field, operator, answer), {field: cell}) is expected


def test_all_needs_each_part_and_any_needs_one() -> None:
    parts = [compare("number", ">", 1), compare("word", "exists")]
    for row, both, one in (
        ({"number": "2", "word": "x"}, True, True),
        ({"number": "2"}, False, True),
        ({}, False, False),
    ):
        assert holds({"all": parts}, row) is both
        assert holds({"any": parts}, row) is one


@pytest.mark.parametrize(
    ("operator", "answer", "by_count"),
    [
        ("=", 0, [True, False, False]),
        ("!=", 0, [False, True, True]),
        (">", 1, [False, False, True]),
        (">=", 1, [False, True, True]),
        ("<", 1, [True, False, False]),
        ("<=", 1, [True, True, False]),
    ],
)
def test_the_items_of_a_group_are_counted(operator: str, answer: int, by_count: list[bool]) -> None:
    """Rule 5."""
    condition = {"count": "parts", "operator": operator, "answer": answer}
    form = form_of(shown=condition, page=condition)
    for count, expected in enumerate(by_count):
        assert applies(form, {}, [{"word": "x"}] * count)[:2] == (expected, expected)


@pytest.mark.parametrize(
    ("numbers", "in_one", "in_all"),
    [
        ([], False, False),
        (["9"], True, True),
        (["9", "1"], True, False),
        (["1", "2"], False, False),
        (["9", ""], True, False),
    ],
)
def test_one_item_or_every_item_may_be_asked_for(numbers: list[str], in_one: bool, in_all: bool) -> None:
    """Rule 5: without items neither holds."""
    when = compare("parts.number", ">", 5)
    items = [{"number": number} for number in numbers]
    assert applies(form_of(shown={"anyItem": "parts", "when": when}), {}, items)[0] is in_one
    assert applies(form_of(shown={"allItems": "parts", "when": when}), {}, items)[0] is in_all


def test_no_items_is_not_all_items_even_for_what_holds_unanswered() -> None:
    condition = {"allItems": "parts", "when": compare("parts.number", "!=", 5)}
    assert applies(form_of(shown=condition), {}, [])[0] is False


def test_in_an_item_a_name_means_the_item_and_then_the_submission() -> None:
    """Rule 5."""
    form = form_of(in_item=compare("only_here", "=", "x"), item_fields=[{"name": "only_here"}])
    assert applies(form, {}, [{"only_here": "x"}, {"only_here": "y"}])[2] == [True, False]
    form = form_of(in_item=compare("word", "=", "x"), item_fields=[{"name": "only_here"}])
    assert applies(form, {"word": "x"}, [{}, {}])[2] == [True, True]
    assert applies(form, {"word": "y"}, [{}])[2] == [False]


def test_a_resource_before_the_name_says_whose_answer_is_meant() -> None:
    """Rule 5."""
    row, items = {"word": "x"}, [{"word": "y"}]
    for name, expected in (("whole.word", True), ("parts.word", False)):
        assert applies(form_of(in_item=compare(name, "=", "x")), row, items)[2] == [expected]
    assert applies(form_of(shown=compare("whole.word", "=", "x")), row, items)[0] is True


@pytest.mark.parametrize(
    "condition",
    [
        {"in_item": compare("word", "=", "x")},
        {"shown": compare("parts.word", "=", "x")},
        {"shown": compare("item_target", "exists")},
        {"page": compare("item_target", "exists")},
        {"list_page": {"count": "parts", "operator": ">", "answer": 0}},
        {
            "shown": {"anyItem": "parts", "when": compare("parts.number", ">", 5)},
            "in_item": compare("target", "exists"),
        },
    ],
)
def test_an_ambiguous_name_a_look_from_outside_and_a_later_page_are_refused(condition: Any) -> None:
    """Rule 5, and rule 4's "later pages"."""
    with pytest.raises(DefinitionError):
        form_of(**condition)


def test_what_a_hidden_question_says_is_ignored_however_long_the_chain() -> None:
    """Rule 4: a question hides a group, the group a question, the question a page."""
    form = form_of(
        list_page=compare("number", ">", 1),
        shown={"count": "parts", "operator": ">", "answer": 0},
        page=compare("target", "exists"),
    )
    row, items = {"number": "5", "target": "x"}, [{"word": "x"}]
    assert applies(form, row, items) == (True, True, [True])
    assert applies(form, {**row, "number": "0"}, items) == (False, False, [])


def test_a_hidden_page_hides_the_items_from_every_look() -> None:
    """Rule 4."""
    items = [{"number": "9"}]
    for condition, while_hidden in (
        ({"count": "parts", "operator": "=", "answer": 0}, True),
        ({"anyItem": "parts", "when": compare("parts.number", ">", 5)}, False),
        ({"allItems": "parts", "when": compare("parts.number", ">", 5)}, False),
    ):
        form = form_of(shown=condition, list_page=compare("yes", "=", True))
        assert applies(form, {"yes": "true"}, items)[0] is not while_hidden
        assert applies(form, {"yes": "false"}, items)[0] is while_hidden


def test_a_hidden_answer_of_an_item_is_ignored_outside_it() -> None:
    """Rule 4, in items."""
    form = form_of(
        in_item=compare("parts.number", ">", 1),
        shown={"anyItem": "parts", "when": compare("item_target", "=", "x")},
    )
    assert applies(form, {}, [{"number": "5", "item_target": "x"}])[0] is True
    assert applies(form, {}, [{"number": "0", "item_target": "x"}])[0] is False


def test_items_see_only_themselves() -> None:
    form = form_of(in_item=compare("parts.number", ">", 1))
    assert applies(form, {}, [{"number": "5"}, {"number": "0"}])[2] == [True, False]
