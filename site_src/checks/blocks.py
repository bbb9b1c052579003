"""Rule: blocks are ones the site knows, closed, and name a form or worksheet that there is."""

from __future__ import annotations

from collections.abc import Iterator

from site_src.checks.content import Content
from site_src.checks.document import Block
from site_src.checks.finding import Finding, error
from site_src.checks.page import Page
from site_src.checks.rule import Rule
from site_src.markdown.blocks import BLOCKS

UNKNOWN, OPEN, STRAY = "unknown-block", "unclosed-block", "stray-block-end"
NO_FORM, NO_WORKSHEET = "no-such-form", "no-such-worksheet"
NAMES = frozenset(block.NAME for block in BLOCKS)


def check(content: Content) -> Iterator[Finding]:
    """At most one finding for each line that opens or closes a block."""
    for page in content.pages:
        for block in page.document.blocks:
            yield from _check_block(content, page, block)
        for line in page.document.stray_ends:
            yield error(page.path, line, STRAY, "this line closes no block: take it out, or open one above")


def _check_block(content: Content, page: Page, block: Block) -> Iterator[Finding]:
    if block.name not in NAMES:
        problem = f"there is no block {block.name!r}: write one of {', '.join(sorted(NAMES))}"
        yield error(page.path, block.line, UNKNOWN, problem)
    elif not block.closed:
        yield error(
            page.path, block.line, OPEN, f"`/// {block.name}` is never closed: end it with a line `///`"
        )
    elif block.name == "form" and block.argument not in content.forms:
        known = ", ".join(sorted(content.forms)) or "none"
        problem = f"there is no form {block.argument!r}: the clinic's forms are {known}"
        yield error(page.path, block.line, NO_FORM, problem)
    elif block.name == "worksheet" and not content.file(page.language, f"worksheets/{block.argument}.md"):
        problem = f"there is no worksheet {block.argument!r}: add worksheets/{block.argument or 'name'}.md"
        yield error(page.path, block.line, NO_WORKSHEET, problem)


RULE = Rule(
    {
        UNKNOWN: "A block has a name that the site does not know.",
        OPEN: "A block is not closed.",
        STRAY: "A closing line closes nothing.",
        NO_FORM: "A block invites to a form that there is not.",
        NO_WORKSHEET: "A block leads to a worksheet that there is not.",
    },
    check,
)
