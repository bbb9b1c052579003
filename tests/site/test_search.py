"""Finding pages: typed words lead to guides, worksheets and forms, in both languages, with and without accents."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.site.conftest import Built
from tests.site.screens import chromium, opened, served

browser_test = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def base(repository_site: Built) -> Iterator[str]:
    with served(repository_site.public) as address:
        yield address


def find(page: Page, words: str) -> list[tuple[str, str]]:
    """Kind and title of what is found first for words typed into the box."""
    status = page.get_by_role("status")
    page.get_by_role("searchbox").fill("")
    expect(status).to_be_empty()
    page.get_by_role("searchbox").fill(words)
    expect(status).not_to_be_empty()
    expect(page.locator(".kb-search__results li").first.or_(status.get_by_text("No"))).to_be_visible()
    found = page.locator(".kb-search__results li").all()
    return [(item.locator("p").first.inner_text(), item.locator("a").inner_text()) for item in found]


@browser_test
@pytest.mark.parametrize(
    ("address", "words", "title"),
    [
        ("/search/", "sleep", "Healthy days: sleep, food, moving and screens"),
        ("/es/search/", "sueño", "Días saludables: sueño, comida, movimiento y pantallas"),
    ],
)
def test_a_word_finds_the_guide(browser: Browser, base: str, address: str, words: str, title: str) -> None:
    with opened(browser, 360) as page:
        page.goto(base + address)
        assert title in [name for _, name in find(page, words)]
