"""Cuts running text into sentences, and sentences into words."""

from __future__ import annotations

import re
from collections.abc import Iterator

# A figure such as 2,419 or 24:00 is one word; so is a word with hyphens or an apostrophe in it.
WORD = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+(?:['’-][^\W\d_]+)*")
STOP = re.compile(r"[.!?…][.!?…\"'”’»)\]]*(?=\s)")
# What may stand before the first letter of a sentence, and the letter or figure that follows.
FOLLOWING = re.compile(r"[\"'“‘«(\[¿¡—\- ]*(.?)")
ABBREVIATION = re.compile(
    r"\b(?:[Dd]ra?|Mrs?|Ms|Prof|St|Sra?|vs|ej|pág|núm|approx|Uds?|EE|e\.g|i\.e|[B-HJ-Z])\.$"
)

# The longest of these with its full stop and the character before it.
ABBREVIATION_LENGTH = 8


def words(text: str) -> list[str]:
    """The words of a text in order, figures included."""
    return WORD.findall(text)


def sentences(text: str) -> Iterator[tuple[int, str]]:
    """Each sentence with its place in the text; a text without a full stop is one sentence."""
    start = 0
    for stop in STOP.finditer(text):
        if _ends(text, stop):
            yield start, text[start : stop.end()]
            start = stop.end() + 1
    if text[start:].strip():
        yield start, text[start:]


def _ends(text: str, stop: re.Match[str]) -> bool:
    """Whether a stop mark ends its sentence: what follows begins one, and what it closes is no abbreviation."""
    following = FOLLOWING.match(text, stop.end())
    if following and following[1].islower():
        return False
    # Only the last word is looked at: cutting a huge paragraph at each stop would take minutes.
    last = text[max(0, stop.start() - ABBREVIATION_LENGTH) : stop.start() + 1]
    return stop[0] != "." or not ABBREVIATION.search(last)
