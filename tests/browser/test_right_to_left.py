"""A page written from right to left is the mirror of the same page written from left to right."""

from __future__ import annotations

import pytest

from tests.browser.barriers import barriers
from tests.browser.conftest import NewVisitor
from tests.browser.kinds import KINDS
from tests.browser.visitor import DESK, PHONE

pytestmark = pytest.mark.browser

# Where each block ends and begins, from the left, and from the right when the page is turned round. What stands in
# a line of text is left out: English words keep their own direction in any page.
BLOCKS = """() => [...document.querySelectorAll("body *")].flatMap((element) => {
    const style = getComputedStyle(element), box = element.getBoundingClientRect();
    if (style.display.startsWith("inline") || !element.checkVisibility() || box.width < 2) return [];
    if (element.closest("svg, .kb-visually-hidden, .kb-skip")) return [];
    const [near, far] = document.dir === "rtl" ? [innerWidth - box.right, innerWidth - box.left] : [box.left, box.right];
    return [[element.outerHTML.slice(0, 80), Math.round(near), Math.round(far)]];
})"""


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize(
    "kind", ["home", "guide", "forms list", "start", "nothing answered", "check", "done", "alert"]
)
def test_a_page_from_right_to_left_is_the_mirror_of_the_other(new: NewVisitor, kind: str, width: int) -> None:
    visitor = new(width=width)
    KINDS[kind].go(visitor)
    there = visitor.page.evaluate(BLOCKS)
    visitor.page.evaluate("document.dir = 'rtl'")
    turned = visitor.page.evaluate(BLOCKS)
    assert len(there) == len(turned) > 10
    moved = [
        (name, near, far, turned_near, turned_far)
        for (name, near, far), (_, turned_near, turned_far) in zip(there, turned, strict=True)
        if abs(near - turned_near) > 2 or abs(far - turned_far) > 2
    ]
    assert moved == []
    assert visitor.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert barriers(visitor.page) == []


def test_a_page_that_stays_on_the_left_is_found_out(new: NewVisitor) -> None:
    visitor = new(width=DESK)
    KINDS["start"].go(visitor)
    visitor.page.evaluate("document.querySelector('main h1').style.marginLeft = '40px'")
    there = visitor.page.evaluate(BLOCKS)
    visitor.page.evaluate("document.dir = 'rtl'")
    assert visitor.page.evaluate(BLOCKS) != there
