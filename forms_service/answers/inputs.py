"""What a page's inputs say, as one cell; and a cell, as what the inputs show (design 7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from forms_service.answers.files import kept_file, kept_input
from forms_service.answers.strict import normalise
from forms_service.definition import Field

Inputs = Mapping[str, Sequence[str]]
UNEQUAL = "\0unequal "  # marks an answer whose second typing differs; no answer may hold a NUL
INCOMPLETE = "\N{REPLACEMENT CHARACTER}incomplete "  # marks a date that its boxes did not make


def input_names(field: Field) -> tuple[str, ...]:
    """The names of the inputs that ask `field`."""
    if field.parts:
        boxes = tuple(f"{field.name}-{part}" for part in field.parts)
        return boxes if field.type == "date" else (*boxes, field.name)
    if field.widget == "file":
        return (kept_input(field),)
    return (field.name, field.confirm_name) if field.confirm else (field.name,)


def cell_of(field: Field, inputs: Inputs) -> str:
    """The normalised cell that the inputs make; the field's own blank when nothing was given."""
    if field.type == "yearmonth" and field.parts:
        text = _month_cell(field, inputs)
    elif field.widget == "date":
        text = _date_cell(field, inputs)
    elif field.widget == "file":
        kept = kept_file(field, inputs)
        text = kept.cell if kept else ""
    elif field.many:
        text = _list_cell(field, inputs.get(field.name, ()))
    else:
        given = inputs.get(field.name, ())
        code = _code_among(field, given)
        text = code or _confirmed(field, normalise(next(iter(given), ""), field), inputs)
        if field.type == "boolean":
            text = {"true": field.true_value, "false": field.false_value}.get(text, text)
    return text or field.blank


def inputs_of(field: Field, cell: str | None) -> dict[str, list[str]]:
    """What the inputs show for a stored cell: the inverse of `cell_of`, but for files, which no cell gives back."""
    text = "" if cell is None or cell == field.blank else cell
    if field.type == "yearmonth" and field.parts:
        return _month_inputs(field, text)
    if field.widget == "date":
        return _date_inputs(field, text)
    if field.widget == "file":
        return {}
    if field.many and text not in field.missing_values:
        return {field.name: [item for item in text.split(field.delimiter) if item]}
    if field.type == "boolean":
        text = {field.true_value: "true", field.false_value: "false"}.get(text, text)
    return {name: [text] if text else [] for name in input_names(field)}


def _confirmed(field: Field, text: str, inputs: Inputs) -> str:
    """The text, marked when it was typed differently the second time; a page that asked once has no second."""
    second = inputs.get(field.confirm_name, ()) if field.confirm else ()
    return text if all(normalise(again, field) == text for again in second) else UNEQUAL + text


def _code_among(field: Field, given: Sequence[str]) -> str:
    """The code for "don't know" among the given values, which stands beside a text box; else nothing."""
    codes = {choice.value for choice in field.missing_choices}
    return next((value for value in given if value in codes), "")


def _list_cell(field: Field, values: Sequence[str]) -> str:
    """Ticked values in the order they were offered, so that the same answer is the same cell."""
    given = dict.fromkeys(value for value in values if value)
    offered = [choice.value for choice in (*field.choices, *field.missing_choices)]
    known = [value for value in offered if value in given]
    return field.delimiter.join([*known, *(value for value in given if value not in offered)])


def _month_cell(field: Field, inputs: Inputs) -> str:
    """A month from its two boxes, or as one text (`2015-03`) from a page that has no boxes."""
    whole = inputs.get(field.name, ())
    month, year = (
        normalise(next(iter(inputs.get(f"{field.name}-{part}", ())), ""), field) for part in ("month", "year")
    )
    boxes = f"{year}-{month:0>2}" if month else f"{year}-" if year else ""
    return _code_among(field, whole) or boxes or normalise(next(iter(whole), ""), field)


def _month_inputs(field: Field, text: str) -> dict[str, list[str]]:
    year, dash, month = text.rpartition("-")
    if not dash or text in field.missing_values:
        return {field.name: [text] if text else []}
    return {f"{field.name}-month": [month], f"{field.name}-year": [year]}


def _date_cell(field: Field, inputs: Inputs) -> str:
    code = _code_among(field, inputs.get(field.name, ()))
    if code:
        return code
    day, month, year = (
        normalise(next(iter(inputs.get(f"{field.name}-{part}", ())), ""), field) for part in field.parts
    )
    if not (day or month or year):
        return ""
    try:
        if len(year) != 4 or not (day + month + year).isascii():
            raise ValueError(year)
        return _written(field, date(int(year), int(month), int(day)))
    except ValueError:
        return f"{INCOMPLETE}{year}-{month}-{day}"


def _written(field: Field, day: date) -> str:
    """The day in its field's format. Raises ValueError where that cannot hold it (`%Y` of 0999 has three figures)."""
    if field.format in ("default", "any"):
        return day.isoformat()
    text = day.strftime(field.format)
    if datetime.strptime(text, field.format).date() != day:
        raise ValueError(text)
    return text


def _date_inputs(field: Field, text: str) -> dict[str, list[str]]:
    names = input_names(field)
    if text in {choice.value for choice in field.missing_choices}:
        return {field.name: [text]}
    if text.startswith(INCOMPLETE):
        year, month, day = text.removeprefix(INCOMPLETE).split("-", 2)
        return {name: [part] for name, part in zip(names, (day, month, year), strict=True) if part}
    try:
        iso = field.format in ("default", "any")
        made = date.fromisoformat(text) if iso else datetime.strptime(text, field.format).date()
    except ValueError:
        return {}
    return {name: [str(part)] for name, part in zip(names, (made.day, made.month, made.year), strict=True)}
