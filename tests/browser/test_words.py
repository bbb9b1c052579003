"""What a page says, also to those who only hear it, read Spanish, or hold it on paper."""

from __future__ import annotations

import pytest

from tests.browser.barriers import barriers
from tests.browser.conftest import NewVisitor
from tests.browser.kinds import KINDS
from tests.browser.visitor import PHONE

pytestmark = pytest.mark.browser

OTHER_LANGUAGE = """() => [...document.querySelectorAll("body [hreflang]")]
    .filter((link) => link.textContent.trim()).every((link) => link.lang === link.hreflang)"""


def test_each_error_is_told_with_its_question_too(new: NewVisitor) -> None:
    visitor = new()
    KINDS["nothing answered"].go(visitor)
    summary = visitor.page.locator("#error-summary li").all_inner_texts()
    errors = visitor.page.locator(".kb-error").all()
    assert [error.inner_text().removeprefix("Error:").strip() for error in errors] == summary
    for error in errors:
        name = error.get_attribute("id")
        assert visitor.page.locator(f"[aria-describedby~='{name}']").count() == 1


@pytest.mark.parametrize("kind", ["alert", "check", "done"])
def test_after_a_yes_to_danger_help_comes_before_all_else(new: NewVisitor, kind: str) -> None:
    visitor = new(width=PHONE)
    KINDS[kind].go(visitor)
    first = visitor.page.locator("main > :first-child")
    assert "Emergency" in first.inner_text()
    assert first.get_by_role("link", name="988", exact=True).get_attribute("href") == "tel:988"


@pytest.mark.parametrize(
    "kind",
    ["home", "guide", "forms list", "start", "nothing answered", "check", "resume", "no form", "expired"],
)
def test_in_spanish_a_page_says_so_and_has_no_barrier(new: NewVisitor, kind: str) -> None:
    visitor = new(width=PHONE, language="es")
    KINDS[kind].go(visitor)
    assert visitor.page.locator("html").get_attribute("lang") == "es"
    assert visitor.page.locator(".kb-languages a").inner_text() == "English"
    assert visitor.page.title().startswith("Error: ") is (KINDS[kind].status == 422)
    assert visitor.page.evaluate(OTHER_LANGUAGE)
    assert barriers(visitor.page) == []


def test_changing_the_language_keeps_the_page_and_the_answers(new: NewVisitor) -> None:
    visitor = new()
    KINDS["check"].go(visitor)
    visitor.press(".kb-languages a")
    assert visitor.page.inner_text("h1") == "Revise sus respuestas"
    assert "Ana Quispe" in visitor.page.inner_text("main")


def test_on_paper_the_own_copy_is_reference_and_answers(new: NewVisitor) -> None:
    visitor = new()
    KINDS["own copy"].go(visitor)
    visitor.page.emulate_media(media="print")
    assert visitor.page.locator("main dl").first.is_visible()
    assert visitor.page.locator(".kb-progress").is_visible()
    for chrome in (".kb-menu", ".kb-languages", ".kb-back", ".kb-noprint"):
        assert not visitor.page.locator(chrome).is_visible(), chrome
