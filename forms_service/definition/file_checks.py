"""Checks of fields that take a file (`"widget": "file"`).

Such a field is a plain string: its cell is the path of the file in an exported package. `required` is its only
constraint, and `form.accept` may narrow what is taken: `["image"]` (JPEG, PNG, WebP), `["pdf"]`, or both (the
default). A page asks for one file, and asks for it last: what was typed above it stays when the file is too large.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from forms_service.definition.findings import Finding, pointer
from forms_service.definition.groups import foreign_keys_of, groups_of, names_of
from forms_service.definition.load import Descriptor

KINDS: tuple[Literal["image", "pdf"], ...] = ("image", "pdf")
_REFUSED = ("categories", "missingValues")


def check_files(package: dict[str, Any], _: Descriptor) -> Iterator[Finding]:
    """Faults of every field that takes a file."""
    first = package["resources"][0]
    for index, raw in enumerate(first["schema"]["fields"]):
        if takes_file(raw):
            yield from _field(raw, first, pointer("resources", 0, "schema", "fields", index))
    for place, group in groups_of(package).items():
        for index, raw in enumerate(group["schema"]["fields"]):
            if takes_file(raw):
                at = pointer("resources", place, "schema", "fields", index)
                mend = "Ask for it on a page of the form"
                yield Finding("file-in-group", "an item of a group cannot hold a file", mend, at)
    yield from _pages(package)


def takes_file(raw: dict[str, Any]) -> bool:
    """Whether a field of a descriptor takes a file."""
    return isinstance(raw.get("form"), dict) and raw["form"].get("widget") == "file"


def _field(raw: dict[str, Any], resource: dict[str, Any], at: str) -> Iterator[Finding]:
    if raw.get("type", "string") != "string" or raw.get("format", "default") != "default":
        cause = "the cell of a file is the path to it"
        yield Finding("file-field", cause, 'Let its type be "string", without a format', at)
    for name in raw.get("constraints", {}):
        if name != "required":
            cause = f'"{name}" would judge the path of the file'
            yield Finding("file-field", cause, "Leave it out", f"{at}/constraints/{name}")
    refused = [name for name in _REFUSED if name in raw] + [
        f"form/{name}" for name in ("missing", "choices") if name in raw["form"]
    ]
    for name in refused:
        yield Finding("file-field", "a file is no choice", "Leave it out", f"{at}/{name}")
    if any(raw["name"] in names_of(key.get("fields")) for key in foreign_keys_of(resource)):
        yield Finding("file-field", "a file is no key", "Leave it out of foreignKeys", at)
    accept = raw["form"].get("accept", list(KINDS))
    if not isinstance(accept, list) or not accept or any(kind not in KINDS for kind in accept):
        cause = "accept says which kinds of file are taken"
        yield Finding("file-accept", cause, f"Write a list of {', '.join(KINDS)}", f"{at}/form/accept")


def _pages(package: dict[str, Any]) -> Iterator[Finding]:
    files = {raw["name"] for raw in package["resources"][0]["schema"]["fields"] if takes_file(raw)}
    pages = package.get("form", {}).get("pages")
    if files and pages is None:
        yield Finding("file-page", "a file is asked for last on its page", "Give the form pages", "/form")
    for index, page in enumerate(pages or ()):
        if files & set(page.get("fields", ())[:-1]):
            mend = "Put it at the end of the page, or on a page of its own"
            at = pointer("form", "pages", index, "fields")
            yield Finding("file-page", "a page asks for one file, and asks for it last", mend, at)
