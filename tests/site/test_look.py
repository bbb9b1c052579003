"""The look of each class on each kind of page is the one that was agreed: no rule of the stylesheet is lost unseen.

Computed values, not pixels: they are the same whatever fonts a machine has. After a wanted change of the look,
`KINBRIDGE_LOOK=accept pytest tests/site/test_look.py` writes the file anew; its diff names what changed.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.site.screens import opened

pytestmark = pytest.mark.browser

AGREED = Path(__file__).with_name("look.json")
ADDRESSES = ("/", "/guides/", "/calm/", "/crisis/", "/worksheets/log/", "/forms/", "/search/", "/404.html")
VIEWS = (
    ("360 light", 360, "light", "screen"),
    ("1280 dark", 1280, "dark", "screen"),
    ("A4", 665, "light", "print"),
)
# Of each class the first element, with what stands before and after it: values that do not hang on the fonts.
LOOK = """() => {
    const names = ["align-items", "background-color", "background-image", "border-block-end-color",
        "border-block-end-style", "border-block-end-width", "border-block-start-style", "border-block-start-width",
        "border-inline-start-color", "border-inline-start-style", "border-inline-start-width",
        "border-start-start-radius", "break-inside", "clip-path", "color", "column-gap", "cursor",
        "display", "flex-basis",
        "flex-grow", "flex-shrink", "fill", "stroke", "stroke-width", "stop-color",
        "flex-direction", "flex-wrap", "float", "font-family", "font-size", "font-style", "font-weight",
        "justify-content", "line-height", "list-style-type", "margin-block-end", "margin-block-start",
        "max-inline-size", "min-block-size", "object-fit", "opacity", "overflow-wrap", "overflow-x",
        "padding-block-end", "padding-block-start", "padding-inline-end", "padding-inline-start", "position",
        "resize", "row-gap", "text-align", "text-decoration-line", "text-transform", "text-underline-offset",
        "vertical-align", "white-space", "z-index"];
    const seen = new Map();
    for (const element of document.querySelectorAll("body, body *")) {
        const around = element.parentElement;
        const first = element === around?.firstElementChild ? ":first-child" : "";
        const parents = [around?.parentElement?.localName, around?.localName].join(" ");
        const place = `.${around?.closest("[class]")?.classList[0]} ${parents}`;
        const own = [...element.classList].map((name) => `.${name}`);
        for (const key of [...own, `${place} > ${element.localName}${first}`])
            if (!seen.has(key)) seen.set(key, element);
    }
    const hash = (text) => {
        let sum = 0x811c9dc5;
        for (const sign of text) sum = Math.imul(sum ^ sign.codePointAt(0), 0x01000193) >>> 0;
        return sum.toString(16).padStart(8, "0");
    };
    return Object.fromEntries([...seen].map(([key, element]) => [key, hash([null, "::before", "::after"].map((part) => {
        const style = getComputedStyle(element, part);
        return part && style.content === "none" ? "" : names.map((name) => style.getPropertyValue(name)).join(";");
    }).join("|"))]));
}"""
# Takes out every rule of the page's stylesheet that names a class, one at a time, and asks whether the look changed.
UNSEEN = """(look) => {
    const seen = new Function("return " + look)();
    const before = JSON.stringify(seen());
    const lost = [];
    let used = 0;
    for (const sheet of document.styleSheets) {
        for (let at = 0; at < sheet.cssRules.length; at++) {
            const rule = sheet.cssRules[at];
            if (!(rule instanceof CSSStyleRule) || !rule.selectorText.startsWith(".kb-")) continue;
            const plain = rule.selectorText.replace(/::?(before|after|marker)/g, "");
            if (/:(hover|focus|active|target|checked|visited)/.test(plain) || !document.querySelector(plain)) continue;
            used++;
            const text = rule.cssText;
            sheet.deleteRule(at);
            if (JSON.stringify(seen()) === before) lost.push(text);
            sheet.insertRule(text, at);
        }
    }
    return [used, lost];
}"""


def looks(page: Page, base: str) -> dict[str, str]:
    """The look of every class, on the first page that has it."""
    found: dict[str, str] = {}
    for address in ADDRESSES:
        page.goto(base + address)
        found = page.evaluate(LOOK) | found
    return found


@pytest.mark.parametrize(("view", "width", "scheme", "media"), VIEWS)
def test_each_class_looks_as_agreed(
    browser: Browser, base: str, view: str, width: int, scheme: str, media: Any
) -> None:
    with opened(browser, width, scheme) as page:
        page.emulate_media(media=media)
        found = looks(page, base)
    agreed = json.loads(AGREED.read_text("utf-8")) if AGREED.is_file() else {}
    if os.environ.get("KINBRIDGE_LOOK") == "accept":
        AGREED.write_text(json.dumps({**agreed, view: found}, indent=1, sort_keys=True) + "\n", "utf-8")
        return
    of_view = agreed.get(view, {})
    assert [key for key in of_view.keys() | found.keys() if of_view.get(key) != found.get(key)] == []


def test_a_dropped_rule_would_be_found(browser: Browser, base: str) -> None:
    with opened(browser, 1280, bypass_csp=True) as page:
        for address in ("/", "/calm/", "/worksheets/log/"):
            page.goto(base + address)
            used, lost = page.evaluate(UNSEEN, LOOK)
            print(address, used, lost)
            assert used > 30
            assert len(lost) <= used * 0.1, lost
