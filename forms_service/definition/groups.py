"""Which resources of a package are repeatable groups: those with a foreign key to the submission table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

OWN_KEY = "submission_id"  # what a link may refer to without the submission table having such a field


def names_of(names: Any) -> tuple[str, ...]:
    """Field names as a descriptor gives them: one text or a list."""
    return (names,) if isinstance(names, str) else tuple(names or ())


def groups_of(package: Mapping[str, Any]) -> dict[int, dict[str, Any]]:
    """The groups of a form, by their place among its resources; a package that says nothing of a form has none."""
    return linked(package) if isinstance(package.get("form"), dict) else {}


def linked(package: Mapping[str, Any]) -> dict[int, dict[str, Any]]:
    """The resources of a package with a foreign key to its first, by place; faulty ones are left out."""
    return {
        place: resource
        for place, resource in enumerate(package["resources"])
        if place and isinstance(resource, dict) and any(_links(package, resource))
    }


def link_of(package: Mapping[str, Any], group: Mapping[str, Any]) -> frozenset[str]:
    """The fields of a group that lead to the submission: they are never asked."""
    return frozenset(name for key in _links(package, group) for name in _texts(key.get("fields")))


def asked_fields(package: Mapping[str, Any], place: int) -> list[tuple[int, dict[str, Any]]]:
    """The fields of the submission table (place 0) or of a group that families are asked, each with its own place.

    Left out are a group's link, and what groups refer to where it stands on no page: the submission's own key.
    """
    resource = package["resources"][place]
    unasked = link_of(package, resource) if place else unasked_key(package)
    return [
        (index, raw) for index, raw in enumerate(resource["schema"]["fields"]) if raw["name"] not in unasked
    ]


def unasked_key(package: Mapping[str, Any]) -> frozenset[str]:
    """The fields of the submission table that groups refer to and no page asks; none where no pages are stated."""
    pages = (package.get("form") or {}).get("pages")
    if pages is None:
        return frozenset()
    asked = {name for page in pages for name in page.get("fields", ())}
    targets = (
        key["reference"].get("fields")
        for group in groups_of(package).values()
        for key in _links(package, group)
    )
    return frozenset(name for target in targets for name in _texts(target)) - asked


def _links(package: Mapping[str, Any], resource: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The foreign keys of a resource to the submission table."""
    first = package["resources"][0]
    name = first.get("name") if isinstance(first, dict) else None
    for key in foreign_keys_of(resource):
        if name and key["reference"].get("resource") == name:
            yield key


def foreign_keys_of(resource: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The foreign keys of a resource that have a reference."""
    schema = resource.get("schema")
    keys = schema.get("foreignKeys") if isinstance(schema, dict) else None
    for key in keys if isinstance(keys, list) else ():
        if isinstance(key, dict) and isinstance(key.get("reference"), dict):
            yield key


def _texts(names: Any) -> tuple[str, ...]:
    listed = [names] if isinstance(names, str) else names
    return tuple(name for name in listed if isinstance(name, str)) if isinstance(listed, list) else ()
