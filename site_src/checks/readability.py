"""How hard a text is to read: Flesch-Kincaid's school grade for English, INFLESZ for Spanish."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from site_src.checks.prose import words
from site_src.checks.syllables import english, spanish

# The bands of the INFLESZ scale, from hard to easy: a score below the figure is in the band.
INFLESZ_BANDS = ((40, "very hard"), (55, "somewhat hard"), (65, "normal"), (80, "fairly easy"))


@dataclass(frozen=True)
class Counts:
    """What both formulas are made of."""

    sentences: int
    words: int
    syllables: int


def count(sentences: Iterable[str], syllables: Callable[[str], int]) -> Counts:
    """Counts a text that is cut into sentences; those without a word are left out.

    A figure is a word of one syllable: Flesch's own advice for texts with many figures is not to count how
    they are said.
    """
    found = [own for sentence in sentences if (own := words(sentence))]
    every = [word for own in found for word in own]
    return Counts(len(found), len(every), sum(1 if word[0].isdigit() else syllables(word) for word in every))


def flesch_kincaid(sentences: Iterable[str]) -> float:
    """The school grade (USA) of an English text: lower is easier. 0 for a text without words."""
    counts = count(sentences, english)
    if not counts.words:
        return 0.0
    return 0.39 * counts.words / counts.sentences + 11.8 * counts.syllables / counts.words - 15.59


def inflesz(sentences: Iterable[str]) -> float:
    """The Flesch-Szigriszt score of a Spanish text: higher is easier. 100 for a text without words."""
    counts = count(sentences, spanish)
    if not counts.words:
        return 100.0
    return 206.835 - 62.3 * counts.syllables / counts.words - counts.words / counts.sentences


def inflesz_band(score: float) -> str:
    """The name of a score's band on the INFLESZ scale."""
    return next((name for below, name in INFLESZ_BANDS if score < below), "very easy")
