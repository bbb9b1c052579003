"""Counts the syllables of one word by spelling rules, in English and in Spanish."""

from __future__ import annotations

import functools
import re
from itertools import pairwise

ENGLISH_VOWELS = re.compile(r"[aeiouy]+")
# Common words of guides for parents that the rules below would get wrong.
ENGLISH_EXCEPTIONS = {
    "area": 3,
    "business": 2,
    "clothes": 1,
    "create": 2,
    "evening": 2,
    "every": 2,
    "everyone": 3,
    "everything": 3,
    "hundred": 2,
    "idea": 3,
    "maybe": 2,
    "people": 2,
    "reassure": 3,
    "suicidal": 4,
    "suicide": 3,
    "therapies": 3,
    "tongue": 1,
}
# Letters that are written and not spoken as a vowel of their own.
ENGLISH_SILENT = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?<=[^aeiouy])(?<![^aeiouyl]l)e$",
        r"(?<=[^aeiouycgsxz])(?<![cs]h)(?<![^aeiouyl]l)e(?=s$)",
        r"(?<=[^aeiouydt])(?<![^aeiouyl]l)e(?=d$)",
        r"(?<=[^aeiouyl])e(?=(?:ful(?:ly)?|less|ly|ments?|ness)$)",
        r"(?<=[aeiou]l)e(?=ly$)",
        r"(?<=[aeo]g)ue(?=s?$)",
        r"(?<=som|tim|hom|fac|lif|saf|car|bas|war|gid)e(?=[bdfghklmnpstw]\w)",
    )
)
# Where one group of vowel letters is two syllables.
ENGLISH_HIATUS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?<=[aeiouy])i(?=ng)",
        r"(?<![cgstx])i(?=a|um\b|ous)",
        r"(?<=soc)i(?=at)",
        r"(?<=[dr])i(?=o(?!us))",
        r"(?<![cst])i(?=en[ct])",
        r"(?<=\bsc)i(?=en)",
        r"i(?=e(?:ty|ties|ts?)\b)",
        r"(?<=[^aeiou])i(?=e(?:r|rs|st)$)",
        r"u(?=a(?!de)|e[ln]|ous)",
        r"e(?=o(?![nu]))",
        r"(?<=cr)e(?=at[io])",
        r"y(?=one$)",
        r"(?=sms?$|thms?$)",
        r"(?<![aeio])(?=n't$)",
    )
)
SPANISH_VOWELS = re.compile(r"[aeiouáéíóúü]+")
SPANISH_WEAK = frozenset("iuü")


@functools.cache
def english(word: str) -> int:
    """The syllables of an English word as it is usually spoken; at least 1."""
    if _is_spelled(word):
        return len(word)
    return sum(_english_part(part) for part in _parts(word)) or 1


@functools.cache
def spanish(word: str) -> int:
    """The syllables of a Spanish word as its spelling rules divide it; at least 1.

    A weak vowel (i, u, ü) without a written accent makes one syllable with its neighbour, also across a silent
    h; two strong vowels (a, e, o), or a strong one and an accented weak one, are two.
    """
    if _is_spelled(word):
        return len(word)
    return sum(_spanish_part(part) for part in _parts(word)) or 1


def _english_part(word: str) -> int:
    for ending in ("", "s", "d"):
        stem = word.removesuffix(ending)
        if stem in ENGLISH_EXCEPTIONS:
            return ENGLISH_EXCEPTIONS[stem]
    spoken = word if word.endswith("n't") else word.partition("'")[0]
    spoken = re.sub(r"qu|gu(?=[aei].)", lambda match: match[0][0], spoken)
    spoken = re.sub(r"(?<![^aeiou])y(?=[aeiou])", "j", spoken)
    more = sum(len(hiatus.findall(spoken)) for hiatus in ENGLISH_HIATUS)
    for silent in ENGLISH_SILENT:
        shorter = silent.sub("", spoken)
        spoken = shorter if ENGLISH_VOWELS.search(shorter) else spoken
    return max(1, len(ENGLISH_VOWELS.findall(spoken)) + more)


def _spanish_part(word: str) -> int:
    spoken = re.sub(r"(?<=q)u|(?<=g)u(?=[eiéí])", "", word)
    spoken = re.sub(r"(?<![cs])h", "", spoken)
    spoken = re.sub(r"y(?![aeiouáéíóúü])", "i", spoken)
    groups = SPANISH_VOWELS.findall(spoken)
    return max(1, sum(1 + sum(_is_hiatus(*pair) for pair in pairwise(group)) for group in groups))


def _is_hiatus(first: str, second: str) -> bool:
    pair = {first, second}
    if pair <= SPANISH_WEAK:
        return first == second
    return not pair & SPANISH_WEAK


def _parts(word: str) -> list[str]:
    return [part for part in word.lower().replace("’", "'").split("-") if part]


def _is_spelled(word: str) -> bool:
    """Whether a word is read letter by letter, as CBT is."""
    return 2 <= len(word) <= 4 and word.isupper()
