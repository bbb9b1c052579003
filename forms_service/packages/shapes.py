"""The shapes of a package's descriptor that its rules rely on: what is not of its shape is a fault."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from typing import Any

from forms_service.packages.exported import EXPORTED_FORM
from forms_service.packages.faults import Fault


def form_of(resource: Any) -> dict[str, Any]:
    """What a resource says of its form; nothing when it says nothing that can be read."""
    form = resource.get("form") if isinstance(resource, dict) else None
    return form if isinstance(form, dict) else {}


def has_rules(resource: Any) -> bool:
    """Whether a resource is a form's submission table; `of` marks a table of items, which belongs to one."""
    form = form_of(resource)
    return "of" not in form and bool(form.keys() & {"own", *EXPORTED_FORM})


def misshapen(archive: zipfile.ZipFile, package: Mapping[str, Any]) -> Iterator[Fault]:
    """A fault for each thing that keeps the rules from being looked at; `package` has a list of resources."""
    names = archive.namelist()
    tables = [resource.get("name") for resource in package["resources"] if has_rules(resource)]
    for number, resource in enumerate(package["resources"], 1):
        name = resource.get("name")
        told = name if isinstance(name, str) else f"resource {number}"
        if not isinstance(name, str) or not name:
            yield _fault(told, "a resource has no name")
        if not isinstance(resource.get("path"), str) or resource["path"] not in names:
            yield _fault(told, "its path leads to no file of the package")
        if not _has_fields(resource.get("schema")):
            yield _fault(told, "its schema has no list of named fields")
        form = form_of(resource)
        if not isinstance(resource.get("form", {}), dict):
            yield _fault(told, "its form is no object")
        if "own" in form and not _is_names(form["own"], 1):
            yield _fault(told, "form.own is no list of the columns that the export added")
        if not isinstance(form.get("table", ""), str):
            yield _fault(told, "form.table is no name")
        if "of" in form and (form["of"] not in tables or not _is_group(form)):
            yield _fault(told, "form.of, form.group and form.own do not make it a table of items")


def _is_group(form: Mapping[str, Any]) -> bool:
    return isinstance(form.get("group"), str) and _is_names(form.get("own"), 2) and len(form["own"]) == 2


def _has_fields(schema: Any) -> bool:
    fields = schema.get("fields") if isinstance(schema, dict) else None
    return isinstance(fields, list) and all(
        isinstance(raw, dict) and isinstance(raw.get("name"), str) for raw in fields
    )


def _is_names(node: Any, least: int) -> bool:
    return isinstance(node, list) and len(node) >= least and all(isinstance(name, str) for name in node)


def _fault(resource: str, message: str) -> Fault:
    return Fault(resource, 0, "", "shape", message)
