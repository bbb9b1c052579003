"""Rule: no sentence is so long that a tired parent loses its thread."""

from __future__ import annotations

from collections.abc import Iterator

from site_src.checks.content import Content
from site_src.checks.finding import Finding, error, warning
from site_src.checks.rule import Rule
from site_src.checks.running_text import passage_sentences, passages

WARN_OVER, REFUSE_OVER = 25, 40
CODE = "long-sentence"
SHOWN_WORDS = 6


def check(content: Content) -> Iterator[Finding]:
    """A warning for a sentence over 25 words, an error for one over 40."""
    for page in content.pages:
        for passage in passages(page):
            for sentence in passage_sentences(passage):
                if sentence.length > WARN_OVER:
                    level = error if sentence.length > REFUSE_OVER else warning
                    start = " ".join(sentence.text.split()[:SHOWN_WORDS])
                    problem = f'"{start} …" has {sentence.length} words: cut it to 20 or fewer'
                    yield level(page.path, sentence.line, CODE, problem)


RULE = Rule(
    {CODE: f"A sentence has more than {WARN_OVER} words (error: more than {REFUSE_OVER})."},
    check,
)
