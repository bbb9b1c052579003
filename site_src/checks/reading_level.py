"""Rule: a page's running text is easy to read, measured for its language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from site_src.checks.content import Content
from site_src.checks.finding import Finding, error, warning
from site_src.checks.page import Page
from site_src.checks.readability import flesch_kincaid, inflesz, inflesz_band
from site_src.checks.rule import Rule
from site_src.checks.running_text import Sentence, passage_sentences, passages
from site_src.checks.sentences import REFUSE_OVER

CODE = "reading-level"
# The formulas are made for samples of a hundred words: on a sentence or two they only measure chance.
FEWEST_WORDS = 30
FEWEST_WORDS_OF_A_PASSAGE = 15


@dataclass(frozen=True)
class Scale:
    """A measure that grows with difficulty, its two limits, and how to say a result."""

    hardness: Callable[[Iterable[str]], float]
    warn_over: float
    refuse_over: float
    say: Callable[[float], str]


SCALES = {
    "en": Scale(flesch_kincaid, 7, 9, lambda grade: f"reading grade {grade:.1f} (aim at 5 to 6, at most 7)"),
    "es": Scale(
        lambda sentences: -inflesz(sentences),
        -60,
        -50,
        lambda score: f"INFLESZ {-score:.0f}, {inflesz_band(-score)} (aim at 65 or more, at least 60)",
    ),
}


def check(content: Content) -> Iterator[Finding]:
    """One finding for a page that is too hard, at its hardest paragraph."""
    for page in content.pages:
        scale = SCALES.get(page.language)
        if scale is not None:
            yield from _check_page(page, scale)


def _check_page(page: Page, scale: Scale) -> Iterator[Finding]:
    by_passage = [_measured(passage_sentences(passage)) for passage in passages(page)]
    sentences = [sentence for passage in by_passage for sentence in passage]
    if _length(sentences) < FEWEST_WORDS:
        return
    hardness = _hardness(sentences, scale)
    if hardness > scale.warn_over:
        level = error if hardness > scale.refuse_over else warning
        long_enough = [own for own in by_passage if _length(own) >= FEWEST_WORDS_OF_A_PASSAGE] or [sentences]
        hardest = max(long_enough, key=lambda own: _hardness(own, scale))
        yield level(page.path, hardest[0].line, CODE, f"{scale.say(hardness)}; the hardest part begins here")


def _measured(sentences: Iterable[Sentence]) -> list[Sentence]:
    """A sentence that is refused for its length has a finding of its own, and is not held against the page."""
    return [sentence for sentence in sentences if sentence.length <= REFUSE_OVER]


def _hardness(sentences: Iterable[Sentence], scale: Scale) -> float:
    return scale.hardness(sentence.text for sentence in sentences)


def _length(sentences: Iterable[Sentence]) -> int:
    return sum(sentence.length for sentence in sentences)


RULE = Rule(
    {
        CODE: "A page's text is too hard. English: Flesch-Kincaid grade over 7 (error: over 9). "
        "Spanish: INFLESZ under 60 (error: under 50)."
    },
    check,
)
