"""The rules in which Kinbridge is stricter than frictionless, each stated once.

A cell that breaks one is refused before or after frictionless' reader is asked; the name of the rule stands
in `constraint`. Looser is never allowed.

| rule | what it refuses | why |
| --- | --- | --- |
| nul | U+0000 | PostgreSQL text and many readers cannot hold it |
| encoding | text that was not UTF-8, lone surrogates | it cannot be written to a UTF-8 file |
| tooLong | more than 100,000 characters | no judge may be kept busy by one cell |
| underscore | `1_000` in an integer or number | Python reads it, no other tool does |
| finite | NaN, INF | bounds cannot judge them |
| incomplete | a date whose boxes are not all filled, or a year without four digits | `any` would guess |
| choice | a value that was not offered | frictionless has no enum on lists |
| unjudgeable | a cell on which a reader raises | an exception is a refusal, never an acceptance |
"""

from __future__ import annotations

import math
import re
import unicodedata
from decimal import Decimal

from forms_service.definition import Field

LONGEST_CELL = 100_000  # characters
NUMERIC = frozenset({"integer", "number"})
_ASCII_DIGITS = NUMERIC | {"date", "datetime", "time", "year", "yearmonth"}
_UNDERSCORE = re.compile(r"\d_+\d")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def normalise(text: str, field: Field) -> str:
    """The cell text of what was typed (design 6): LF line ends, no outer space, ASCII digits in numbers."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    stripped = text.strip()
    if field.widget != "textarea" or not stripped:
        text = stripped
    if field.type in _ASCII_DIGITS and not text.isascii():
        text = "".join(_ascii_digit(character) for character in text)
    return text


def broken_before(text: str, field: Field) -> str | None:
    """The rule that `text` breaks before any reader sees it, or None."""
    if "\0" in text:
        return "nul"
    if _SURROGATE.search(text):
        return "encoding"
    if len(text) > LONGEST_CELL:
        return "tooLong"
    if field.type in NUMERIC and _UNDERSCORE.search(text) and field.group_char != "_":
        return "underscore"
    return None


def broken_after(value: object) -> str | None:
    """The rule that a value read by frictionless breaks, or None."""
    items = value if isinstance(value, list) else (value,)
    for item in items:
        if isinstance(item, float) and not math.isfinite(item):
            return "finite"
        if isinstance(item, Decimal) and not item.is_finite():
            return "finite"
    return None


def _ascii_digit(character: str) -> str:
    digit = unicodedata.decimal(character, None)
    return character if digit is None else str(digit)
