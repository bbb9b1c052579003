"""The files of a package checked against its cells and its list of files: all there, unchanged, and no other."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from forms_service.definition.file_checks import takes_file
from forms_service.packages.exported import FILES
from forms_service.packages.faults import Fault


def file_faults(archive: zipfile.ZipFile, package: Mapping[str, Any]) -> Iterator[Fault]:
    """A fault for each file that is missing, changed, not listed or that no cell leads to."""
    listed_tables = [item for item in package.get("resources", []) if isinstance(item, dict)]
    resources = {item["name"]: item for item in listed_tables if isinstance(item.get("name"), str)}
    there = {name for name in archive.namelist() if name.startswith(f"{FILES}/")}
    listed: dict[str, int] = {}
    if FILES in resources:
        for number, row in enumerate(csv_rows(archive, resources[FILES]["path"]), 1):
            listed[row.get("path", "")] = number
            yield from _changed(archive, there, row, number)
    cells: Counter[str] = Counter()
    for resource in resources.values():
        for number, name, cell in _cells(archive, resource):
            cells[cell] += 1
            if cell not in listed or cells[cell] > 1:
                words = f"row {number}: {name} leads to {cell}, which is another row's or in no list of files"
                yield Fault(resource["name"], number, name, "file-unlisted", words)
    for path in sorted(there - listed.keys()):
        yield Fault("", 0, "", "file-unlisted", f"{path} is in no list of files")
    for path in sorted(listed.keys() - cells.keys()):
        words = f"row {listed[path]}: no cell leads to {path}"
        yield Fault(FILES, listed[path], "path", "file-unused", words)


def csv_rows(archive: zipfile.ZipFile, path: str) -> Iterator[dict[str, str]]:
    """The rows of a table of the package, by column."""
    with archive.open(path) as entry, io.TextIOWrapper(entry, encoding="utf-8", newline="") as text:
        for row in csv.DictReader(text):
            yield {key: value or "" for key, value in row.items() if key is not None}


def _changed(
    archive: zipfile.ZipFile, there: set[str], row: Mapping[str, str], number: int
) -> Iterator[Fault]:
    path = row.get("path", "")
    if path not in there:
        yield Fault(FILES, number, "path", "file-missing", f"row {number}: {path} is not in the package")
        return
    digest, size = hashlib.sha256(), 0
    with archive.open(path) as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
            size += len(chunk)
    if digest.hexdigest() != row.get("sha256") or str(size) != row.get("bytes"):
        yield Fault(FILES, number, "sha256", "file-changed", f"row {number}: {path} is not the file listed")


def _cells(archive: zipfile.ZipFile, resource: Mapping[str, Any]) -> Iterator[tuple[int, str, str]]:
    """Row, field and cell of every file that a table names."""
    fields = resource.get("schema", {}).get("fields", [])
    names = [raw["name"] for raw in fields if takes_file(raw)]
    for number, row in enumerate(csv_rows(archive, resource["path"]) if names else (), 1):
        yield from ((number, name, row[name]) for name in names if row.get(name))
