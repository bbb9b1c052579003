"""Finding pages: typed words lead to guides, worksheets and forms, in both languages, with and without accents."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from site_src.building import build_site
from site_src.errors import SiteError
from site_src.instance import Instance
from tests.site.conftest import HILLTOP, Built
from tests.site.pages import read_page
from tests.site.screens import opened, served

in_browser = pytest.mark.browser


@pytest.fixture(scope="module")
def clinic(repository_site: Built) -> Iterator[str]:
    with served(repository_site.public) as address:
        yield address


def find(page: Page, words: str) -> list[tuple[str, str, str]]:
    """Kind, title and address of what is found first for words typed into the box."""
    said = page.get_by_role("status")
    page.get_by_role("searchbox").fill("")
    expect(said).to_be_empty()
    page.get_by_role("searchbox").fill(words)
    expect(said).not_to_be_empty(timeout=20_000)
    return [
        (item.locator("p").first.inner_text(), item.locator("a").inner_text(), _path(item.locator("a")))
        for item in page.locator(".kb-search__results li").all()
    ]


def _path(link: Locator) -> str:
    return link.get_attribute("href") or ""


@in_browser
def test_words_find_guides_worksheets_and_forms(browser: Browser, base: str) -> None:
    with opened(browser, 360) as page:
        page.goto(f"{base}/search/")
        assert find(page, "curtains") == [("Guide", "Bright mornings", "/mornings/")]
        assert find(page, "small log")[0] == ("Worksheet", "A small log", "/worksheets/log/")
        assert find(page, "meet other parents")[:2] == [
            ("Form", "Join our group", "/forms/join/"),
            ("Forms", "Forms", "/forms/"),
        ]
        assert find(page, "qwertyuiop") == []
        assert page.get_by_role("status").inner_text().startswith("Nothing found.")


@in_browser
def test_each_language_finds_its_own_pages(browser: Browser, base: str) -> None:
    with opened(browser, 1280) as page:
        page.goto(f"{base}/search/")
        assert find(page, "noches") == []
        page.get_by_role("link", name="Español").click()
        assert find(page, "otras familias")[0] == ("Formulario", "Únase a nuestro grupo", "/es/forms/join/")
        assert find(page, "noches") == [("Guía", "Noches tranquilas", "/es/noches/")]


@in_browser
def test_going_back_shows_what_was_found_before(browser: Browser, base: str) -> None:
    with opened(browser, 360) as page:
        page.goto(f"{base}/es/search/")
        find(page, "noches")
        page.get_by_role("link", name="Noches tranquilas").click()
        assert page.url == f"{base}/es/noches/"
        page.go_back()
        expect(page.get_by_role("link", name="Noches tranquilas")).to_be_visible()
        assert page.get_by_role("searchbox").input_value() == "noches"


@in_browser
@pytest.mark.parametrize(
    ("plain", "accented"), [("preocupacion", "preocupación"), ("nino", "niño"), ("sueno", "sueño")]
)
def test_a_word_typed_without_its_accents_is_found(
    browser: Browser, clinic: str, plain: str, accented: str
) -> None:
    with opened(browser, 360) as page:
        page.goto(f"{clinic}/es/search/")
        found, expected = find(page, plain), find(page, accented)
        assert found
        assert {address for _, _, address in found[:3]} & {address for _, _, address in expected}
        page.goto(clinic + found[0][2])
        assert accented[:6] in page.locator("main").inner_text().lower()


@in_browser
def test_many_results_come_a_few_at_a_time(browser: Browser, clinic: str) -> None:
    with opened(browser, 360) as page:
        page.goto(f"{clinic}/search/")
        assert len(find(page, "child")) == 8
        page.get_by_role("button", name="Show more").click()
        expect(page.locator(".kb-search__results li")).to_have_count(16)
        assert (
            page.locator(".kb-search__results a").nth(8).evaluate("link => link === document.activeElement")
        )


@in_browser
def test_nothing_of_the_search_is_fetched_before_it_is_used_and_nothing_from_elsewhere(
    browser: Browser, base: str
) -> None:
    with opened(browser, 360) as page:
        fetched: list[str] = []
        page.on("request", lambda request: fetched.append(request.url))
        page.goto(f"{base}/calm/")
        page.goto(f"{base}/search/", wait_until="networkidle")
        assert [address for address in fetched if "/pagefind/" in address] == []
        find(page, "evenings")
        assert any("/pagefind/pagefind.js" in address for address in fetched)
        assert [address for address in fetched if not address.startswith(base)] == []
        assert page.context.cookies() == []
        assert page.evaluate("localStorage.length + sessionStorage.length") == 0
        assert page.url == f"{base}/search/"


@in_browser
def test_when_the_index_cannot_be_fetched_the_page_says_so(browser: Browser, base: str) -> None:
    page = browser.new_page()
    page.route("**/pagefind/pagefind.js", lambda route: route.abort())
    page.goto(f"{base}/search/")
    page.get_by_role("searchbox").fill("evenings")
    expect(page.get_by_role("status")).to_contain_text("Search does not work right now.")
    page.close()


@in_browser
def test_without_scripts_the_lists_are_there_and_the_box_is_not(browser: Browser, base: str) -> None:
    with opened(browser, 360, scripts=False) as page:
        page.goto(f"{base}/es/search/")
        assert not page.get_by_role("searchbox").is_visible()
        page.get_by_role("link", name="Todas las guías").click()
        assert page.url == f"{base}/es/guides/"


def test_every_page_leads_to_the_search_of_its_language(hilltop: Built) -> None:
    for address, search in (("/calm/", "/search/"), ("/es/noches/", "/es/search/")):
        menu = read_page(hilltop.public, address).one(cls="kb-menu")
        assert menu.all("a")[-1]["href"] == search
    page = read_page(hilltop.public, "/search/")
    assert [link["href"] for link in page.one(cls="kb-languages").all("a")] == ["/es/search/"]


def test_only_what_our_search_uses_is_published(hilltop: Built) -> None:
    index = hilltop.public / "pagefind"
    entry = json.loads((index / "pagefind-entry.json").read_text("utf-8"))
    assert {name: language["page_count"] for name, language in entry["languages"].items()} == {
        "en": 7,
        "es": 4,
    }
    kinds = {re.sub(r"_[0-9a-f]+", "", path.name) for path in index.iterdir()}
    assert kinds == {
        "fragment", "index", "pagefind-entry.json", "pagefind-worker.js", "pagefind.en.pf_meta",
        "pagefind.es.pf_meta", "pagefind.js", "wasm.en.pagefind", "wasm.es.pagefind",
    }  # fmt: skip


def test_a_missing_pagefind_is_said_with_its_mend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "PAGEFIND_BINARY_PATH", "/bin/false")
    with pytest.raises(SiteError, match="Pagefind cannot make the search index: it ended with 1"):
        build_site(Instance(HILLTOP, tmp_path), tmp_path / "public")
