"""A long list of choices: searched by typing, with and without accents; a plain list where scripts are off."""

from __future__ import annotations

import pytest

from tests.browser.barriers import barriers
from tests.browser.conftest import NewVisitor
from tests.browser.visitor import PHONE, Visitor

pytestmark = pytest.mark.browser
LIST = "select[name=town]"


def offered(visitor: Visitor) -> list[str]:
    return [text.strip() for text in visitor.page.locator(f"{LIST} option").all_inner_texts()]


def test_typing_finds_a_choice_and_an_only_one_is_chosen(new: NewVisitor) -> None:
    visitor = new(width=PHONE)
    visitor.begin("everything", until="all")
    visitor.open("/forms/everything/all")
    box = visitor.page.get_by_label("Type to find it in the list")
    box.fill("le")
    assert offered(visitor) == ["Choose one", "León"]
    assert visitor.page.input_value(LIST) == "León"
    assert barriers(visitor.page) == []
    box.fill("nunoa")
    assert visitor.page.input_value(LIST) == "Ñuñoa"
    box.fill("nothing of the kind")
    assert offered(visitor) == ["Choose one", "Ñuñoa"], "what was chosen stays in reach"
    box.fill("")
    assert len(offered(visitor)) == 21
    box.press("Enter")
    assert visitor.path == "/forms/everything/all", "Enter in the search sends nothing"


def test_without_scripts_it_is_a_plain_list(new: NewVisitor) -> None:
    visitor = new(javascript=False)
    visitor.begin("everything", until="all")
    visitor.open("/forms/everything/all")
    assert len(offered(visitor)) == 21 and visitor.page.locator(".kb-find").count() == 0
