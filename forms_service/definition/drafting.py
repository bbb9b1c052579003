"""A form made from any Table Schema: pages, titles and labels to start from, ready to edit."""

from __future__ import annotations

import copy
import re
import unicodedata
from collections.abc import Collection
from itertools import chain, count
from pathlib import PurePosixPath
from typing import Any

from forms_service.definition.groups import foreign_keys_of, linked
from forms_service.definition.load import V2_PROFILE, Descriptor

SUBMISSIONS = "submissions"
QUESTIONS_A_PAGE = 5
SECONDS_A_QUESTION = 20
_FIELD_KEYS = frozenset(
    {
        "name",
        "type",
        "format",
        "title",
        "description",
        "constraints",
        "missingValues",
        "trueValues",
        "falseValues",
    }
    | {
        "decimalChar",
        "groupChar",
        "bareNumber",
        "itemType",
        "delimiter",
        "arrayItem",
        "categories",
        "rdfType",
        "form",
    }
)


def slug(text: str) -> str:
    """`text` as it can stand in an address; "form" when nothing of it can."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain)) or "form"


def draft_form(descriptor: Descriptor, name: str) -> dict[str, Any]:
    """A package with a `form` property around the descriptor's first schema.

    Properties that are not Table Schema's are left out; what judges a cell is kept as it stands.
    """
    source = descriptor.package["resources"][0]
    others = [
        copy.deepcopy(item)
        for item in descriptor.package["resources"][1:]
        if item.get("name") in descriptor.rows
    ]
    kept = {item["name"] for item in others}
    linking = [item for item in linked(descriptor.package).values() if item["name"] not in kept]
    taken = {slug(str(item["name"])) for item in (*others, *linking)}
    taken |= {PurePosixPath(str(item.get("path", ""))).stem for item in others}
    resource = _table(source, _free(SUBMISSIONS, taken), kept)
    fields = resource["schema"]["fields"]
    groups = [_group(descriptor.package, item, kept, resource["name"]) for item in linking]
    return {
        "$schema": V2_PROFILE,
        "name": name,
        "title": _text(descriptor.package.get("title")) or _words(name),
        "version": "1.0.0",
        "languages": ["en"],
        "resources": [
            resource,
            *groups,
            *({**item, "encoding": item.get("encoding", "utf-8")} for item in others),
        ],
        "form": {
            "pages": [*_pages([field["name"] for field in fields]), *_repeats(groups)],
            "minutes": max(1, round(len(fields) * SECONDS_A_QUESTION / 60)),
            "retention": "P1Y",
            "privacy": "Only the clinic's team reads your answers.",
        },
    }


def _free(name: str, taken: Collection[str]) -> str:
    """The name, or the first like it that nothing else has."""
    numbered = (f"{name}-{number}" for number in count(2))
    return next(free for free in chain([name], numbered) if free not in taken)


def _table(source: dict[str, Any], name: str, kept: Collection[str]) -> dict[str, Any]:
    """A table of answers with the schema of `source`, and those of its foreign keys whose rows are kept."""
    schema = {key: value for key, value in source["schema"].items() if key in ("missingValues", "primaryKey")}
    keys = [key for key in source["schema"].get("foreignKeys") or [] if _target(key) in kept]
    return {
        "name": name,
        "path": f"{slug(name)}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {
            "fields": [_field(raw) for raw in source["schema"]["fields"]],
            **schema,
            **({"foreignKeys": keys} if keys else {}),
        },
    }


def _group(
    package: dict[str, Any], source: dict[str, Any], kept: Collection[str], submissions: str
) -> dict[str, Any]:
    """A repeatable group from a resource that refers to the first."""
    group = _table(source, str(source["name"]), kept)
    group["path"] = f"items-{group['path']}"  # no reference data of the author's lies there
    first = package["resources"][0].get("name")
    links = [
        copy.deepcopy(key) for key in foreign_keys_of(source) if key["reference"].get("resource") == first
    ]
    for link in links:
        link["reference"]["resource"] = submissions
    group["schema"]["foreignKeys"] = [*links, *group["schema"].get("foreignKeys", ())]
    return {**group, "title": _text(source.get("title")) or _words(group["name"])}


def _repeats(groups: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"name": f"list-{slug(group['name'])}", "title": group["title"], "repeat": group["name"]}
        for group in groups
    ]


def _field(raw: dict[str, Any]) -> dict[str, Any]:
    field = {key: copy.deepcopy(value) for key, value in raw.items() if key in _FIELD_KEYS}
    field["title"] = _text(raw.get("title")) or _words(str(raw["name"]))
    if "description" in field:
        field["description"] = _text(raw["description"])
    enum = field.get("constraints", {}).get("enum") if isinstance(field.get("constraints"), dict) else None
    if isinstance(enum, list) and "categories" not in field and field.get("type") != "boolean":
        field["categories"] = [{"value": value, "label": _words(str(value))} for value in enum]
    return field


def _pages(names: list[str]) -> list[dict[str, Any]]:
    groups = [names[start : start + QUESTIONS_A_PAGE] for start in range(0, len(names), QUESTIONS_A_PAGE)]
    return [
        {"name": f"part-{number}", "title": f"Part {number}", "fields": group}
        for number, group in enumerate(groups, 1)
    ]


def _text(value: Any) -> str:
    """A human text, also out of an object of languages."""
    if isinstance(value, dict):
        value = value.get("") or value.get("en") or next(iter(value.values()), "")
    return value if isinstance(value, str) else ""


def _words(name: str) -> str:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|[_\-.]+", " ", name).strip()
    return words[:1].upper() + words[1:] if words else name


def _target(key: Any) -> str:
    reference = key.get("reference") if isinstance(key, dict) else None
    return str(reference.get("resource", "")) if isinstance(reference, dict) else ""
