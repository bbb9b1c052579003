"""Patterns that would keep a judge busy for ever, found by trying them in a process that can be stopped.

No library does this for Python's `re` (the linters that exist read source code), so the texts that make a
backtracking engine suffer are pumped from the pattern itself: a repeat's own sample, many times, then a misfit.
"""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterable, Sequence
from re import _parser  # type: ignore[attr-defined]
from typing import Any

SECONDS = 1.0  # of computing, for all texts of one pattern
Faced = tuple[str, int]  # a pattern, and how many characters of a cell it may face
_PUMPS = (28, 100_000)  # exponential patterns fall at the first, polynomial ones at the second
_MOST = 6  # samples kept of one part of a pattern
_CANDIDATES = "a1 -.A_~/,é"
_CATEGORIES = {"DIGIT": r"\d", "SPACE": r"\s", "WORD": r"\w"}
_REPEATS = frozenset({"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"})


def too_slow(patterns: Sequence[Faced]) -> list[str]:
    """Those of `patterns` that do not end in time on a text as long as they may face."""
    slow, left = [], list(patterns)
    while left:
        ended = _run(left)
        slow += [pattern for pattern, _ in left[ended : ended + 1]]
        left = left[ended + 1 :]
    return slow


def _run(patterns: Sequence[Faced]) -> int:
    """How many ended before the first that did not, in a process that loads nothing but this file."""
    child = subprocess.run(  # noqa: S603 - our own interpreter and module
        [sys.executable, "-I", "-S", __file__],
        input=json.dumps(patterns).encode(),
        capture_output=True,
        check=False,
    )
    return child.stdout.count(b"\n")


def probe() -> None:
    """Match each pattern of standard input against its hard texts (runs in the child process).

    A line is written for each that ends; one that does not is ended by the signal, on time spent, not passed.
    """
    for pattern, longest in json.load(sys.stdin):
        signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
        compiled = re.compile(f"^{pattern}$")  # as frictionless compiles it
        for text in hard_texts(pattern, longest):
            compiled.match(text)
        print(flush=True)


def hard_texts(pattern: str, longest: int) -> list[str]:
    """Texts that a backtracking engine finds hard, at most `longest` characters each."""
    pumps: dict[tuple[str, str], None] = {}
    _walk(_parser.parse(pattern), [""], pumps)
    texts = []
    for before, body in pumps:
        for times in _PUMPS:
            text = (before + body * min(times, longest // len(body) + 1))[: longest - 1]
            texts += [text + "\x01", text + "!"]
    return texts


def _walk(
    nodes: Iterable[tuple[Any, Any]], before: list[str], pumps: dict[tuple[str, str], None]
) -> list[str]:
    """Samples of `nodes` behind the samples `before`; `pumps` gathers each repeat with what stands before it."""
    for kind, argument in nodes:
        before = _step(str(kind), argument, before, pumps)[:_MOST]
    return before


def _step(name: str, argument: Any, before: list[str], pumps: dict[tuple[str, str], None]) -> list[str]:
    if name in _REPEATS:
        return _repeat(argument, before, pumps)
    if name == "SUBPATTERN":
        return _walk(argument[3], before, pumps)
    if name == "ATOMIC_GROUP":
        return _walk(argument, before, pumps)
    if name in ("ASSERT", "ASSERT_NOT"):
        _walk(argument[1], before, pumps)
        return before
    if name == "BRANCH":
        return [sample for part in argument[1] for sample in _walk(part, before[:1], pumps)]
    if name == "GROUPREF_EXISTS":
        return _walk(argument[1], before, pumps)
    character = _character(name, argument)
    return [sample + character for sample in before]


def _repeat(argument: Any, before: list[str], pumps: dict[tuple[str, str], None]) -> list[str]:
    low, high, body = argument
    start = before[0]
    found = [sample[len(start) :] for sample in _walk(body, [start], pumps)]
    samples = [sample for sample in dict.fromkeys([*found, "".join(found)]) if sample]
    if high > 1:
        pumps.update(dict.fromkeys((start, sample) for sample in samples))
    return [sample + (samples[0] if samples else "") * max(low, 1) for sample in before]


def _character(name: str, argument: Any) -> str:
    if name == "LITERAL":
        return chr(argument)
    if name == "NOT_LITERAL":
        return "b" if argument == ord("a") else "a"
    if name == "ANY":
        return "a"
    return _member(argument) if name == "IN" else ""


def _member(items: Sequence[tuple[Any, Any]]) -> str:
    """A character of a class; of those tried first, or else the class's own first."""
    negated = str(items[0][0]) == "NEGATE"
    listed = items[1:] if negated else items
    for character in _CANDIDATES:
        if any(_is_in(character, str(kind), argument) for kind, argument in listed) is not negated:
            return character
    first, argument = listed[0]
    if str(first) in ("LITERAL", "RANGE") and not negated:
        return chr(argument if str(first) == "LITERAL" else argument[0])
    return ""


def _is_in(character: str, kind: str, argument: Any) -> bool:
    if kind == "LITERAL":
        return bool(ord(character) == argument)
    if kind == "RANGE":
        return bool(argument[0] <= ord(character) <= argument[1])
    category = str(argument).removeprefix("CATEGORY_")
    matches = re.match(_CATEGORIES.get(category.removeprefix("NOT_"), "$"), character) is not None
    return matches is not category.startswith("NOT_")


if __name__ == "__main__":
    probe()
