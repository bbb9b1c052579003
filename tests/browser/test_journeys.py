"""The whole way of a family, by keyboard alone: phone and desk, with and without scripts, in two languages."""

from __future__ import annotations

import itertools
import os
import re

import pytest

from tests.browser.conftest import NewVisitor
from tests.browser.keyboard import Keyboard
from tests.browser.kinds import KINDS, SEND
from tests.browser.visitor import DESK, PHONE
from tests.families import INTAKE, SUPPORT_GROUP, Answers

pytestmark = pytest.mark.browser

REFERENCE = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}")
CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}")
FULL_INTAKE: dict[str, Answers] = {
    "you": {**INTAKE["you"], "best_time": ["morning", "evening"]},
    "child": {**INTAKE["child"], "languages": "Spanish, English"},
    "household": {},
    "worries": {"worry": "She cries before school."},
    "changes": {"change_sleep": "2", "change_body": "dont-know"},
    "effect": {"change_how_long": "1-to-6-months"},
    "safety": {"self_harm": "no", "suicidal_thoughts": "yes"},
    "strengths": {"strengths": "She draws."},
    "help-so-far": {},
    "goals": {"goal_1": "Sleep", "goal_1_now": "3"},
    "needs": {"needs": ["interpreter"], "interpreter_language": "Quechua"},
    "consent": {"consent": "true"},
}
FULL_SUPPORT: dict[str, Answers] = {
    "group": SUPPORT_GROUP["group"],
    "contact": SUPPORT_GROUP["contact"],
    "support": {"support": ["childcare"], "note": "We come by bus."},
    "consent": {"heard": "school", "consent": "true"},
}
WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "intake": {
        "": ("Ana Quispe", "Mother", "February 3, 2015", "Most days", "3 out of 10", "Quechua"),
        "es": ("Ana Quispe", "Madre", "3 de febrero de 2015", "La mayoría de los días", "3 de 10", "Quechua"),
    },
    "support-group": {
        "": ("Ana Quispe", "ana@example.org", "We come by bus.", "From my child's school"),
        "es": ("Ana Quispe", "ana@example.org", "We come by bus.", "Por la escuela de mi hijo o hija"),
    },
}
FORMS = {"intake": FULL_INTAKE, "support-group": FULL_SUPPORT}


# Each two of width, scripts and language meet in each form, and all three in one of the forms.
WAYS = [
    ("intake", PHONE, True, "es"),
    ("intake", PHONE, False, ""),
    ("intake", DESK, True, ""),
    ("intake", DESK, False, "es"),
    ("support-group", PHONE, True, ""),
    ("support-group", PHONE, False, "es"),
    ("support-group", DESK, True, "es"),
    ("support-group", DESK, False, ""),
]
EVERY_WAY = list(itertools.product(FORMS, (PHONE, DESK), (True, False), ("", "es")))


@pytest.mark.parametrize(
    ("form", "width", "javascript", "language"), EVERY_WAY if "KINBRIDGE_TEST_LONG" in os.environ else WAYS
)
def test_a_family_fills_in_a_form_and_keeps_its_own_copy(
    new: NewVisitor, form: str, width: int, javascript: bool, language: str
) -> None:
    visitor = new(width=width, javascript=javascript, language=language)
    hands = Keyboard(visitor)
    visitor.open("/forms/")
    hands.enter(f"main a[href$='/forms/{form}/']")
    hands.enter()
    asked = hands.go_through(FORMS[form])
    assert asked == list(FORMS[form])
    hands.enter(SEND)
    assert visitor.path == f"/forms/{form}/done"
    reference = visitor.reference()
    assert REFERENCE.fullmatch(reference)
    assert CODE.fullmatch(visitor.code())
    assert visitor.page.locator(".kb-help--emergency").count() == (form == "intake")
    hands.enter("a[href$='/print']")
    copy = visitor.page.inner_text("main")
    assert [word for word in (reference, *WORDS[form][language]) if word not in copy] == []


def test_enter_in_a_text_box_goes_on_and_never_leaves(new: NewVisitor) -> None:
    visitor = new(javascript=False)
    visitor.begin("intake", INTAKE, until="child")
    visitor.open("/forms/intake/child")
    hands = Keyboard(visitor)
    hands.answer(INTAKE["child"])
    with visitor.page.expect_navigation():
        visitor.page.keyboard.press("Enter")
    assert visitor.path == "/forms/intake/household"


def test_on_the_page_of_safety_enter_goes_on_too(new: NewVisitor) -> None:
    visitor = new()
    visitor.begin("intake", INTAKE, until="safety")
    visitor.open("/forms/intake/safety")
    Keyboard(visitor).choose("self_harm", "no")
    with visitor.page.expect_navigation():
        visitor.page.keyboard.press("Enter")
    assert visitor.path == "/forms/intake/strengths"


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no-scripts"])
def test_a_family_mends_its_errors(new: NewVisitor, javascript: bool) -> None:
    visitor = new(width=PHONE, javascript=javascript)
    visitor.begin("intake", INTAKE, until="child")
    visitor.open("/forms/intake/child")
    hands = Keyboard(visitor)
    hands.answer({"birth_date-day": "31", "birth_date-month": "2", "birth_date-year": "2015"})
    hands.enter()
    assert (visitor.status, visitor.page.title()) == (
        422,
        "Error: About your child - Rivermouth Family Clinic",
    )
    assert len(visitor.page.locator("#error-summary li").all()) == 2
    hands.tab_to("#error-summary a[href='#f-birth_date-day']")
    visitor.page.keyboard.press("Enter")
    hands.type("[name=birth_date-day]", "3")
    visitor.page.locator("body").press("Home")
    hands.type("[name=child_name]", "Zoé")
    hands.enter()
    assert visitor.path == "/forms/intake/household"


def test_a_warning_is_told_once_and_may_be_passed(new: NewVisitor) -> None:
    visitor = new()
    KINDS["warning"].go(visitor)
    assert "Is the number right?" in visitor.page.inner_text("#error-summary")
    assert "choose “Save and go on” again" in visitor.page.inner_text("#error-summary")
    Keyboard(visitor).enter()
    assert visitor.path == "/forms/everything/check"


def test_a_form_that_is_not_for_a_family_ends_kindly_and_can_be_changed(new: NewVisitor) -> None:
    visitor = new()
    KINDS["kind end"].go(visitor)
    assert visitor.page.inner_text("h1") == "This form is for families with children"
    assert visitor.page.locator(SEND).count() == 0
    Keyboard(visitor).enter("main a.kb-button")
    assert visitor.path == "/forms/everything/all"


def test_a_place_on_offer_can_be_taken(new: NewVisitor) -> None:
    visitor = new(width=PHONE, javascript=False)
    KINDS["place offered"].go(visitor)
    Keyboard(visitor).enter("button[name=accept]")
    assert "You have a place." in visitor.page.inner_text("main")


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no-scripts"])
def test_a_family_comes_back_with_its_code_on_another_device(new: NewVisitor, javascript: bool) -> None:
    phone = new(width=PHONE, javascript=javascript)
    phone.begin("intake", INTAKE, until="child")
    phone.open("/forms/intake/child")
    hands = Keyboard(phone)
    hands.type("[name=child_name]", "Zoé")
    hands.enter(".kb-actions button.kb-linkbutton")
    assert phone.path == "/forms/intake/save"
    code = phone.code()
    assert phone.page.get_by_role("link", name="/forms/resume").get_attribute("href") == "/forms/resume"
    desk = new(javascript=javascript)
    desk.open("/forms/intake/")
    hands = Keyboard(desk)
    hands.enter("main a[href='/forms/resume']")
    hands.type("[name=code]", code.lower().replace("-", " "))
    hands.enter()
    assert desk.path == "/forms/intake/child"
    assert desk.page.input_value("[name=child_name]") == "Zoé"
    hands.enter("a.kb-back")
    assert desk.page.input_value("[name=your_name]") == "Ana Quispe"


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no-scripts"])
def test_a_wrong_code_is_told_and_can_be_mended(new: NewVisitor, javascript: bool) -> None:
    visitor = new(javascript=javascript)
    visitor.begin("intake", INTAKE, until="child")
    visitor.open("/forms/intake/save")
    code = visitor.code()
    other = new(javascript=javascript)
    other.open("/forms/resume")
    hands = Keyboard(other)
    hands.type("[name=code]", code[:-1] + ("A" if code[-1] != "A" else "B"))
    hands.enter()
    assert other.status == 422
    assert other.page.title().startswith("Error: ")
    assert "We know no form with this code" in other.page.inner_text("#error-summary")
    hands.type("[name=code]", code)
    hands.enter()
    assert other.path == "/forms/intake/child"


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no-scripts"])
def test_a_cleared_device_shows_nothing_and_the_code_still_works(new: NewVisitor, javascript: bool) -> None:
    visitor = new(width=PHONE, javascript=javascript)
    visitor.begin("intake", INTAKE, until="child")
    visitor.open("/forms/intake/child")
    hands = Keyboard(visitor)
    hands.enter("a[href='/forms/intake/leave']")
    code = visitor.code()
    hands.enter()
    assert "This device is cleared" in visitor.page.inner_text("h1")
    assert visitor.context.cookies() == []
    visitor.page.go_back()
    visitor.page.go_back()
    assert visitor.status == 410
    assert visitor.page.locator("[name=child_name]").count() == 0
    hands.enter("a[href='/forms/resume']")
    hands.type("[name=code]", code)
    hands.enter()
    assert visitor.path == "/forms/intake/child"


def test_erasing_leaves_no_draft_for_the_code(new: NewVisitor) -> None:
    visitor = new()
    visitor.begin("intake", INTAKE, until="child")
    visitor.open("/forms/intake/leave")
    code = visitor.code()
    Keyboard(visitor).enter("button[formaction$='?erase']")
    assert visitor.context.cookies() == []
    visitor.open("/forms/resume")
    visitor.page.fill("[name=code]", code)
    visitor.press()
    assert visitor.status == 422


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no-scripts"])
@pytest.mark.parametrize("width", [PHONE, DESK])
def test_quick_exit_leads_away_and_back_shows_nothing(new: NewVisitor, width: int, javascript: bool) -> None:
    visitor = new(width=width, javascript=javascript)
    neutral = visitor.clinic.neutral
    visitor.allowed.add(neutral.removeprefix("http://").rstrip("/"))
    visitor.begin("intake", INTAKE, until="safety")
    visitor.open("/forms/intake/safety")
    hands = Keyboard(visitor)
    hands.choose("self_harm", "yes")
    visitor.page.locator("body").press("Control+Home")
    exit_button = visitor.page.locator(".kb-exit")
    exit_button.focus()
    assert exit_button.is_visible()
    visitor.page.keyboard.press("Enter")
    visitor.page.wait_for_url(neutral)
    assert visitor.page.inner_text("h1") == "Sunny today"
    assert visitor.context.cookies() == []
    for _ in range(2):
        visitor.page.go_back()
        assert visitor.page.locator("[name=self_harm]").count() == 0
    visitor.open("/forms/intake/safety")
    assert visitor.status == 410


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no-scripts"])
def test_a_second_child_gets_a_form_beside_the_first(new: NewVisitor, javascript: bool) -> None:
    visitor = new(javascript=javascript)
    visitor.begin("intake", INTAKE, until="worries")
    visitor.open("/forms/intake/")
    hands = Keyboard(visitor)
    hands.enter("form[action$='?another'] button")
    first = visitor.code()
    hands.enter()
    assert visitor.path == "/forms/intake/you"
    hands.go_through({**INTAKE, "child": {**INTAKE["child"], "child_name": "Luz"}}, until="worries")
    hands.enter(".kb-actions button.kb-linkbutton")
    second = visitor.code()
    assert first != second
    for code, name in ((first, "Zoé"), (second, "Luz")):
        other = new(javascript=javascript)
        other.open("/forms/resume")
        other.page.fill("[name=code]", code)
        other.press()
        other.open("/forms/intake/child")
        assert other.page.input_value("[name=child_name]") == name


def test_two_forms_at_once_in_one_browser_both_arrive(new: NewVisitor) -> None:
    visitor = new()
    other = visitor.beside()
    for tab, form in ((visitor, "intake"), (other, "support-group")):
        tab.open(f"/forms/{form}/")
        Keyboard(tab).enter()
    Keyboard(visitor).go_through(INTAKE, until="worries")
    Keyboard(other).go_through(SUPPORT_GROUP)
    Keyboard(visitor).go_through(INTAKE)
    for tab in (other, visitor):
        Keyboard(tab).enter(SEND)
        assert tab.path.endswith("/done")
    assert visitor.reference() != other.reference()


def test_two_tabs_on_pages_of_one_form_both_survive(new: NewVisitor) -> None:
    visitor = new()
    visitor.begin("intake", INTAKE)
    other = visitor.beside()
    visitor.open("/forms/intake/worries")
    other.open("/forms/intake/strengths")
    visitor.page.fill("[name=worry]", "The nights")
    other.page.fill("[name=strengths]", "The days")
    visitor.press()
    other.press()
    visitor.open("/forms/intake/check")
    answers = visitor.page.inner_text("main")
    assert "The nights" in answers and "The days" in answers


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no-scripts"])
def test_going_back_after_sending_says_that_it_was_sent(new: NewVisitor, javascript: bool) -> None:
    visitor = new(javascript=javascript)
    visitor.begin("support-group", SUPPORT_GROUP)
    visitor.open("/forms/support-group/check")
    hands = Keyboard(visitor)
    hands.enter(SEND)
    reference = visitor.reference()
    before = visitor.clinic.count("submissions")
    visitor.page.go_back()
    assert visitor.page.inner_text("h1") == "You have sent this form"
    assert visitor.reference() == reference
    hands.enter("a[href$='/done']")
    assert visitor.reference() == reference
    assert visitor.clinic.count("submissions") == before


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no-scripts"])
def test_a_double_click_sends_once(new: NewVisitor, javascript: bool) -> None:
    visitor = new(javascript=javascript)
    visitor.begin("support-group", SUPPORT_GROUP)
    visitor.open("/forms/support-group/check")
    before = visitor.clinic.count("submissions")
    visitor.page.locator(SEND).dblclick(no_wait_after=True)
    # Not wait_for_url: the second click may abort the first one's journey, which it would call an error.
    visitor.page.locator("[data-reference]").wait_for()
    assert visitor.page.url.endswith("/forms/support-group/done")
    assert REFERENCE.fullmatch(visitor.reference())
    assert visitor.clinic.count("submissions") == before + 1


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no-scripts"])
def test_what_was_typed_into_an_expired_form_can_be_copied(new: NewVisitor, javascript: bool) -> None:
    visitor = new(width=PHONE, javascript=javascript)
    visitor.begin("intake", INTAKE, until="worries")
    visitor.open("/forms/intake/worries")
    hands = Keyboard(visitor)
    hands.type("[name=worry]", "Two lines:\nthe nights")
    visitor.clinic.let_drafts_expire()
    hands.enter()
    assert visitor.status == 410
    assert visitor.page.locator(".kb-typed").inner_text() == "Two lines:\nthe nights"
    assert visitor.page.locator("a[href='/forms/resume']").is_visible()


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no-scripts"])
def test_what_was_typed_while_the_database_was_locked_is_saved_by_the_next_try(
    new: NewVisitor, javascript: bool
) -> None:
    visitor = new(javascript=javascript)
    visitor.begin("intake", INTAKE, until="worries")
    visitor.open("/forms/intake/worries")
    hands = Keyboard(visitor)
    hands.type("[name=worry]", "The nights")
    with visitor.clinic.locked():
        hands.enter()
        assert visitor.status == 503
        assert visitor.page.input_value("[name=worry]") == "The nights"
    hands.enter()
    assert visitor.path == "/forms/intake/changes"
    visitor.open("/forms/intake/worries")
    assert visitor.page.input_value("[name=worry]") == "The nights"


def test_sending_while_the_database_is_locked_can_be_tried_again(new: NewVisitor) -> None:
    visitor = new()
    visitor.begin("intake", INTAKE)
    visitor.open("/forms/intake/check")
    hands = Keyboard(visitor)
    with visitor.clinic.locked():
        hands.enter(SEND)
        assert visitor.status == 503
        assert "Nothing was sent yet" in visitor.page.inner_text("main")
    hands.enter(SEND)
    assert visitor.path == "/forms/intake/done"


def test_what_was_sent_can_be_taken_back_with_the_code(new: NewVisitor) -> None:
    visitor = new(javascript=False)
    visitor.begin("support-group", SUPPORT_GROUP)
    visitor.open("/forms/support-group/check")
    hands = Keyboard(visitor)
    hands.enter(SEND)
    code, before = visitor.code(), visitor.clinic.count("submissions")
    hands.enter("a[href='/forms/withdraw']")
    hands.type("[name=code]", code)
    hands.enter()
    assert visitor.page.inner_text("h1") == "Your answers are erased"
    assert visitor.clinic.count("submissions") == before - 1
    assert visitor.context.cookies() == []
