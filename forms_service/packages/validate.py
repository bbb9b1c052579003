"""Validating an exported package from the zip alone: frictionless, and the rules that a schema cannot say."""

from __future__ import annotations

import csv
import json
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from frictionless import Package

from forms_service.answers import prepare
from forms_service.answers.package_checks import reason
from forms_service.definition import Descriptor
from forms_service.definition.groups import OWN_KEY, foreign_keys_of
from forms_service.packages.exported import ADDED, EXPORTED_FORM, FILES
from forms_service.packages.faults import Fault
from forms_service.packages.filed import csv_rows, file_faults
from forms_service.packages.shapes import form_of, has_rules, misshapen
from forms_service.packages.table import ItemProblem, TableJudge

_WORDS = {"minItems": "at least", "maxItems": "at most"}


class NotAPackage(Exception):
    """The file is no zip with a datapackage.json; the message says cause and mend."""


def validate(file: Path) -> list[Fault]:
    """Every fault that frictionless or the form's rules find. Raises NotAPackage."""
    try:
        with zipfile.ZipFile(file) as archive:
            package = _descriptor(file, archive)
            return [*_frictionless(archive), *_form_faults(archive, package)]
    except (OSError, RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error) as error:
        raise _not_a_package(file, type(error).__name__) from None


def _descriptor(file: Path, archive: zipfile.ZipFile) -> dict[str, Any]:
    try:
        package = json.loads(archive.read("datapackage.json"))
    except (KeyError, ValueError, RecursionError) as error:
        raise _not_a_package(file, type(error).__name__) from None
    resources = package.get("resources") if isinstance(package, dict) else None
    if not isinstance(resources, list) or not all(isinstance(resource, dict) for resource in resources):
        raise _not_a_package(file, "its datapackage.json has no list of resources")
    return {**package, "resources": resources}


def _not_a_package(file: Path, why: str) -> NotAPackage:
    return NotAPackage(f"{file} is no data package ({why}): give a zip from `export`")


def _form_faults(archive: zipfile.ZipFile, package: dict[str, Any]) -> list[Fault]:
    """What breaks the rules of a form and the list of its files; a package without a form has none."""
    tables = [resource for resource in package["resources"] if has_rules(resource)]
    if not any("form" in resource for resource in package["resources"]):
        return []
    faults = list(misshapen(archive, package))
    if faults:
        return faults
    try:
        for resource in tables:
            faults += _rules(archive, package, resource)
        return [*faults, *file_faults(archive, package)]
    except (UnicodeDecodeError, csv.Error) as error:
        return [*faults, Fault("", 0, "", "rows", f"a table cannot be read ({error})")]


def _frictionless(archive: zipfile.ZipFile) -> Iterator[Fault]:
    """Frictionless' own report; the files lie unpacked in memory-backed storage where there is some."""
    memory = Path("/dev/shm")  # noqa: S108 - answers stay off the disk while they are read
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        tables = [name for name in archive.namelist() if not name.startswith(f"{FILES}/")]
        archive.extractall(folder, tables)
        try:
            report = Package(str(Path(folder) / "datapackage.json")).validate()
        except Exception as error:  # frictionless stops at shapes it does not expect
            yield Fault("", 0, "", "package", reason(error))
            return
        for found in report.errors:
            yield Fault("", 0, "", found.type, found.message)
        for task in report.tasks:
            for found in task.errors:
                number = getattr(found, "row_number", 1) - 1
                message = found.message.replace(f"{folder}/", "")
                yield Fault(task.name, number, getattr(found, "field_name", "") or "", found.type, message)


def _rules(archive: zipfile.ZipFile, package: dict[str, Any], resource: dict[str, Any]) -> Iterator[Fault]:
    own, name = resource["form"].get("own", []), resource["form"].get("table", resource["name"])
    children = [item for item in package["resources"] if form_of(item).get("of") == resource["name"]]
    others = [
        item for item in package["resources"] if "own" not in form_of(item) and item["name"] not in ADDED
    ]
    plain: dict[str, Any] = {
        **{key: package[key] for key in ("name", "version", "languages") if key in package},
        "resources": [
            {**_asked(resource, own), "name": name},
            *(_group(child, resource["name"], name) for child in children),
            *others,
        ],
        "form": {key: value for key, value in resource["form"].items() if key in EXPORTED_FORM},
    }
    rows = {item["name"]: tuple(csv_rows(archive, item["path"])) for item in others}
    try:
        judge = TableJudge(prepare(Descriptor(Path(resource["path"]), plain, rows)))
    except Exception as error:  # readers and rules stop at whatever a broken descriptor holds
        yield Fault(resource["name"], 0, "", "form", reason(error))
        return
    items = {child["form"]["group"]: _Items(archive, child) for child in children}
    for number, row in enumerate(csv_rows(archive, resource["path"]), 1):
        key = row.get(own[0], "") if own else ""
        whole = {name: [row], **{group: listed.rows(key) for group, listed in items.items()}}
        cells = {name: row.get(name) for name in judge.ready.form.fields}
        for problem in judge.judge(cells, number, items=whole):
            if problem.constraint in ("hidden", "required", "choice", "rule"):
                words = f"row {number}: {problem.field} is {problem.constraint}"
                yield Fault(resource["name"], number, problem.field, problem.constraint, words)
        for found in judge.judge_items(whole):
            if resource.get("deidentified") and found.problem.constraint == "blank-row":
                continue  # what it said was left out
            yield from _item_fault(found, items[found.group], resource["name"], number, key)


@dataclass
class _Items:
    """One table of items: its rows with their numbers, by submission."""

    name: str
    by_submission: dict[str, list[tuple[int, dict[str, str]]]]

    def __init__(self, archive: zipfile.ZipFile, child: dict[str, Any]) -> None:
        self.name = child["name"]
        link, item = child["form"]["own"]
        self.by_submission = {}
        for number, row in enumerate(csv_rows(archive, child["path"]), 1):
            self.by_submission.setdefault(row.get(link, ""), []).append((number, row))
        for rows in self.by_submission.values():
            rows.sort(key=lambda numbered: numbered[1].get(item, "").zfill(9))

    def rows(self, key: str) -> list[dict[str, str]]:
        """The items of a submission, in their order."""
        return [row for _, row in self.by_submission.get(key, [])]


def _item_fault(found: ItemProblem, items: _Items, table: str, number: int, key: str) -> Iterator[Fault]:
    problem = found.problem
    if not found.item:
        count = len(items.rows(key))
        words = f"row {number}: {count} items in {items.name}, {_WORDS[problem.constraint]} {problem.bound}"
        yield Fault(table, number, found.group, problem.constraint, words)
    elif problem.constraint in ("hidden", "required", "choice", "blank-row"):
        row, _ = items.by_submission[key][found.item - 1]
        words = f"row {row}: {problem.field or 'the item'} is {problem.constraint}"
        yield Fault(items.name, row, problem.field, problem.constraint, words)


def _asked(resource: dict[str, Any], own: list[str]) -> dict[str, Any]:
    """An exported table as its form had it: without the columns and the key that the export added."""
    schema = {key: value for key, value in resource["schema"].items() if key != "primaryKey"}
    return {
        **resource,
        "schema": {**schema, "fields": [raw for raw in schema["fields"] if raw["name"] not in own]},
    }


def _group(child: dict[str, Any], exported: str, table: str) -> dict[str, Any]:
    """An exported table of items as a group of its form, under the names that the form itself uses."""
    link, item = child["form"]["own"]
    plain = _asked(child, [item])
    others = [key for key in foreign_keys_of(child) if key["reference"].get("resource") != exported]
    keys = [{"fields": [link], "reference": {"resource": table, "fields": [OWN_KEY]}}, *others]
    return {**plain, "name": child["form"]["group"], "schema": {**plain["schema"], "foreignKeys": keys}}
