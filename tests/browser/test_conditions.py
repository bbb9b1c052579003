"""With scripts, a question that does not apply yet is hidden; the script and the server never disagree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.clinic import Clinic
from tests.browser.conftest import NewVisitor, visiting
from tests.browser.keyboard import Keyboard
from tests.browser.kinds import EVERYTHING
from tests.browser.visitor import Visitor
from tests.families import INTAKE, Answers, Family, errors_of
from tests.instances import REPOSITORY, make_instance
from tests.public.test_outcomes import descriptor

pytestmark = pytest.mark.browser

DEPENDING = {
    "twins",
    "dog_name",
    "no_cat",
    "sleep_more",
    "old_friend",
    "old_friend_more",
    "call_when",
}
FRIEND = {"since-day": "3", "since-month": "9", "since-year": "2019"}
CASES: dict[str, tuple[Answers, set[str]]] = {
    "nothing": ({}, set()),
    "one child": ({"children": "1"}, set()),
    "two children, typed with a zero": ({"children": "02"}, {"twins"}),
    "ten children are more than two": ({"children": "10"}, {"twins"}),
    "a dog": ({"pets": ["dog"]}, {"dog_name", "no_cat"}),
    "a cat": ({"pets": ["cat"]}, set()),
    "a fish and a dog": ({"pets": ["fish", "dog"]}, {"dog_name", "no_cat"}),
    "a dog and a cat": ({"pets": ["dog", "cat"]}, {"dog_name"}),
    "sleeps well": ({"sleep": "well"}, {"sleep_more"}),
    "not knowing is no answer": ({"sleep": "unsure"}, set()),
    "an old friend": (FRIEND, {"old_friend"}),
    "a new friend": ({**FRIEND, "since-year": "2020"}, set()),
    "half a date": ({"since-year": "2019"}, set()),
    "an old friend who remembers": ({**FRIEND, "old_friend": "true"}, {"old_friend", "old_friend_more"}),
    "an old friend who forgot": ({**FRIEND, "old_friend": "false"}, {"old_friend"}),
}


def shown(visitor: Visitor) -> set[str]:
    """The questions a family sees of those that depend on others."""
    fields = visitor.page.locator("[data-kb-field]:visible").all()
    return {field.get_attribute("data-kb-field") or "" for field in fields} & DEPENDING


def read_back(visitor: Visitor) -> set[str]:
    """The questions that "check your answers" shows, of those that depend on others."""
    visitor.open("/forms/everything/check")
    links = visitor.page.locator(".kb-summary__change a").all()
    return {(link.get_attribute("href") or "").rpartition("#f-")[2] for link in links} & DEPENDING


def at_home(visitor: Visitor, **changed: str) -> None:
    """Go to the page with conditions."""
    visitor.begin("everything", {"all": {**EVERYTHING["all"], **changed}}, until="home")
    visitor.open("/forms/everything/home")


def fill(visitor: Visitor, answers: Mapping[str, object]) -> None:
    """Type and tick."""
    for name, value in answers.items():
        if isinstance(value, list):
            for item in value:
                visitor.page.check(f"[name={name}][value='{item}']")
        elif visitor.page.locator(f"[name={name}]").first.get_attribute("type") == "radio":
            visitor.page.check(f"[name={name}][value='{value}']")
        else:
            visitor.page.fill(f"[name={name}]", str(value))


@pytest.fixture(scope="module")
def visitor(browser: Browser, clinic: Clinic) -> Iterator[Visitor]:
    """A family that begins anew in each test."""
    with visiting(browser, clinic) as make:
        yield make()


@pytest.mark.parametrize("case", CASES)
def test_script_and_server_agree_on_what_applies(visitor: Visitor, case: str) -> None:
    visitor.context.clear_cookies()
    at_home(visitor)
    answers, wanted = CASES[case]
    fill(visitor, answers)
    assert shown(visitor) == wanted
    visitor.press(".kb-actions .kb-linkbutton")
    assert read_back(visitor) == wanted
    visitor.open("/forms/everything/home")
    assert shown(visitor) == wanted


def test_what_an_earlier_page_decides_is_as_the_server_found_it(new: NewVisitor) -> None:
    visitor = new()
    at_home(visitor, agree="true")
    assert shown(visitor) == {"call_when"}


def test_what_two_pages_decide_together_stays_in_reach(new: NewVisitor) -> None:
    visitor = new()
    at_home(visitor)
    assert visitor.page.locator("[name=call_or_dog]").is_visible()


def odd_formats() -> dict[str, Any]:
    """A form whose conditions look at answers that are written otherwise than a script reads them."""
    looked_at: list[dict[str, Any]] = [
        {"name": "comma", "type": "number", "decimalChar": ","},
        {"name": "thousands", "type": "number", "groupChar": "."},
        {"name": "digits", "type": "integer"},
        {"name": "day", "type": "date", "format": "%d/%m/%Y"},
        {"name": "choice", "type": "number", "decimalChar": ",", "constraints": {"enum": [1.5, 2.5]}},
        {"name": "words", "type": "list"},
    ]
    wanted = {"comma": (">", 1), "thousands": (">", 900), "digits": (">", 1), "day": (">=", "01/02/2020")}
    wanted |= {"choice": ("=", 1.5), "words": ("=", "b")}
    depending = [
        {
            "name": f"if_{name}",
            "constraints": {"required": True},
            "form": {"showWhen": {"field": name, "operator": operator, "answer": answer}},
        }
        for name, (operator, answer) in wanted.items()
    ]
    return descriptor([*looked_at, *depending])


ODD = {
    "comma": "1,5",
    "thousands": "1.000",
    "digits": "٣",
    "day-day": "3",
    "day-month": "3",
    "day-year": "2020",
    "choice": "1,5",
    "words": "a,b",
}


def test_what_the_script_cannot_read_as_the_server_does_hides_nothing(
    browser: Browser, tmp_path: Path
) -> None:
    family = Family(make_instance(tmp_path / "i", {"made-up": odd_formats()}).app().test_client(), "made-up")
    family.start()
    refused = family.answer("all", ODD)
    names = ("comma", "thousands", "digits", "day", "choice", "words")
    assert len(errors_of(refused)) == len(names), "the server asks each question"
    page = browser.new_page()
    page.set_content(refused.text)
    page.add_script_tag(path=REPOSITORY / "site_src" / "theme" / "kinbridge.js", type="module")
    page.fill("[name=digits]", "1")
    page.locator("[data-kb-field=if_digits]").wait_for(state="hidden")
    page.fill("[name=digits]", ODD["digits"])
    for name in names:
        assert page.locator(f"[data-kb-field=if_{name}]").is_visible(), name
    page.close()


def test_a_change_hides_again_and_an_answer_comes_back(new: NewVisitor) -> None:
    visitor = new()
    at_home(visitor)
    fill(visitor, {**FRIEND, "old_friend": "true", "old_friend_more": "The garden"})
    visitor.page.fill("[name=since-year]", "2024")
    assert shown(visitor) == set()
    visitor.page.fill("[name=since-year]", "2018")
    assert shown(visitor) == {"old_friend", "old_friend_more"}
    assert visitor.page.input_value("[name=old_friend_more]") == "The garden"


def test_without_scripts_every_question_stands_in_the_page(new: NewVisitor) -> None:
    visitor = new(javascript=False)
    at_home(visitor)
    assert shown(visitor) == DEPENDING


def test_tab_passes_hidden_questions_and_finds_them_once_they_apply(new: NewVisitor) -> None:
    visitor = new()
    visitor.begin("intake", INTAKE, until="goals")
    visitor.open("/forms/intake/goals")
    hands = Keyboard(visitor)
    hands.tab_to("[name=goal_1]")
    visitor.page.keyboard.press("Tab")
    assert visitor.page.evaluate("document.activeElement.textContent") == "Save and go on"
    hands.type("[name=goal_1]", "Sleep")
    visitor.page.keyboard.press("Tab")
    assert visitor.page.evaluate("document.activeElement.name") == "goal_1_now"


def test_a_question_with_an_error_is_never_hidden(new: NewVisitor) -> None:
    visitor = new()
    visitor.begin("intake", INTAKE, until="you")
    visitor.open("/forms/intake/you")
    visitor.page.check("[name=contact_by][value=email]")
    visitor.press()
    assert visitor.status == 422
    assert visitor.page.locator("[name=email]").is_visible()
    assert not visitor.page.locator("[name=phone]").is_visible()
