"""Cuts running text into sentences, and sentences into words."""

from __future__ import annotations

import re
from collections.abc import Iterator

# A figure such as 2,419 or 24:00 is one word; so is a word with hyphens or an apostrophe in it.
WORD = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+(?:['’-][^\W\d_]+)*")
STOP = re.compile(r"[.!?…][.!?…\"'”’»)\]]*(?=\s)")
OPENING = "\"'“‘«([¿¡—- "
ABBREVIATION = re.compile(
    r"\b(?:[Dd]ra?|Mrs?|Ms|Prof|St|Sra?|vs|ej|pág|núm|approx|Uds?|EE|e\.g|i\.e|[B-HJ-Z])\.$"
)


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
    following = text[stop.end() :].lstrip(OPENING)[:1]
    if following.islower():
        return False
    return stop[0] != "." or not ABBREVIATION.search(text[: stop.start() + 1])
