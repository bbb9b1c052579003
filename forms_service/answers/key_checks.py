"""Checks of what a schema says about many rows: unique values, primary and foreign keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from forms_service.definition import Descriptor, Finding, resolve
from forms_service.definition.findings import pointer
from forms_service.definition.groups import groups_of, link_of, names_of

_NOT_COMPARED = frozenset({"list", "array", "object", "geojson"})  # frictionless stops at a table of them


def check_keys(descriptor: Descriptor) -> Iterator[Finding]:
    """Keys that cannot be judged, or that a form cannot keep; a group's link is looked at elsewhere."""
    package = resolve(descriptor.package, "")
    for place in (0, *groups_of(package)):
        yield from _table(package, place, descriptor)


def _table(package: Mapping[str, Any], place: int, descriptor: Descriptor) -> Iterator[Finding]:
    schema, at = package["resources"][place]["schema"], ("resources", place, "schema")
    link = link_of(package, package["resources"][place]) if place else frozenset()
    types = {raw["name"]: str(raw.get("type", "string")) for raw in schema["fields"]}
    for index, raw in enumerate(schema["fields"]):
        if raw.get("constraints", {}).get("unique") is True and types[raw["name"]] in _NOT_COMPARED:
            cause = f"values of type {types[raw['name']]} cannot be compared"
            where = pointer(*at, "fields", index, "constraints", "unique")
            yield Finding("unique", cause, "Leave it out", where)
    yield from _fields("primary-key", names_of(schema.get("primaryKey")), types, (*at, "primaryKey"))
    for index, key in enumerate(schema.get("foreignKeys") or []):
        if not link.intersection(names_of(key.get("fields"))):
            yield from _foreign_key(key, package, place, types, descriptor, (*at, "foreignKeys", index))


def _fields(
    code: str, names: tuple[str, ...], types: Mapping[str, str], at: tuple[str | int, ...]
) -> Iterator[Finding]:
    for name in names:
        if name not in types:
            yield Finding(code, f'no field is called "{name}"', "Mend the name or add it", pointer(*at))
        elif types[name] in _NOT_COMPARED:
            cause = f'"{name}" is of type {types[name]}, whose values cannot be compared'
            yield Finding(code, cause, "Choose another field", pointer(*at))


def _foreign_key(
    key: Mapping[str, Any],
    package: Mapping[str, Any],
    place: int,
    types: Mapping[str, str],
    descriptor: Descriptor,
    at: tuple[str | int, ...],
) -> Iterator[Finding]:
    target = key.get("reference", {})
    fields, columns = names_of(key.get("fields")), names_of(target.get("fields"))
    yield from _fields("foreign-key", fields, types, (*at, "fields"))
    if not fields or len(fields) != len(columns):
        cause = "a foreign key names fields, and as many of its reference"
        yield Finding("foreign-key", cause, "Name them", pointer(*at))
        return
    own = package["resources"][place].get("name", "rows")
    name = target.get("resource") or own
    resource = next((raw for raw in package["resources"] if raw.get("name") == name), None)
    if resource is None:
        cause = f'there is no resource "{name}" to look for this key in'
        level: Literal["error", "warning"] = "warning" if descriptor.bare else "error"
        yield Finding("package", cause, "Add it, or leave the key out", pointer(*at, "reference"), level)
        return
    known = _columns(resource)
    missing = [column for column in columns if column not in known]
    if missing:
        cause = f'"{name}" has no schema with a field "{missing[0]}"'
        yield Finding("foreign-key", cause, "Mend the name, or add it there", pointer(*at, "reference"))
    elif name != own and name not in descriptor.rows:
        cause = f'the rows of "{name}" are not in one CSV file'
        yield Finding("foreign-key", cause, "Write them as one", pointer(*at, "reference"))
    elif "form" in package and (name == own or len(fields) > 1):
        cause = "a family cannot be asked for a key of several fields, or to other families' rows"
        yield Finding("foreign-key", cause, "Choose from one field of reference data", pointer(*at))


def _columns(resource: Mapping[str, Any]) -> frozenset[str]:
    schema = resource.get("schema")
    fields = schema.get("fields", []) if isinstance(schema, dict) else []
    return frozenset(str(raw.get("name")) for raw in fields)
