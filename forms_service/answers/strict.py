"""The rules in which Kinbridge is stricter than frictionless, each stated once.

A cell that breaks one is refused before or after frictionless' reader is asked; the name of the rule stands
in `constraint`. Looser is never allowed.

| rule | what it refuses | why |
| --- | --- | --- |
| nul | U+0000 | PostgreSQL text and many readers cannot hold it |
| encoding | text that was not UTF-8, lone surrogates | it cannot be written to a UTF-8 file |
| tooLong | more than 100,000 characters (see `longest_cell` for less) | no judge may be kept busy by one cell |
| underscore | `1_000` wherever digits are read | Python reads it, no other tool does |
| finite | NaN, INF | bounds cannot judge them |
| incomplete | a date whose boxes are not all filled, or a year without four digits | `any` would guess |
| shortYear | a month whose year has not four figures | `15-03` is read as March of the year 15 |
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
LONGEST_PATTERNED = 2_000  # a pattern that is quadratic is quick on these, and hangs on more
LONGEST_VALUE = 1_000  # dateutil takes seconds on 100,000
NUMERIC = frozenset({"integer", "number"})
_LONG = frozenset({"string", "list", "array", "object", "geojson", "any"})
_DIGITS = NUMERIC | {"year", "yearmonth", "geopoint"}
_ASCII_DIGITS = NUMERIC | {"date", "datetime", "time", "year", "yearmonth"}
_UNDERSCORE = re.compile(r"\d_|_\d")
_MONTH_OF_FOUR_FIGURES = re.compile(r"\d{4}-|(?!\d+-\d+$)")  # what is no month at all is frictionless' matter
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def normalise(text: str, field: Field) -> str:
    """The cell text of what was typed (design 6): LF line ends, no outer space, ASCII digits in numbers.

    A text that the form itself offers stays as it is.
    """
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    stripped = plain.strip()
    if field.widget != "textarea" or not stripped:
        plain = stripped
    if field.type in _ASCII_DIGITS and not plain.isascii():
        plain = "".join(_ascii_digit(character) for character in plain)
    return text if plain != text and _is_offered(text, field) else plain


def broken_before(text: str, field: Field) -> str | None:
    """The rule that `text` breaks before any reader sees it, or None."""
    if "\0" in text:
        return "nul"
    if _SURROGATE.search(text):
        return "encoding"
    if len(text) > longest_cell(field):
        return "tooLong"
    digits = field.type in _DIGITS or (field.type == "list" and field.item_type in NUMERIC)
    if digits and _UNDERSCORE.search(text) and (field.type != "number" or field.group_char != "_"):
        return "underscore"
    if field.type == "yearmonth" and not _MONTH_OF_FOUR_FIGURES.match(text):
        return "shortYear"
    return None


def longest_cell(field: Field) -> int:
    """How many characters of a cell a reader is asked to judge: fewer where it may be slow."""
    if field.type not in _LONG:
        return LONGEST_VALUE
    if "pattern" in field.constraints:
        longest = field.constraints.get("maxLength")
        return min(longest, LONGEST_CELL) if isinstance(longest, int) else LONGEST_PATTERNED
    return LONGEST_CELL


def broken_after(value: object) -> str | None:
    """The rule that a value read by frictionless breaks, or None."""
    items = value if isinstance(value, list) else (value,)
    for item in items:
        if isinstance(item, float) and not math.isfinite(item):
            return "finite"
        if isinstance(item, Decimal) and not item.is_finite():
            return "finite"
    return None


def _is_offered(text: str, field: Field) -> bool:
    return text in field.missing_values or any(text == choice.value for choice in field.choices)


def _ascii_digit(character: str) -> str:
    digit = unicodedata.decimal(character, None)
    return character if digit is None else str(digit)
