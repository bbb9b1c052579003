"""Rule: a guide is long enough to help and short enough for tonight, and so is each of its paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from site_src.checks.content import Content
from site_src.checks.document import Text
from site_src.checks.finding import Finding, warning
from site_src.checks.page import Page
from site_src.checks.prose import words
from site_src.checks.rule import Rule
from site_src.checks.running_text import CITATIONS, passage_sentences, passages

EASY_READ = "easy-read-"
FEWEST_WORDS, MOST_WORDS, MOST_SENTENCES = 500, 1000, 3
# A name in bold at the start of a paragraph is no sentence; words to say aloud are as long as they are.
NAMED = re.compile(r"\*\*[^*]+[.?!]\*\*\s")
QUOTES = '"“«'
SHORT, LONG, PARAGRAPH = "short-guide", "long-guide", "long-paragraph"


def check(content: Content) -> Iterator[Finding]:
    """A warning for a guide under 500 or over 1,000 words, and for a paragraph of more than three sentences.

    Every word that the author wrote on the page counts, in boxes and tables too; citations and sources do not.
    """
    for page in content.pages:
        yield from _paragraphs(page)
        if _has_a_length(page):
            yield from _length(page)


def _has_a_length(page: Page) -> bool:
    """Whether the page is a guide to read from top to end: not help now, a glossary or an Easy Read version."""
    is_glossary = any(text.role == "term" for text in page.document.of(Text))
    is_other = is_glossary or page.name.startswith(EASY_READ) or page.front_matter.text("need") == "now"
    return page.kind == "guide" and not is_other


def _length(page: Page) -> Iterator[Finding]:
    length = sum(len(words(CITATIONS.sub("", text.text))) for text in page.document.of(Text))
    if length > MOST_WORDS:
        problem = f"the guide has {length:,} words: cut it to {MOST_WORDS:,}, or make two of it"
        yield warning(page.path, page.text_line, LONG, problem)
    elif length < FEWEST_WORDS:
        problem = f"the guide has {length} words: say more, at least {FEWEST_WORDS}, or put it into another"
        yield warning(page.path, page.text_line, SHORT, problem)


def _paragraphs(page: Page) -> Iterator[Finding]:
    for passage in passages(page):
        count = sum(1 for _ in passage_sentences(passage)) - bool(NAMED.match(passage.source))
        if passage.role == "paragraph" and count > MOST_SENTENCES and passage.text[0] not in QUOTES:
            problem = f"the paragraph has {count} sentences: cut it after {MOST_SENTENCES}"
            yield warning(page.path, passage.line, PARAGRAPH, problem)


RULE = Rule(
    {
        SHORT: f"A guide has fewer than {FEWEST_WORDS} words. Help now, glossaries and `easy-read-…` are exempt.",
        LONG: f"A guide has more than {MOST_WORDS:,} words, sources and citations not counted; likewise.",
        PARAGRAPH: f"A paragraph has more than {MOST_SENTENCES} sentences.",
    },
    check,
)
