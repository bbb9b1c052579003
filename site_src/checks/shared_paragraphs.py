"""Rule: no two pages share a paragraph; what both need stands in one, and the other links to it."""

from __future__ import annotations

from collections.abc import Iterator

from site_src.checks.content import Content
from site_src.checks.finding import Finding, warning
from site_src.checks.page import Page
from site_src.checks.prose import words
from site_src.checks.rule import Rule
from site_src.checks.running_text import CITATIONS, passages

CODE = "shared-paragraph"
# Shorter ones are stock phrases, which may well be the same everywhere ("Call 911 now").
FEWEST_WORDS = 15


def check(content: Content) -> Iterator[Finding]:
    """A warning at each paragraph whose words, in order, stand in an earlier page of the same language."""
    seen: dict[tuple[str, ...], tuple[Page, int]] = {}
    for page in content.pages:
        for passage in passages(page):
            own = tuple(word.casefold() for word in words(CITATIONS.sub("", passage.text)))
            if passage.role != "paragraph" or len(own) < FEWEST_WORDS:
                continue
            other, line = seen.setdefault((page.language, *own), (page, passage.line))
            if other is not page:
                problem = f"the same paragraph stands in {other.path}:{line}: say it anew, or link to it"
                yield warning(page.path, passage.line, CODE, problem)


RULE = Rule({CODE: f"A paragraph of {FEWEST_WORDS} words or more stands in another page too."}, check)
