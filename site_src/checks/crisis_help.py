"""Rule: from every guide, help in a crisis is one link away."""

from __future__ import annotations

from collections.abc import Iterator

from site_src.checks.content import Content
from site_src.checks.document import Link
from site_src.checks.finding import Finding, error
from site_src.checks.links import linked_file
from site_src.checks.page import Page
from site_src.checks.rule import Rule

CODE = "no-crisis-help"


def check(content: Content) -> Iterator[Finding]:
    """A guide shows the crisis lines, or links to a page whose `need` is `now`."""
    help_pages = {page.path for page in content.pages if page.front_matter.text("need") == "now"}
    # A page that cannot be read has a finding of its own; it may well be the one that helps.
    help_pages |= set(content.unread)
    for page in content.pages:
        if page.kind == "guide" and not _leads_to_help(content, page, help_pages):
            problem = "the guide does not link to crisis help: add a link to it, or `/// crisis`"
            yield error(page.path, page.text_line, CODE, problem)


def _leads_to_help(content: Content, page: Page, help_pages: set[str]) -> bool:
    if any(block.name == "crisis" for block in page.document.blocks):
        return True
    files = (linked_file(content, page, link.target) for link in page.document.of(Link))
    return any(file.relative_to(content.root).as_posix() in help_pages for file in files if file)


RULE = Rule({CODE: "A guide does not link to crisis help."}, check)
