"""No page of this repository's site has a barrier that axe can find: every page, narrow and wide, light and dark."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Literal

import pytest

from tests.browser.barriers import barriers
from tests.site.conftest import Built
from tests.site.pages import Element, all_pages
from tests.site.screens import chromium, opened, served

pytestmark = pytest.mark.browser

Light = Literal["light", "dark"]
View = tuple[int, Light]
WIDTHS = (360, 1280)
VIEWS: tuple[View, ...] = ((360, "light"), (1280, "dark"), (360, "dark"), (1280, "light"))
LONG = os.environ.get("KINBRIDGE_TEST_LONG") == "1"


def spread(pages: Mapping[str, Element]) -> Iterator[tuple[str, View]]:
    """Each page in one view, in turn, so that every type of page is seen in all four; in the long run all in all."""
    ordered = sorted(pages, key=lambda address: (_type(pages[address]), address))
    for _, group in groupby(ordered, key=lambda address: _type(pages[address])):
        alike = list(group)
        if LONG:
            yield from ((address, view) for address in alike for view in VIEWS)
        else:
            turns = range(max(len(alike), len(VIEWS)))
            yield from ((alike[turn % len(alike)], VIEWS[turn % len(VIEWS)]) for turn in turns)


def _type(page: Element) -> str:
    return page.one("body")["class"]


def found_by_axe(site: Built, looks: Iterable[tuple[str, View]]) -> dict[tuple[str, View], list[str]]:
    """What axe finds on pages in their views, with one browser page for all."""
    looks = sorted(looks, key=lambda look: look[1])
    found = {}
    with served(site.public) as base, chromium() as browser, opened(browser, WIDTHS[0]) as page:
        for address, (width, scheme) in looks:
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme=scheme)
            page.goto(base + address)
            found[address, (width, scheme)] = barriers(page, stylesheets=False)
    return found


def test_axe_finds_no_barrier_on_any_page(repository_site: Built) -> None:
    pages = all_pages(repository_site.public)
    looks = list(spread(pages))
    found = found_by_axe(repository_site, looks)
    assert {address for address, _ in found} == set(pages)
    assert len(found) == len(looks) >= len(pages) > 80
    assert {look: barriers for look, barriers in found.items() if barriers} == {}


def test_every_type_of_page_is_looked_at_in_every_view(repository_site: Built) -> None:
    pages = all_pages(repository_site.public)
    seen: dict[str, set[View]] = {}
    for address, view in spread(pages):
        seen.setdefault(_type(pages[address]), set()).add(view)
    assert len(seen) >= 5
    assert all(views == set(VIEWS) for views in seen.values())
