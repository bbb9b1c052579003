"""Rule: each page can be read and says what it is: UTF-8, front matter, title, description, known words."""

from __future__ import annotations

from collections.abc import Iterator

from site_src.catalogue import AGES, NEEDS
from site_src.checks.content import NO_LANGUAGE, Content
from site_src.checks.finding import Finding, error
from site_src.checks.page import NO_FRONT_MATTER, NOT_UTF_8, Page
from site_src.checks.rule import Rule

MISSING, UNKNOWN = "missing-fact", "unknown-word"
AUDIENCES = ("parents", "staff", "everyone")


def check(content: Content) -> Iterator[Finding]:
    """The findings of pages that cannot be read, then of those that can."""
    yield from content.broken
    for page in content.pages:
        yield from _missing(page)
        yield from _unknown(page)


def _missing(page: Page) -> Iterator[Finding]:
    for key in ("title", "description"):
        if not page.front_matter.text(key):
            yield error(
                page.path, page.front_matter.line(key), MISSING, f"the page has no {key}: add `{key}: …`"
            )


def _unknown(page: Page) -> Iterator[Finding]:
    matter = page.front_matter
    said = [
        *((matter.line(key), key, matter.text(key), known) for key, known in _SINGLE if matter.text(key)),
        *((line, "ages", age, AGES) for line, age in matter.items("ages")),
    ]
    for line, key, word, known in said:
        if word not in known:
            problem = f"`{key}` knows no {word!r}: write one of {', '.join(known)}"
            yield error(page.path, line, UNKNOWN, problem)


_SINGLE = (("audience", AUDIENCES), ("need", NEEDS))

RULE = Rule(
    {
        NOT_UTF_8: "A page's file, or one of a form, is not UTF-8.",
        NO_FRONT_MATTER: "A page has no front matter, or it is broken YAML.",
        NO_LANGUAGE: "A page lies outside the folders of the clinic's languages.",
        MISSING: "A page has no title or no description.",
        UNKNOWN: "`audience`, `need` or `ages` holds a word that the site does not know.",
    },
    check,
)
