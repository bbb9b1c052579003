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
        found.began_at = found.page.evaluate("document.activeElement.id")
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


def test_it_says_its_language_and_the_name_of_the_other(visitor: Visitor) -> None:
    assert visitor.page.locator("html").get_attribute("lang") == "en"
    other = visitor.page.locator(".kb-languages a")
    assert (other.inner_text(), other.get_attribute("lang")) == ("Español", "es")
    assert other.get_attribute("hreflang") == "es"


def test_where_something_is_wrong_it_begins_there_and_each_line_leads_to_an_input(
    visitor: Visitor, kind: str
) -> None:
    summary = visitor.page.locator("#error-summary")
    assert summary.count() == (visitor.began_at == "error-summary")
    assert summary.count() or KINDS[kind].status != 422
    for target in visitor.page.locator("#error-summary a[href^='#']").all():
        target.focus()
        visitor.page.keyboard.press("Enter")
        name, element = visitor.page.evaluate("[document.activeElement.id, document.activeElement.localName]")
        assert f"#{name}" == target.get_attribute("href")
        assert element in ("input", "select", "textarea") or name == "add"


def test_axe_finds_no_barrier_in_any_light_and_width(visitor: Visitor) -> None:
    for width in (PHONE, DESK):
        look(visitor, width)
        for scheme in ("light", "dark"):
            visitor.page.emulate_media(color_scheme=scheme)
            assert barriers(visitor.page) == [], f"{width} {scheme}"


def test_nothing_is_scrolled_sideways_at_four_hundred_percent(visitor: Visitor) -> None:
    look(visitor, *ZOOMED)
    assert visitor.page.evaluate("document.documentElement.scrollWidth") <= ZOOMED[0]


def test_the_main_thing_to_do_is_one(visitor: Visitor) -> None:
    buttons = visitor.page.locator("main .kb-button:not(.kb-button--secondary):visible")
    assert buttons.count() <= 1


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


@pytest.mark.parametrize("size", [ZOOMED, (800, 600), (900, 600), (1024, 600)])
def test_quick_exit_never_covers_the_focus(new: NewVisitor, size: tuple[int, int]) -> None:
    visitor = new()
    KINDS["page of safety"].go(visitor)
    look(visitor, *size)
    stops = tab_through(visitor.page)
    assert [stop["name"] for stop in stops if not stop["uncovered"]] == []
    assert visitor.page.locator(".kb-exit").is_visible()


SPACED = """() => {
    const spaced = new CSSStyleSheet();
    spaced.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
        word-spacing: 0.16em !important } p { margin-block-end: 2em !important }`);
    document.adoptedStyleSheets = [spaced];
    const isCut = (box) => box.clientWidth > 1 && box.scrollWidth > box.clientWidth + 1
        && getComputedStyle(box).overflowX !== "visible";
    return [document.documentElement.scrollWidth <= innerWidth,
        [...document.querySelectorAll("main *:not(.kb-visually-hidden)")].filter(isCut)
            .map((box) => box.outerHTML.slice(0, 90))];
}"""


@pytest.mark.parametrize("found", ["guide", "start", "page with every widget", "check", "done"])
def test_wider_spaced_text_is_neither_cut_nor_off_the_page(new: NewVisitor, found: str) -> None:
    visitor = new(width=PHONE)
    KINDS[found].go(visitor)
    assert visitor.page.evaluate(SPACED) == [True, []]


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
