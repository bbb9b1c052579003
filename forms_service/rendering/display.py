"""An answer as a reader sees it: labels for codes, dates in words."""

from __future__ import annotations

from datetime import MAXYEAR, MINYEAR, date
from typing import Any

from babel.dates import format_date, format_skeleton
from flask_babel import format_decimal, get_locale, gettext

from forms_service.answers import Reading
from forms_service.answers.files import KeptFile
from forms_service.definition import Field


def shown_answer(field: Field, reading: Reading) -> list[str]:
    """The lines that show an answer; empty when the question was not answered."""
    if reading.cell is None or reading.cell == field.blank or reading.cell == "":
        return []
    if any(choice.value == reading.cell for choice in field.missing_choices):
        return [field.label_of(reading.cell)]
    if field.many:
        return [field.label_of(value) for value in reading.cell.split(field.delimiter)]
    return [_with_affixes(field, _one(field, reading))]


def _one(field: Field, reading: Reading) -> str:
    value: Any = reading.value
    if field.type == "boolean" and isinstance(value, bool):
        return str(gettext("Yes") if value else gettext("No"))
    if field.widget == "date" and isinstance(value, date):
        return shown_day(value)
    if field.type == "yearmonth" and value is not None and MINYEAR <= value.year <= MAXYEAR:
        return shown_month(date(value.year, value.month, 1))
    if field.widget == "scale" and value is not None:
        return str(
            gettext("%(number)s out of %(most)s", number=value, most=field.constraints.get("maximum", 10))
        )
    return field.label_of(reading.cell or "")


def _with_affixes(field: Field, text: str) -> str:
    return f"{field.prefix} {text} {field.suffix}".strip()


def yes_no() -> tuple[tuple[str, str], ...]:
    """The two choices of a boolean."""
    return (("true", gettext("Yes")), ("false", gettext("No")))


def shown_file(file: KeptFile) -> str:
    """A file's name and size."""
    if file.size < 1_000_000:
        size = gettext("%(number)s kB", number=format_decimal(max(file.size // 1000, 1)))
    else:
        size = gettext("%(number)s MB", number=format_decimal(round(file.size / 1_000_000, 1)))
    return f"{file.name} ({size})"


def shown_month(moment: date) -> str:
    """The month of a day in words, in the reader's language."""
    return str(format_skeleton("yMMMM", moment, locale=get_locale()))


def shown_day(moment: date) -> str:
    """A day in words, in the reader's language."""
    return str(format_date(moment, "long", locale=get_locale()))


def visible(text: str) -> str:
    """Typed text that can be shown again: what UTF-8 or HTML cannot carry becomes a replacement mark."""
    return text.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
