"""Rule: every page is translated, and each translation is of the text as it stands now."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from site_src.checks.content import Content
from site_src.checks.finding import Finding, error, warning
from site_src.checks.page import Page
from site_src.checks.rule import Rule

NO_ORIGINAL, UNNAMED, UNMARKED = "no-such-original", "unnamed-original", "unmarked-translation"
STALE, MISSING = "stale-translation", "untranslated"
HASH_LENGTH = 16
ACCEPT = "read it against its original, then run `kinbridge check --accept-translations {path}`"


def source_hash(page: Page) -> str:
    """What `source_hash` holds in a translation of this page: a hash of its title, description and text.

    The rest of the front matter (dates, order, sources) is not translated, so it makes nothing stale.
    """
    facts = (page.front_matter.text("title"), page.front_matter.text("description"), page.body.strip())
    return hashlib.sha256("\0".join(facts).encode()).hexdigest()[:HASH_LENGTH]


def check(content: Content) -> Iterator[Finding]:
    """Stale translations are errors; so is a translation of nothing. The rest are warnings."""
    for page in content.pages:
        if page.language == content.default:
            yield from _untranslated(content, page)
        else:
            yield from _translation(content, page)


def _untranslated(content: Content, page: Page) -> Iterator[Finding]:
    for language, folder in content.folders():
        own = [other for other in content.pages if other.language == language]
        translated = any(content.original_of(other) == page.name for other in own)
        if not translated and not (folder / page.name).is_file():
            problem = f"there is no translation: add content/{language}/{page.name}"
            yield warning(page.path, 1, MISSING, problem)


def _translation(content: Content, page: Page) -> Iterator[Finding]:
    matter = page.front_matter
    name = content.original_of(page)
    original = content.page(content.default, name)
    if not matter.text("translation_of"):
        if original:
            problem = f"the page translates {original.path}: add `translation_of: {name}`"
            yield warning(page.path, 1, UNNAMED, problem)
    elif original is None:
        if not (content.instance.content / content.default / name).is_file():
            problem = f"there is no content/{content.default}/{name} to be a translation of"
            yield error(page.path, matter.line("translation_of"), NO_ORIGINAL, problem)
    elif matter.text("source_hash") != source_hash(original):
        accept = ACCEPT.format(path=page.path)
        line = matter.line("source_hash" if "source_hash" in matter.lines else "translation_of")
        if matter.text("source_hash"):
            problem = f"{original.path} has changed since this was translated: {accept}"
            yield error(page.path, line, STALE, problem)
        else:
            problem = f"nothing tells which text of {original.path} this translates: {accept}"
            yield warning(page.path, line, UNMARKED, problem)


RULE = Rule(
    {
        NO_ORIGINAL: "`translation_of` names no page.",
        UNNAMED: "A page translates another of the same name without saying so.",
        UNMARKED: "A translation has no `source_hash`.",
        STALE: "The original has changed since it was translated. Stops only a release that changes the page.",
        MISSING: "A page lacks a translation into one of the clinic's languages.",
    },
    check,
)
