"""Patterns that would keep a judge busy for ever, found by trying them in a process that can be stopped.

No library does this for Python's `re` (the linters that exist read source code), so the texts that make a
backtracking engine suffer are pumped from the pattern itself: a repeat's own sample, many times, then a misfit.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from typing import Any

SECONDS = 2.0  # for all texts of one pattern
_PROBE = "from forms_service.answers.patterns import probe; probe()"
_PUMPS = (28, 2_000)  # exponential patterns fall at the first, polynomial ones at the second


def too_slow(patterns: Sequence[str], longest: int = 2_000) -> list[str]:
    """Those of `patterns` that do not end in time on texts of up to `longest` characters."""
    if not patterns or _run(patterns, longest, SECONDS):
        return []
    return [pattern for pattern in patterns if not _run([pattern], longest, SECONDS)]


def _run(patterns: Sequence[str], longest: int, seconds: float) -> bool:
    try:
        subprocess.run(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-c", _PROBE, str(longest)],
            input="\0".join(patterns).encode("utf-8", "surrogatepass"),
            timeout=seconds + 1.0 * len(patterns),
            check=True,
        )
    except subprocess.TimeoutExpired:
        return False
    return True


def probe() -> None:
    """Match every pattern of standard input against its hard texts (runs in the child process)."""
    import re

    longest = int(sys.argv[1])
    for pattern in sys.stdin.buffer.read().decode("utf-8", "surrogatepass").split("\0"):
        compiled = re.compile(f"^{pattern}$")  # as frictionless compiles it
        for text in hard_texts(pattern, longest):
            compiled.match(text)


def hard_texts(pattern: str, longest: int) -> list[str]:
    """Texts that a backtracking engine finds hard, at most `longest` characters each."""
    from re import _parser  # type: ignore[attr-defined]

    pumps: list[tuple[str, str]] = []
    _walk(list(_parser.parse(pattern)), "", pumps)
    texts = []
    for before, body in pumps:
        for times in _PUMPS:
            text = (before + body * times)[: longest - 1]
            texts += [text + "\x01", text + "!"]
    return texts


def _walk(nodes: list[tuple[Any, Any]], before: str, pumps: list[tuple[str, str]]) -> str:
    """A sample of `nodes`, and in `pumps` each repeat met with what stands before it."""
    for kind, argument in nodes:
        name = str(kind)
        if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            low, high, body = argument
            sample = _walk(list(body), before, pumps)[len(before) :]
            if high > 1:
                pumps.append((before, sample))
            before += sample * max(low, 1)
        elif name == "SUBPATTERN":
            before = _walk(list(argument[3]), before, pumps)
        elif name == "BRANCH":
            samples = [_walk(list(part), before, pumps) for part in argument[1]]
            before = samples[0]
        elif name == "ATOMIC_GROUP":
            before = _walk(list(argument), before, pumps)
        else:
            before += _character(name, argument)
    return before


def _character(name: str, argument: Any) -> str:
    if name == "LITERAL":
        return chr(argument)
    if name == "NOT_LITERAL":
        return "b" if argument == ord("a") else "a"
    if name == "ANY":
        return "a"
    return _member(argument) if name == "IN" else ""


def _member(items: list[tuple[Any, Any]]) -> str:
    first, argument = items[0]
    if str(first) == "NEGATE":
        return "~"
    if str(first) == "RANGE":
        return chr(argument[0])
    if str(first) == "CATEGORY":
        return {"CATEGORY_DIGIT": "1", "CATEGORY_SPACE": " "}.get(str(argument), "a")
    return chr(argument)
