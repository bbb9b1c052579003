"""Rule: headings make an outline: one level at a time, none empty, the page's title above them all."""

from __future__ import annotations

from collections.abc import Iterator

from site_src.checks.content import Content
from site_src.checks.document import Text
from site_src.checks.finding import Finding, error
from site_src.checks.page import Page
from site_src.checks.rule import Rule

ORDER, TITLE, EMPTY = "heading-order", "heading-title", "heading-empty"


def check(content: Content) -> Iterator[Finding]:
    """The title stands in the front matter; a text may repeat it once, as its first line."""
    for page in content.pages:
        yield from _check_page(page)


def _check_page(page: Page) -> Iterator[Finding]:
    texts = page.document.of(Text)
    above = 1
    for text in texts:
        if text.role != "heading":
            continue
        if not text.text.strip():
            yield error(page.path, text.line, EMPTY, "the heading has no words")
        elif text.level == 1 and text is not texts[0]:
            yield error(page.path, text.line, TITLE, "only the title is a heading with one #: write ##")
        elif text.level > above + 1:
            problem = (
                f"a heading with {'#' * text.level} follows one with {'#' * above}: write {'#' * (above + 1)}"
            )
            yield error(page.path, text.line, ORDER, problem)
        above = text.level


RULE = Rule(
    {
        ORDER: "A heading skips a level.",
        TITLE: "A heading of the first level stands inside the text.",
        EMPTY: "A heading has no words.",
    },
    check,
)
