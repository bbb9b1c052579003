"""The descriptor of an export: one resource per difference between versions, resolved, with its rules."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from forms_service.answers import ReadyForm, prepare
from forms_service.definition import Descriptor
from forms_service.definition.changes import fingerprint
from forms_service.definition.load import V2_PROFILE

OWN_COLUMNS = (
    ("submission_id", "integer", "Number of the submission"),
    ("reference", "string", "Reference that the family was shown"),
    ("submitted_at", "datetime", "When it was sent (UTC)"),
    ("language", "string", "Language the family answered in"),
    ("form_version", "string", "Version of the form"),
)
EXPORTED_FORM = frozenset({"pages", "alerts", "scores", "rules", "exits"})
SCORES = "scores"
FILES = "files"
ADDED = frozenset({SCORES, FILES})  # tables that an export adds to what families were asked
_DIALECT = {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True, "header": True}


@dataclass(frozen=True)
class Table:
    """One resource of an export: the versions that share its fields and rules."""

    name: str
    descriptors: tuple[str, ...]
    ready: ReadyForm
    own: tuple[str, ...]

    @property
    def files(self) -> tuple[str, ...]:
        """The fields that take a file."""
        return tuple(name for name, field in self.ready.form.fields.items() if field.widget == "file")

    @property
    def columns(self) -> list[str]:
        """The header of its CSV."""
        return [*self.own, *self.ready.form.fields]


def tables_of(versions: Mapping[str, Descriptor]) -> tuple[Table, ...]:
    """The tables for these descriptors (by hash, oldest first): those that judge alike share one."""
    groups: dict[str, list[str]] = {}
    for digest, descriptor in versions.items():
        groups.setdefault(fingerprint(descriptor.package), []).append(digest)
    tables = []
    for number, digests in enumerate(groups.values(), 1):
        ready = prepare(versions[digests[-1]])
        base = ready.form.resource
        name = base if len(groups) == 1 else f"{base}-{number}"
        tables.append(Table(name, tuple(digests), ready, _own_names(ready.form.fields)))
    return tuple(tables)


def package_of(tables: Iterable[Table], references: Mapping[str, Any]) -> dict[str, Any]:
    """The datapackage.json of an export; `references` are the reference resources by name."""
    tables = list(tables)
    form = tables[-1].ready.form
    package = {key: value for key, value in form.package.items() if key not in ("resources", "form")}
    return {
        **package,
        "$schema": V2_PROFILE,
        "resources": [*(_resource(table) for table in tables), *references.values()],
    }


def reference_resources(
    versions: Mapping[str, Descriptor], tables: Iterable[Table]
) -> dict[str, dict[str, Any]]:
    """The reference resources of an export as descriptors; their rows stand in CSV files of their own."""
    found: dict[str, dict[str, Any]] = {}
    for table in tables:
        for resource in table.ready.form.package["resources"][1:]:
            if any(resource["name"] in versions[digest].rows for digest in table.descriptors):
                plain = {key: value for key, value in resource.items() if key != "data"}
                found[resource["name"]] = {**plain, "path": f"data/{resource['name']}.csv", **csv_facts()}
    return found


def reference_rows(versions: Mapping[str, Descriptor], resource: Mapping[str, Any]) -> list[dict[str, str]]:
    """Every row that ever was offered, the newest words of each key."""
    key = resource["schema"].get("primaryKey") or resource["schema"]["fields"][0]["name"]
    names = [key] if isinstance(key, str) else list(key)
    rows: dict[tuple[str, ...], dict[str, str]] = {}
    for descriptor in versions.values():
        for row in descriptor.rows.get(resource["name"], ()):
            rows[tuple(row.get(name, "") for name in names)] = dict(row)
    return list(rows.values())


def scores_resource(tables: Iterable[Table]) -> dict[str, Any] | None:
    """The resource of scores, one row a submission and score; None when the form has none."""
    found = list(tables)
    if not any(table.ready.form.scores for table in found):
        return None
    fields: list[dict[str, Any]] = [
        {"name": "submission_id", "type": "integer", "constraints": {"required": True}},
        {"name": "name", "type": "string", "constraints": {"required": True}},
        {"name": "value", "type": "number"},
        {"name": "band", "type": "string"},
        {"name": "answered", "type": "integer", "constraints": {"required": True, "minimum": 0}},
    ]
    schema: dict[str, Any] = {"fields": fields, "primaryKey": ["submission_id", "name"]}
    if len(found) == 1:
        target = {"resource": found[0].name, "fields": [found[0].own[0]]}
        schema["foreignKeys"] = [{"fields": ["submission_id"], "reference": target}]
    return {"name": SCORES, "path": f"data/{SCORES}.csv", **csv_facts(), "schema": schema}


def files_resource(tables: Iterable[Table]) -> dict[str, Any] | None:
    """The resource that lists the files beside the tables; None when the form takes none."""
    found = list(tables)
    if not any(table.files for table in found):
        return None
    must = {"required": True}
    fields: list[dict[str, Any]] = [
        {
            "name": "path",
            "type": "string",
            "title": "Where it lies: the cell that stands for it",
            "constraints": must,
        },
        {
            "name": "submission_id",
            "type": "integer",
            "title": "Number of the submission",
            "constraints": must,
        },
        {"name": "field", "type": "string", "title": "The question it answers", "constraints": must},
        {"name": "name", "type": "string", "title": "What the family calls it", "constraints": must},
        {"name": "media_type", "type": "string", "title": "Its kind", "constraints": must},
        {"name": "bytes", "type": "integer", "title": "Its size", "constraints": must},
        {"name": "sha256", "type": "string", "title": "Its SHA-256, hexadecimal", "constraints": must},
    ]
    schema: dict[str, Any] = {"fields": fields, "primaryKey": ["path"]}
    if len(found) == 1:
        target = {"resource": found[0].name, "fields": [found[0].own[0]]}
        schema["foreignKeys"] = [{"fields": ["submission_id"], "reference": target}]
    return {"name": FILES, "path": f"data/{FILES}.csv", **csv_facts(), "schema": schema}


def _resource(table: Table) -> dict[str, Any]:
    package = table.ready.form.package
    resource = copy.deepcopy(package["resources"][0])
    schema = resource["schema"]
    schema["fields"] = [raw for raw in schema["fields"] if raw["name"] in table.ready.form.fields]
    unique = [schema.pop("primaryKey")] if "primaryKey" in schema else []
    page_hidden = {name for page in table.ready.form.pages if page.show_when for name in page.fields}
    for raw in schema["fields"]:
        unique += lift(raw, raw["name"] in page_hidden)
    own = [
        {"name": name, "type": kind, "title": title, "constraints": {"required": True}}
        for name, (_, kind, title) in zip(table.own, OWN_COLUMNS, strict=True)
    ]
    schema["fields"] = [*own, *schema["fields"]]
    schema["primaryKey"] = [table.own[0]]
    form = {key: value for key, value in package.get("form", {}).items() if key in EXPORTED_FORM}
    if unique:
        form["unique"] = unique
    versions = package.get("version", "")
    return {
        **resource,
        "name": table.name,
        "path": f"data/{table.name}.csv",
        **csv_facts(),
        "form": {**form, "own": list(table.own), "table": resource["name"]},
        "versions": [versions],
    }


def lift(raw: dict[str, Any], page_hidden: bool) -> list[Any]:
    """Take out what a table of many families cannot promise; the rule stays under `form`."""
    constraints = raw.get("constraints", {})
    unique = [raw["name"]] if constraints.pop("unique", False) is True else []
    if constraints.get("required") is True and (page_hidden or "showWhen" in raw.get("form", {})):
        del constraints["required"]
        raw.setdefault("form", {})["required"] = True
    return unique


def csv_facts() -> dict[str, Any]:
    """What every CSV of an export states of itself."""
    return {"format": "csv", "mediatype": "text/csv", "encoding": "utf-8", "dialect": _DIALECT}


def _own_names(fields: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(f"kb_{name}" if name in fields else name for name, _, _ in OWN_COLUMNS)
