"""An answer as a field takes it, for its hint and its errors: a fixed value in the field's own format."""

from __future__ import annotations

from datetime import datetime

from forms_service.definition import Field

_MOMENT = datetime(2015, 3, 27, 14, 30)
_WHEN = {"date": "2015-03-27", "time": "14:30:00", "datetime": "2015-03-27T14:30:00"}
_ANY = {"date": "2015-03-27", "time": "14:30", "datetime": "2015-03-27 14:30"}
_GEOPOINT = {
    "default": "-71.06, 42.36",
    "array": "[-71.06, 42.36]",
    "object": '{"lon": -71.06, "lat": 42.36}',
}
_ITEMS = {"integer": "1", "number": "1.5", "boolean": "true", "string": "A", **_WHEN}
_STRINGS = {
    "email": "name@example.org",
    "uri": "https://example.org",
    "uuid": "123e4567-e89b-12d3-a456-426614174000",
    "binary": "aGVsbG8=",
}
_PLAIN = {
    "integer": "12",
    "year": "2015",
    "duration": "P2W",
    "array": "[1, 2]",
    "object": '{"a": 1}',
}
_SELF_EVIDENT = frozenset({"integer", "year"})  # the question says enough


def example_of(field: Field) -> str:
    """What may be written into the field's boxes; nothing where anything may, or where nothing can be told."""
    if field.parts:
        return " ".join(str(getattr(_MOMENT, part)) for part in field.parts)
    if field.type in _WHEN:
        return _moment(field)
    if field.type == "number":
        return f"1{field.decimal_char}5"
    if field.type == "yearmonth":
        return "2015-03"
    if field.type == "geopoint":
        return _GEOPOINT.get(field.format, "")
    if field.type == "geojson":
        return _geojson(field)
    if field.type == "list":
        return field.delimiter.join([_ITEMS.get(field.item_type, "A")] * 2)
    return _STRINGS.get(field.format, "") if field.type == "string" else _PLAIN.get(field.type, "")


def needs_example(field: Field) -> bool:
    """Whether a box to type into says too little of what it takes."""
    if field.hint or field.widget not in ("text", "textarea", "number"):
        return False
    if field.type == "number":
        return field.decimal_char != "."
    return field.type not in _SELF_EVIDENT and (field.type, field.format) != ("string", "email")


def _moment(field: Field) -> str:
    if field.format in ("default", "any"):
        return (_WHEN if field.format == "default" else _ANY)[field.type]
    try:
        return _MOMENT.strftime(field.format)
    except ValueError:
        return ""


def _geojson(field: Field) -> str:
    return "" if field.format == "topojson" else '{"type": "Point", "coordinates": [-71.06, 42.36]}'
