"""Rule: help boxes can be read in fear: one of each level, nothing to follow in the emergency one, an end."""

from __future__ import annotations

from collections.abc import Iterator

from site_src.checks.content import Content
from site_src.checks.document import Block, Link, Marker, Text
from site_src.checks.finding import Finding, warning
from site_src.checks.page import Page
from site_src.checks.rule import Rule

TWICE, LINK, TEXT_AFTER = "help-box-twice", "help-box-link", "help-box-end"
EMERGENCY = "help-emergency"
DIALLED = ("tel:", "sms:")


def check(content: Content) -> Iterator[Finding]:
    """Warnings only: such a page is harder to use, and still right."""
    for page in content.pages:
        levels: set[str] = set()
        for box in page.document.blocks:
            if box.name.startswith("help-"):
                yield from _check_box(page, box, levels)
                levels.add(box.name)


def _check_box(page: Page, box: Block, levels: set[str]) -> Iterator[Finding]:
    if box.name in levels:
        yield warning(page.path, box.line, TWICE, f"the page has two boxes `{box.name}`: make them one")
    if box.name == EMERGENCY:
        for link in page.document.of(Link):
            if box.line < link.line < box.end and not link.target.startswith(DIALLED):
                problem = "an emergency box links only to numbers to dial: move this link below the box"
                yield warning(page.path, link.line, LINK, problem)
    after = next((part for part in page.document.parts if _is_start(part) and part.line > box.end), None)
    if isinstance(after, Text) and after.role != "heading":
        problem = f"the text after the box of line {box.line} needs a heading, so that its end is heard"
        yield warning(page.path, after.line, TEXT_AFTER, problem)


def _is_start(part: object) -> bool:
    return isinstance(part, Text | Marker)


RULE = Rule(
    {
        TWICE: "A page has two help boxes of one level.",
        LINK: "An emergency box holds a link that is not a number to dial.",
        TEXT_AFTER: "The text after a help box has no heading of its own.",
    },
    check,
)
