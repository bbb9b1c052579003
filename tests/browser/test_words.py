"""Titles, languages and errors say where one is, also to those who only hear the page."""

from __future__ import annotations

import pytest

from tests.browser.conftest import NewVisitor
from tests.browser.kinds import KINDS
from tests.browser.visitor import PHONE

pytestmark = pytest.mark.browser

WRONG = [kind for kind, found in KINDS.items() if found.status == 422]
TROUBLED = [*WRONG, "locked", "no recipients for a page"]
OTHER_LANGUAGE = """() => [...document.querySelectorAll("[hreflang]")].every((link) =>
    link.lang === link.hreflang || link.closest("head") || !link.textContent.trim())"""


@pytest.mark.parametrize("kind", WRONG)
def test_in_spanish_the_title_tells_an_error_too(new: NewVisitor, kind: str) -> None:
    visitor = new(language="es")
    KINDS[kind].go(visitor)
    assert visitor.page.title().startswith("Error: ")


@pytest.mark.parametrize("kind", TROUBLED)
def test_a_page_with_trouble_starts_where_the_trouble_is_told(new: NewVisitor, kind: str) -> None:
    visitor = new(width=PHONE)
    KINDS[kind].go(visitor)
    assert visitor.page.evaluate("document.activeElement.id") == "error-summary"
    assert visitor.page.locator("#error-summary").get_attribute("role") == "alert"


@pytest.mark.parametrize("kind", WRONG)
def test_each_line_of_the_error_summary_leads_to_an_input(new: NewVisitor, kind: str) -> None:
    visitor = new(width=PHONE)
    KINDS[kind].go(visitor)
    links = visitor.page.locator("#error-summary a").all()
    assert links
    for place, link in enumerate(links):
        target = link.get_attribute("href") or ""
        if not target.startswith("#"):
            assert kind == "check too early"
            continue
        link.focus()
        visitor.page.keyboard.press("Enter")
        focused = visitor.page.evaluate("[document.activeElement.id, document.activeElement.localName]")
        assert f"#{focused[0]}" == target and focused[1] in ("input", "select", "textarea"), place


def test_each_error_is_told_with_its_question_too(new: NewVisitor) -> None:
    visitor = new()
    KINDS["nothing answered"].go(visitor)
    summary = visitor.page.locator("#error-summary li").all_inner_texts()
    beside = [
        text.removeprefix("Error:").strip() for text in visitor.page.locator(".kb-error").all_inner_texts()
    ]
    assert beside == summary
    for error in visitor.page.locator(".kb-error").all():
        name = error.get_attribute("id")
        assert visitor.page.locator(f"[aria-describedby~='{name}']").count() == 1


@pytest.mark.parametrize("language", ["", "es"], ids=["english", "spanish"])
@pytest.mark.parametrize(
    "kind", ["home", "guide", "forms list", "start", "page", "check", "resume", "no form", "expired"]
)
def test_each_page_says_its_language_and_the_name_of_the_other(
    new: NewVisitor, kind: str, language: str
) -> None:
    visitor = new(language=language)
    KINDS[kind].go(visitor)
    assert visitor.page.locator("html").get_attribute("lang") == (language or "en")
    other = visitor.page.locator(".kb-languages a")
    name, lang = ("English", "en") if language else ("Español", "es")
    assert other.inner_text() == name
    assert (other.get_attribute("lang"), other.get_attribute("hreflang")) == (lang, lang)
    assert visitor.page.evaluate(OTHER_LANGUAGE)


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
