"""Every kind of page, narrow and wide, light and dark: no barrier, in reach of thumb, eye and keyboard."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.barriers import barriers, tab_through, too_small
from tests.browser.clinic import Clinic
from tests.browser.conftest import NewVisitor, visiting
from tests.browser.kinds import KINDS
from tests.browser.visitor import DESK, HEIGHTS, PHONE, Visitor

pytestmark = pytest.mark.browser

ZOOMED = (320, 256)  # what 1280 x 1024 leaves at 400 %


@pytest.fixture(scope="module", params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """The kind of page; all its tests look at the same one."""
    return str(request.param)


@pytest.fixture(scope="module")
def visitor(browser: Browser, clinic: Clinic, kind: str) -> Iterator[Visitor]:
    """A family that is there."""
    with visiting(browser, clinic) as make:
        found = make(width=PHONE)
        KINDS[kind].go(found)
        yield found


def look(visitor: Visitor, width: int, height: int | None = None) -> None:
    """Change the size of the window."""
    visitor.page.set_viewport_size({"width": width, "height": height or HEIGHTS[width]})


def test_it_answers_with_its_status_and_says_where_one_is(visitor: Visitor, kind: str) -> None:
    status = KINDS[kind].status
    assert visitor.status == status
    title = visitor.page.title()
    assert "Rivermouth Family Clinic" in title
    assert title.startswith("Error: ") is (status == 422)
    assert visitor.page.locator("h1").count() == 1


def test_axe_finds_no_barrier_in_any_light_and_width(visitor: Visitor) -> None:
    for width in (PHONE, DESK):
        look(visitor, width)
        for scheme in ("light", "dark"):
            visitor.page.emulate_media(color_scheme=scheme)
            assert barriers(visitor.page) == [], f"{width} {scheme}"


def test_nothing_is_scrolled_sideways_at_four_hundred_percent(visitor: Visitor) -> None:
    look(visitor, *ZOOMED)
    assert visitor.page.evaluate("document.documentElement.scrollWidth") <= ZOOMED[0]


def test_everything_to_tap_is_large_enough(visitor: Visitor) -> None:
    for width in (PHONE, DESK):
        look(visitor, width)
        assert too_small(visitor.page) == [], width


def test_the_focus_is_always_seen(visitor: Visitor) -> None:
    look(visitor, PHONE)
    stops = tab_through(visitor.page)
    assert len(stops) > 5
    assert [stop["name"] for stop in stops if not stop["ringed"]] == []
    assert [stop["name"] for stop in stops if not stop["uncovered"]] == []


@pytest.mark.parametrize("found", ["page", "nothing answered", "check", "done"])
def test_axe_finds_no_barrier_in_spanish(new: NewVisitor, found: str) -> None:
    visitor = new(width=PHONE, language="es")
    KINDS[found].go(visitor)
    assert barriers(visitor.page) == []


def test_an_input_without_a_label_would_be_found(new: NewVisitor) -> None:
    visitor = new(width=PHONE)
    KINDS["page"].go(visitor)
    visitor.page.evaluate("document.querySelector('label[for=f-your_name]').remove()")
    assert [line.partition(":")[0] for line in barriers(visitor.page)] == ["label"]


def test_pale_text_in_the_dark_would_be_found(new: NewVisitor) -> None:
    visitor = new(width=DESK, scheme="dark")
    KINDS["resume"].go(visitor)
    visitor.page.evaluate("document.querySelector('.kb-hint').style.setProperty('color', '#3a4b49')")
    assert [line.partition(":")[0] for line in barriers(visitor.page)] == ["color-contrast"]


def test_a_small_button_and_a_focus_without_a_ring_would_be_found(new: NewVisitor) -> None:
    visitor = new(width=PHONE)
    KINDS["resume"].go(visitor)
    visitor.page.evaluate(
        """() => {
            document.querySelector("[name=code]").style.setProperty("outline", "none");
            document.querySelector(".kb-actions .kb-button").style.setProperty("min-block-size", "0");
            document.querySelector(".kb-actions .kb-button").style.setProperty("padding", "0");
        }"""
    )
    assert len(too_small(visitor.page)) == 1
    assert len([stop for stop in tab_through(visitor.page) if not stop["ringed"]]) == 1
