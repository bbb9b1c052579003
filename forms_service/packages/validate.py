"""Validating an exported package from the zip alone: frictionless, and the rules that a schema cannot say."""

from __future__ import annotations

import csv
import io
import json
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from frictionless import FrictionlessException, Package

from forms_service.answers import prepare
from forms_service.definition import DefinitionError, Descriptor
from forms_service.packages.exported import EXPORTED_FORM
from forms_service.packages.table import TableJudge


class NotAPackage(Exception):
    """The file is no zip with a datapackage.json; the message says cause and mend."""


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a package; `row` counts data rows from 1, 0 for the table or package."""

    resource: str
    row: int
    field: str
    constraint: str
    message: str


def validate(file: Path) -> list[Fault]:
    """Every fault that frictionless or the form's rules find. Raises NotAPackage."""
    try:
        with zipfile.ZipFile(file) as archive:
            package = json.loads(archive.read("datapackage.json"))
            faults = list(_frictionless(archive))
            for resource in package.get("resources", []):
                if isinstance(resource, dict) and isinstance(resource.get("form"), dict):
                    faults += _rules(archive, package, resource)
            return faults
    except (OSError, zipfile.BadZipFile, KeyError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise NotAPackage(
            f"{file} is no data package ({type(error).__name__}): give a zip from `export`"
        ) from None


def _frictionless(archive: zipfile.ZipFile) -> Iterator[Fault]:
    """Frictionless' own report; the files lie unpacked in memory-backed storage where there is some."""
    memory = Path("/dev/shm")  # noqa: S108 - answers stay off the disk while they are read
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        archive.extractall(folder)
        try:
            report = Package(str(Path(folder) / "datapackage.json")).validate()
        except FrictionlessException as error:
            yield Fault("", 0, "", "package", error.error.message)
            return
        for found in report.errors:
            yield Fault("", 0, "", found.type, found.message)
        for task in report.tasks:
            for found in task.errors:
                number = getattr(found, "row_number", 1) - 1
                yield Fault(
                    task.name, number, getattr(found, "field_name", "") or "", found.type, found.message
                )


def _rules(archive: zipfile.ZipFile, package: dict[str, Any], resource: dict[str, Any]) -> Iterator[Fault]:
    own = set(resource["form"].get("own", []))
    schema = {key: value for key, value in resource["schema"].items() if key != "primaryKey"}
    fields = [raw for raw in schema["fields"] if raw["name"] not in own]
    others = [item for item in package["resources"] if "form" not in item or "own" not in item["form"]]
    plain: dict[str, Any] = {
        **{key: package[key] for key in ("name", "version", "languages") if key in package},
        "resources": [{**resource, "schema": {**schema, "fields": fields}}, *others],
        "form": {key: value for key, value in resource["form"].items() if key in EXPORTED_FORM},
    }
    rows = {item["name"]: tuple(_csv(archive, item["path"])) for item in others}
    try:
        judge = TableJudge(prepare(Descriptor(Path(resource["path"]), plain, rows)))
    except (DefinitionError, FrictionlessException, ValueError) as error:
        yield Fault(resource["name"], 0, "", "form", str(error))
        return
    names = {raw["name"] for raw in fields}
    for number, row in enumerate(_csv(archive, resource["path"]), 1):
        for problem in judge.judge({name: row.get(name) for name in names}, number):
            if problem.constraint in ("hidden", "required", "choice", "rule"):
                words = f"row {number}: {problem.field} is {problem.constraint}"
                yield Fault(resource["name"], number, problem.field, problem.constraint, words)


def _csv(archive: zipfile.ZipFile, path: str) -> Iterator[dict[str, str]]:
    with archive.open(path) as entry, io.TextIOWrapper(entry, encoding="utf-8", newline="") as text:
        for row in csv.DictReader(text):
            yield {key: value or "" for key, value in row.items() if key is not None}
