"""Checks of `form.places`: a field that chooses a row, and columns that can be counted and read as days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import isodate

from forms_service.definition.findings import Finding
from forms_service.definition.load import Descriptor

_AT = "/form/places"


def check_places(package: dict[str, Any], descriptor: Descriptor) -> Iterator[Finding]:
    """Faults of `form.places`, of its columns and of every row in them."""
    raw = package.get("form", {}).get("places")
    if raw is None:
        return
    if not isinstance(raw, dict) or not all(
        isinstance(raw.get(key), str) for key in ("field", "resource", "capacity")
    ):
        yield Finding("places", "places lacks field, resource or capacity", "Name them", _AT)
        return
    keys = package["resources"][0]["schema"].get("foreignKeys") or []
    if not any(_is_key(key, raw) for key in keys):
        cause = f'"{raw["field"]}" has no foreign key to "{raw["resource"]}"'
        yield Finding("places", cause, "Add the foreign key", _AT)
        return
    try:
        isodate.parse_duration(raw.get("offerFor", "P3D"))
    except (isodate.ISO8601Error, TypeError):
        yield Finding(
            "places", "offerFor is not an ISO 8601 duration", 'Write one such as "P3D"', _AT + "/offerFor"
        )
    yield from _rows(raw, descriptor)


def _rows(raw: dict[str, Any], descriptor: Descriptor) -> Iterator[Finding]:
    for number, row in enumerate(descriptor.rows.get(raw["resource"], ()), 1):
        if not row.get(raw["capacity"], "").isdecimal():
            cause = f'row {number} of "{raw["resource"]}" has no number in "{raw["capacity"]}"'
            yield Finding("places", cause, "Write how many places there are", _AT + "/capacity")
        for key in ("opens", "closes"):
            text = row.get(raw[key], "") if raw.get(key) else ""
            if text and not _is_day(text):
                cause = f'row {number} of "{raw["resource"]}" has no day in "{raw[key]}"'
                yield Finding("places", cause, "Write it as 2027-01-31", f"{_AT}/{key}")


def _is_key(key: Any, raw: dict[str, Any]) -> bool:
    fields = key.get("fields") if isinstance(key, dict) else None
    target = key.get("reference", {}) if isinstance(key, dict) else {}
    return fields in (raw["field"], [raw["field"]]) and target.get("resource") == raw["resource"]


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
