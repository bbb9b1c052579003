"""A list of people by keyboard alone: added, changed, removed after asking, with and without scripts."""

from __future__ import annotations

import pytest

from tests.browser.barriers import barriers
from tests.browser.conftest import NewVisitor
from tests.browser.keyboard import Keyboard
from tests.browser.visitor import DESK, PHONE, Visitor
from tests.families import INTAKE

pytestmark = pytest.mark.browser

LIST = "/forms/intake/household"
ADD = "main .kb-add a"


def at_list(visitor: Visitor) -> Keyboard:
    visitor.begin("intake", INTAKE, until="household")
    visitor.open(LIST)
    return Keyboard(visitor)


def titles(visitor: Visitor) -> list[str]:
    return [title.strip() for title in visitor.page.locator(".kb-items__title").all_inner_texts()]


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no-scripts"])
def test_people_are_added_changed_and_removed_on_a_phone(new: NewVisitor, javascript: bool) -> None:
    # axe never ends on a page whose scripts are switched off; the pages are the same in both runs.
    visitor = new(width=PHONE, javascript=javascript)
    hands = at_list(visitor)
    for answers in (
        {"person_name": "Lía", "person_relation": "sibling", "person_age": "9"},
        {"person_relation": "grandparent"},
    ):
        hands.enter(ADD)
        assert not javascript or barriers(visitor.page) == []
        hands.answer(answers)
        hands.enter()
        assert visitor.path == LIST
    assert titles(visitor) == ["Lía, Brother or sister", "Grandparent"]
    assert not javascript or barriers(visitor.page) == []
    hands.enter(f"a[href='{LIST}/2']")
    hands.type("[name=person_name]", "Rosa")
    hands.enter()
    assert titles(visitor) == ["Lía, Brother or sister", "Rosa, Grandparent"]
    hands.enter(f"a[href='{LIST}/1/remove']")
    assert visitor.page.inner_text("h1") == "Do you want to remove “Lía, Brother or sister”?"
    assert not javascript or barriers(visitor.page) == []
    hands.enter("main .kb-actions a")
    assert len(titles(visitor)) == 2
    hands.enter(f"a[href='{LIST}/1/remove']")
    hands.enter()
    assert titles(visitor) == ["Rosa, Grandparent"]
    hands.enter("form .kb-actions button.kb-button")
    assert visitor.path == "/forms/intake/worries"


def test_errors_of_an_item_are_mended_where_they_are_listed(new: NewVisitor) -> None:
    visitor = new(width=PHONE)
    hands = at_list(visitor)
    hands.enter(ADD)
    hands.answer({"person_name": "Lía"})
    hands.enter()
    assert visitor.status == 422 and visitor.page.input_value("[name=person_name]") == "Lía"
    assert barriers(visitor.page) == []
    hands.tab_to("#error-summary a")
    visitor.page.keyboard.press("Enter")
    hands.choose("person_relation", "mother")
    hands.enter()
    assert titles(visitor) == ["Lía, Mother"]


def test_a_question_of_an_item_is_hidden_until_it_applies(new: NewVisitor) -> None:
    visitor = new(width=DESK)
    hands = at_list(visitor)
    hands.enter(ADD)
    assert not visitor.page.locator("[name=person_age]").is_visible()
    hands.choose("person_relation", "sibling")
    assert visitor.page.locator("[name=person_age]").is_visible()
    hands.choose("person_relation", "father")
    assert not visitor.page.locator("[name=person_age]").is_visible()


def test_two_tabs_add_a_person_each_and_both_stay(new: NewVisitor) -> None:
    visitor = new()
    at_list(visitor)
    visitor.press(ADD)
    other = visitor.beside()
    other.open(LIST)
    other.press(ADD)
    assert other.path == visitor.path == f"{LIST}/1"
    for tab, relation in ((visitor, "mother"), (other, "father")):
        tab.page.check(f"[name=person_relation][value={relation}]")
        tab.press()
    assert titles(other) == ["Mother", "Father"]


def test_a_double_click_and_the_back_button_make_no_second_person(new: NewVisitor) -> None:
    visitor = new()
    at_list(visitor)
    visitor.press(ADD)
    visitor.page.check("[name=person_relation][value=mother]")
    visitor.page.locator("main form .kb-actions button.kb-button").dblclick()
    visitor.page.wait_for_url(f"**{LIST}")
    visitor.page.go_back()
    visitor.page.check("[name=person_relation][value=father]")
    visitor.press("main form .kb-actions button.kb-button")
    assert titles(visitor) == ["Father"]
