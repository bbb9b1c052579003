"""Checks of repeatable groups: their link to the submission, their pages, and the names of their fields."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from forms_service.definition.conditions import Count, Items, leaves_of, parse
from forms_service.definition.findings import Finding, pointer
from forms_service.definition.groups import OWN_KEY, asked_fields, foreign_keys_of, groups_of, names_of
from forms_service.definition.load import Descriptor

RESERVED_GROUPS = frozenset({"scores", "files"})  # tables of an export
PLACEHOLDER = re.compile(r"\{([^{}]+)\}")


def check_groups(package: dict[str, Any], _: Descriptor) -> Iterator[Finding]:
    """Faults of every group and of every page that repeats one."""
    for place, group in groups_of(package).items():
        yield from _link(package, place, group)
        yield from _names(package, place, group)
    if package.get("form", {}).get("pages") is not None:
        yield from _pages(package)


def _link(package: dict[str, Any], place: int, group: dict[str, Any]) -> Iterator[Finding]:
    first = package["resources"][0]
    own = {raw["name"] for raw in group["schema"]["fields"]}
    known = {OWN_KEY, *(raw["name"] for raw in first["schema"]["fields"])}
    for index, key in enumerate(group["schema"]["foreignKeys"]):
        if key not in list(foreign_keys_of(group)) or key["reference"].get("resource") != first.get("name"):
            continue
        at = pointer("resources", place, "schema", "foreignKeys", index)
        fields, columns = names_of(key.get("fields")), names_of(key["reference"].get("fields"))
        unknown = [name for name in fields if name not in own] + [
            name for name in columns if name not in known
        ]
        if unknown:
            mend = f'Let a field of the group refer to "{OWN_KEY}"'
            yield Finding("group-key", f'the link names "{unknown[0]}", which is no field', mend, at)
        elif not fields or len(fields) != len(columns):
            cause = "a link names fields, and as many of the submission table"
            yield Finding("group-key", cause, "Name them", at)
    if any(key["reference"].get("resource") == group.get("name") for key in foreign_keys_of(first)):
        cause = f'"{group.get("name")}" refers to the submission table, which refers to it'
        yield Finding("group-key", cause, "Leave one of the keys out", pointer("resources", place))


def _names(package: dict[str, Any], place: int, group: dict[str, Any]) -> Iterator[Finding]:
    name = group.get("name")
    if not isinstance(name, str) or not name:
        yield Finding("group-name", "a group has no name", "Give it one", pointer("resources", place))
    elif name in RESERVED_GROUPS:
        at = pointer("resources", place, "name")
        yield Finding("reserved-name", f'"{name}" is a reserved name of a group', "Choose another name", at)
    if not asked_fields(package, place):
        cause = f'the group "{name}" asks nothing'
        yield Finding(
            "group-empty", cause, "Add a field beside its link", pointer("resources", place, "schema")
        )


def _pages(package: dict[str, Any]) -> Iterator[Finding]:
    pages = package["form"]["pages"]
    resources = {raw.get("name"): place for place, raw in enumerate(package["resources"])}
    groups = groups_of(package)
    seen: dict[str, str] = {}
    for number, page in enumerate(pages):
        if "repeat" not in page:
            continue
        at = pointer("form", "pages", number)
        name = page["repeat"]
        if name not in resources:
            cause = f'no resource is called "{name}"'
            yield Finding("unknown-group", cause, "Mend the name or add it", f"{at}/repeat")
        elif resources[name] not in groups:
            cause = f'"{name}" has no foreign key to the submission table'
            yield Finding("group-key", cause, "Give it one", f"{at}/repeat")
        elif name in seen:
            cause = f'"{name}" is also on "{seen[name]}"'
            yield Finding("group-on-two-pages", cause, "Ask it once", f"{at}/repeat")
        else:
            yield from _page(package, page, resources[name], at)
        seen[name] = page["name"]
    for place, group in groups.items():
        if group.get("name") not in seen:
            cause = f'the group "{group.get("name")}" is on no page'
            yield Finding(
                "group-on-no-page", cause, 'Repeat it on a page: "repeat"', pointer("resources", place)
            )


def _page(package: dict[str, Any], page: dict[str, Any], place: int, at: str) -> Iterator[Finding]:
    least, most = page.get("min", 0), page.get("max")
    if least < 0 or (most is not None and most < max(least, 1)):
        yield Finding("group-bounds", "no number of items is allowed", "Mend min and max", f"{at}/min")
    known = {raw["name"] for _, raw in asked_fields(package, place)}
    title = page.get("itemTitle", "")
    if not isinstance(title, str):
        yield Finding("item-title", "itemTitle is no text", "Write a text", f"{at}/itemTitle")
        return
    for name in PLACEHOLDER.findall(title):
        if name not in known:
            cause = f'itemTitle names "{name}", which is no field of "{page["repeat"]}"'
            yield Finding("item-title", cause, "Mend the name", f"{at}/itemTitle")
    if "showWhen" in page and _looks_at_groups(page["showWhen"]):
        cause = "a page that repeats sees the submission only"
        yield Finding("condition-group", cause, "Look at a question", f"{at}/showWhen")


def _looks_at_groups(node: Any) -> bool:
    try:
        return any(isinstance(leaf, Count | Items) for leaf, _ in leaves_of(parse(node), None))
    except ValueError:
        return False  # told elsewhere
