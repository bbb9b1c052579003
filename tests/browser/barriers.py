"""What stands in the way of a family: found by axe, and by measuring what axe does not measure."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS = {
    "runOnly": {"type": "tag", "values": TAGS},
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}
SMALL = """() => [...document.querySelectorAll("a, button, input, select, textarea, summary")].flatMap((element) => {
    if (!element.checkVisibility({visibilityProperty: true}) || element.closest(".kb-skip")) return [];
    const target = element.closest("label") ?? element;
    const {width, height} = target.getBoundingClientRect();
    const isInText = getComputedStyle(element).display === "inline";
    const isMain = element.matches(".kb-button, .kb-choice input, .kb-exit, .kb-input, .kb-select, .kb-textarea");
    const least = isMain ? 44 : 24;
    return isInText || Math.min(width, height) >= least - 0.5
        ? [] : [`${Math.round(width)} x ${Math.round(height)}: ${element.outerHTML.slice(0, 90)}`];
})"""
FOCUSED = """() => {
    const element = document.activeElement;
    if (!element || element === document.body) return null;
    const target = element.closest(".kb-choice") ?? element;
    const [box, style] = [target.getClientRects()[0], getComputedStyle(target)];
    const middle = (start, end, most) => (Math.max(start, 0) + Math.min(end, most)) / 2;
    const top = document.elementFromPoint(
        middle(box.left, box.right, innerWidth), middle(box.top, box.bottom, innerHeight));
    return {
        name: element.outerHTML.slice(0, 120),
        place: [...document.querySelectorAll("*")].indexOf(element),
        ringed: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
        uncovered: Boolean(top) && (target.contains(top) || top.contains(target)),
    };
}"""
MOST_STOPS = 120


def barriers(page: Page, stylesheets: bool = True) -> list[str]:
    """What axe finds, one line a place. Loading it takes time: once a page.

    Without `stylesheets` it leaves out the one rule that reads them, which is the same for pages that share them.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    options = {**OPTIONS, "preload": stylesheets}
    found = page.evaluate("(options) => axe.run(document, options)", options)["violations"]
    return [f"{fault['id']}: {node['html'][:120]}" for fault in found for node in fault["nodes"]]


def too_small(page: Page) -> list[str]:
    """What a thumb cannot hit: below 44 pixels for buttons, boxes and choices, 24 for all but links in text."""
    found: list[str] = page.evaluate(SMALL)
    return found


def tab_through(page: Page) -> list[dict[str, Any]]:
    """What each stop of the Tab key looks like, once round the page."""
    stops: list[dict[str, Any]] = []
    page.evaluate("document.activeElement.blur()")
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop is None or (stops and stop["place"] == stops[0]["place"]):
            break
        stops.append(stop)
    return stops
