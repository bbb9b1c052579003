"""Links make sense read alone, as a list of links reads them out: what each says, and that it says where it leads."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from urllib.parse import urljoin

import pytest

from tests.site.conftest import Built
from tests.site.pages import Element, all_pages, parse

EMPTY_WORDS = re.compile(
    r"(?:click |tap |see |read |go )?(?:here|this|that|this page|that page|more|read more|learn more|link|page|next)"
    r"|(?:haga clic |vea |lea |vaya )?(?:aquí|acá|esto|eso|esta página|esa página|más|leer más|ver más|enlace|página)",
    re.IGNORECASE,
)


def links(page: Element) -> Iterator[tuple[str, Element]]:
    """Each link of a page with the name that a screen reader gives it."""
    for link in page.all("a"):
        pictures = " ".join(image.get("alt") for image in link.all("img"))
        yield " ".join((link.get("aria-label") or f"{link.text} {pictures}").split()), link


def saying_nothing(page: Element) -> list[str]:
    """The links whose name does not say where they lead."""
    return [
        f"{name!r} -> {link['href']}"
        for name, link in links(page)
        if not re.search(r"\w", name) or EMPTY_WORDS.fullmatch(name.rstrip(".:…→ ").strip())
    ]


def ambiguous(page: Element, address: str = "/") -> dict[str, list[str]]:
    """The names that lead to different pages or numbers; within the page, "On this page" says where they lead."""
    places: dict[str, set[str]] = defaultdict(set)
    for name, link in links(page):
        if not link["href"].startswith("#"):
            places[name.casefold()].add(urljoin(address, link["href"]).partition("#")[0])
    return {name: sorted(found) for name, found in places.items() if len(found) > 1}


@pytest.mark.parametrize("site", ["repository_site", "hilltop"])
def test_every_link_says_where_it_leads(site: str, request: pytest.FixtureRequest) -> None:
    built: Built = request.getfixturevalue(site)
    found = {address: saying_nothing(page) for address, page in all_pages(built.public).items()}
    assert {address: names for address, names in found.items() if names} == {}


@pytest.mark.parametrize("site", ["repository_site", "hilltop"])
def test_no_two_links_of_a_page_say_the_same_and_lead_elsewhere(
    site: str, request: pytest.FixtureRequest
) -> None:
    built: Built = request.getfixturevalue(site)
    found = {address: ambiguous(page, address) for address, page in all_pages(built.public).items()}
    assert {address: names for address, names in found.items() if names} == {}


@pytest.mark.parametrize("name", ["here", "Read more", "this page", "aquí", "Leer más", "→", ""])
def test_a_link_that_says_nothing_would_be_found(name: str) -> None:
    assert saying_nothing(parse(f'<a href="/calm/">{name}</a>'))


def test_two_places_under_one_name_would_be_found() -> None:
    page = parse('<a href="/calm/">Start</a> <a href="/meals/">start</a> <a href="/calm/#a">Start</a>')
    assert ambiguous(page) == {"start": ["/calm/", "/meals/"]}
