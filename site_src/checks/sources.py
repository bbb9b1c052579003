"""Rule: what a page cites is in the evidence, and its front matter lists what its text cites."""

from __future__ import annotations

import re
from collections.abc import Iterator

from site_src.checks.content import Content
from site_src.checks.document import Text
from site_src.checks.finding import Finding, error, warning
from site_src.checks.page import Page
from site_src.checks.rule import Rule
from site_src.markdown.citations import CITATION

UNKNOWN, FORM, UNLISTED, UNUSED = "unknown-source", "citation-form", "unlisted-source", "uncited-source"
BRACKETS = re.compile(r"\[@[^\]]*\]?")


def check(content: Content) -> Iterator[Finding]:
    """Compares each page's `sources`, its citations, and the keys of datapackages/evidence."""
    known = {row["key"] for row in content.sources}
    for page in content.pages:
        cited: dict[str, int] = {}
        for line, text in citations(page):
            keys = citation_keys(text)
            if not keys:
                yield error(page.path, line, FORM, f"{text} is no citation: write [@key] or [@one; @other]")
            for key in keys:
                cited.setdefault(key, line)
        yield from _compare(page, cited, known)


def citations(page: Page) -> Iterator[tuple[int, str]]:
    """Every bracket that begins as a citation does, with its line."""
    for text in page.document.of(Text):
        for line, words in text.lines:
            yield from ((line, found[0]) for found in BRACKETS.finditer(words))


def citation_keys(citation: str) -> list[str]:
    """The keys in a citation; none when the site would not take it for one."""
    match = re.fullmatch(CITATION, citation)
    return [key.strip().removeprefix("@") for key in match[1].split(";")] if match else []


def _compare(page: Page, cited: dict[str, int], known: set[str]) -> Iterator[Finding]:
    listed: dict[str, int] = {}
    for line, key in page.front_matter.items("sources"):
        listed.setdefault(key, line)
    for key, line in {**cited, **listed}.items():
        if key not in known:
            yield error(page.path, line, UNKNOWN, f"there is no source {key!r} in datapackages/evidence")
        elif key not in listed:
            yield warning(page.path, line, UNLISTED, f"add {key!r} to `sources` in the front matter")
        elif key not in cited and cited.keys() <= known:  # else its citation is most likely misspelled
            problem = (
                f"no sentence cites {key!r}: write [@{key}] where it belongs, or take it out of `sources`"
            )
            yield warning(page.path, line, UNUSED, problem)


RULE = Rule(
    {
        UNKNOWN: "A page names a source that is not in datapackages/evidence.",
        FORM: "A bracket begins as a citation and is none.",
        UNLISTED: "The text cites a source that the front matter does not list.",
        UNUSED: "The front matter lists a source that no sentence cites.",
    },
    check,
)
