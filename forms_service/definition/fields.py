"""A Table Schema field read as a question: its choices, its widget, its codes for no answer."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from babel import UnknownLocaleError
from babel.dates import format_date

from forms_service.definition import conditions
from forms_service.definition.file_checks import KINDS
from forms_service.definition.load import Rows
from forms_service.definition.model import Choice, Field, Reference, Widget

LONG_TEXT = 200  # characters from which a question gets a text area
ON_ONE_LINE = ("text", "number")  # widgets whose answer can be asked twice
MANY_CHOICES = 12  # choices from which radios become a select
_CATEGORICAL = ("string", "integer")  # the types whose categories are their choices, by Table Schema v2
_DAYS = (date(1931, 2, 13), date(2046, 11, 28))  # a format that keeps both keeps every day


def read_field(
    raw: Mapping[str, Any],
    schema: Mapping[str, Any],
    package: Mapping[str, Any],
    rows: Mapping[str, Rows],
    language: str,
) -> Field:
    """The field as a question. `raw`, `schema` and `package` are resolved to `language`."""
    extra = _object(raw.get("form"))
    constraints = _object(raw.get("constraints"))
    reference = _reference(raw, schema, rows)
    true_value, false_value = _booleans(raw)
    missing = _missing(raw, schema)
    required = constraints.get("required") is True or extra.get("required") is True
    choices = _choices(raw, extra, reference, package, language)
    values = tuple(value for value, _ in missing)
    widget = extra.get("widget") or _widget(raw, constraints, choices)
    return Field(
        name=str(raw.get("name")),
        type=str(raw.get("type", "string")),
        format=str(raw.get("format", "default")),
        title=str(raw.get("title") or raw.get("name")),
        hint=str(raw.get("description") or ""),
        widget=widget,
        required=required,
        constraints=constraints,
        missing_values=values,
        missing_choices=() if required else labelled_codes(raw, schema),  # a code is no answer
        choices=choices,
        delimiter=str(raw.get("delimiter", ",")),
        item_type=str(raw.get("itemType", "string")),
        decimal_char=str(raw.get("decimalChar", ".")),
        group_char=str(raw.get("groupChar", "")),
        true_value=true_value,
        false_value=false_value,
        autocomplete=str(extra.get("autocomplete") or ""),
        inputmode=str(extra.get("inputmode") or ""),
        prefix=str(extra.get("prefix") or ""),
        suffix=str(extra.get("suffix") or ""),
        identifying=extra.get("identifying") is True,
        confirm=extra.get("confirm") is True and widget in ON_ONE_LINE,
        accept=tuple(extra.get("accept", KINDS)) if extra.get("widget") == "file" else (),
        show_when=conditions.parse(extra["showWhen"]) if "showWhen" in extra else None,
        reference=reference,
    )


def cell_text(value: Any, raw: Mapping[str, Any]) -> str:
    """The cell text of a value written in JSON (an item of `enum`): `true`, 1.5, "a", [1]."""
    if isinstance(value, bool):
        return _booleans(raw)[0 if value else 1]
    if isinstance(value, float):
        if raw.get("type") == "integer" and value.is_integer():
            return str(int(value))
        return repr(value).replace(".", str(raw.get("decimalChar", ".")))
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def _choices(
    raw: Mapping[str, Any],
    extra: Mapping[str, Any],
    reference: Reference | None,
    package: Mapping[str, Any],
    language: str,
) -> tuple[Choice, ...]:
    if reference is not None:
        return _reference_choices(reference, package, language)
    listed = extra.get("choices")
    if isinstance(listed, list):
        return tuple(
            Choice(str(item.get("value")), str(item.get("label") or item.get("value"))) for item in listed
        )
    categories = _categories(raw)
    labels = {cell_text(value, raw): str(label or value) for value, label in categories}
    enum = _object(raw.get("constraints")).get("enum")
    if enum is None and raw.get("type", "string") in _CATEGORICAL:
        enum = [value for value, _ in categories]
    if not isinstance(enum, list) or raw.get("type") == "boolean":
        return ()
    texts = dict.fromkeys(cell_text(value, raw) for value in enum)
    return tuple(Choice(text, labels.get(text, text)) for text in texts)


def _categories(raw: Mapping[str, Any]) -> list[tuple[Any, Any]]:
    """The values and labels of a field's categories; one may be the value alone."""
    listed = _list(raw.get("categories"))
    values = [
        (item["value"], item.get("label")) for item in listed if isinstance(item, dict) and "value" in item
    ]
    return values + [(item, None) for item in listed if isinstance(item, str | int)]


def _reference(
    raw: Mapping[str, Any], schema: Mapping[str, Any], rows: Mapping[str, Rows]
) -> Reference | None:
    for key in schema.get("foreignKeys") or []:
        fields = [key.get("fields")] if isinstance(key.get("fields"), str) else key.get("fields") or []
        target = _object(key.get("reference"))
        names = target.get("fields")
        if fields == [raw.get("name")] and target.get("resource") in rows:
            name = names if isinstance(names, str) else (names or [""])[0]
            return Reference(str(target["resource"]), str(name), rows[target["resource"]])
    return None


def _reference_choices(reference: Reference, package: Mapping[str, Any], language: str) -> tuple[Choice, ...]:
    resource = next(item for item in package["resources"] if item.get("name") == reference.resource)
    template = str(_object(resource.get("form")).get("label") or "{" + reference.field + "}")
    dates = {
        item.get("name")
        for item in _object(resource.get("schema")).get("fields") or []
        if item.get("type") == "date" and item.get("format", "default") == "default"
    }
    choices: dict[str, Choice] = {}
    for row in reference.rows:
        texts = {name: row.get(f"{name}@{language}") or text for name, text in row.items()}
        for name in dates & texts.keys():
            texts[name] = _day(texts[name], language)
        value = row.get(reference.field, "")
        if value:  # a row without the key can be chosen by nobody
            choices.setdefault(value, Choice(value, _fill(template, texts)))
    return tuple(choices.values())


def _fill(template: str, texts: Mapping[str, str]) -> str:
    for name, text in texts.items():
        template = template.replace("{" + name + "}", text)
    return template


def _day(text: str, language: str) -> str:
    try:
        return format_date(date.fromisoformat(text), "full", locale=language.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        return text


def _booleans(raw: Mapping[str, Any]) -> tuple[str, str]:
    return str((raw.get("trueValues") or ["true"])[0]), str((raw.get("falseValues") or ["false"])[0])


def _missing(raw: Mapping[str, Any], schema: Mapping[str, Any]) -> list[tuple[str, str]]:
    entries = raw.get("missingValues", schema.get("missingValues", [""]))
    if not isinstance(entries, list):
        return [("", "")]
    return [
        (str(entry.get("value", "")), str(entry.get("label") or ""))
        if isinstance(entry, dict)
        else (str(entry), "")
        for entry in entries
    ]


def labelled_codes(raw: Mapping[str, Any], schema: Mapping[str, Any]) -> tuple[Choice, ...]:
    """The codes for no answer that have words: "I don't know", "I prefer not to say"."""
    missing = _missing(raw, schema)
    labels = dict(missing)
    listed = _object(raw.get("form")).get("missing")
    if isinstance(listed, list):
        labels |= {str(item.get("value")): str(item.get("label") or "") for item in listed}
    elif isinstance(listed, dict):
        labels |= {str(value): str(label) for value, label in listed.items()}
    return tuple(Choice(value, labels[value]) for value, _ in missing if value and labels.get(value))


def _widget(raw: Mapping[str, Any], constraints: Mapping[str, Any], choices: tuple[Choice, ...]) -> Widget:
    kind = raw.get("type", "string")
    if choices and kind == "list":
        return "checkboxes"
    if choices:
        return "radios" if len(choices) <= MANY_CHOICES else "select"
    if kind in ("integer", "number"):
        return "number"
    if kind == "boolean":
        return "radios"
    if kind == "date" and keeps_days(str(raw.get("format", "default"))):
        return "date"
    if kind == "yearmonth":
        return "date"
    plain = kind == "string" and raw.get("format", "default") == "default"
    longest = constraints.get("maxLength")
    long = plain and isinstance(longest, int) and longest > LONG_TEXT
    return "textarea" if long or kind in ("object", "geojson", "array") else "text"


def keeps_days(form: str) -> bool:
    """Whether a date written in this format is read as the same day; `%m/%Y` loses it, `%y` the century."""
    if form in ("default", "any"):
        return True
    try:
        return all(datetime.strptime(day.strftime(form), form).date() == day for day in _DAYS)
    except (ValueError, re.error):
        return False


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
