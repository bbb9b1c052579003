"""On a phone: what is urgent, where one is and the first answer, all in one look."""

from __future__ import annotations

import pytest

from tests.browser.conftest import NewVisitor
from tests.browser.visitor import HEIGHTS, PHONE
from tests.families import INTAKE, SUPPORT_GROUP

pytestmark = pytest.mark.browser

ROWS = """(selector) => {
    const tops = [...document.querySelectorAll(selector)].map((element) => element.getBoundingClientRect())
        .filter((box) => box.height > 0).map((box) => Math.round((box.top + box.bottom) / 8));
    return new Set(tops).size;
}"""


@pytest.mark.parametrize("language", ["", "es"], ids=["english", "spanish"])
@pytest.mark.parametrize("path", ["/", "/home-practice/", "/forms/", "/forms/intake/", "/forms/resume"])
def test_on_a_phone_crisis_bar_brand_and_menu_take_a_line_each(
    new: NewVisitor, path: str, language: str
) -> None:
    visitor = new(width=PHONE, language=language)
    visitor.open(path)
    assert visitor.page.evaluate(ROWS, ".kb-bar a") == 1
    assert visitor.page.evaluate(ROWS, ".kb-brand, .kb-menu a, .kb-languages a") == 2


@pytest.mark.parametrize("language", ["", "es"], ids=["english", "spanish"])
@pytest.mark.parametrize(
    ("form", "page"), [("support-group", "group"), ("intake", "worries"), ("intake", "consent")]
)
def test_the_first_answer_is_seen_on_a_phone_without_scrolling(
    new: NewVisitor, form: str, page: str, language: str
) -> None:
    visitor = new(width=PHONE, language=language)
    answers = {"intake": INTAKE, "support-group": SUPPORT_GROUP}[form]
    visitor.begin(form, answers, until=page)
    visitor.open(f"/forms/{form}/{page}")
    box = visitor.page.locator("main input:visible, main textarea:visible").first.bounding_box()
    assert box is not None and box["y"] + min(box["height"], 60) <= HEIGHTS[PHONE]
    assert visitor.page.evaluate("scrollY") == 0
