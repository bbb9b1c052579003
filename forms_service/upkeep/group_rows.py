"""The dates and groups of a form as they stand in its CSV: read as a form of their own, written back whole."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from forms_service.answers import ReadyForm, prepare
from forms_service.definition import Descriptor, load
from forms_service.durable import locked, write_whole

Row = Mapping[str, str | None]


class Unwritable(Exception):
    """The groups of this form are not kept in a file that can be written here; the message says why."""


class Outdated(Exception):
    """Somebody changed the file since it was read."""


@dataclass(frozen=True)
class GroupRows:
    """The file of a form's groups. `mark` tells this state of it from another."""

    file: Path
    resource: Mapping[str, Any]
    package: Mapping[str, Any]
    columns: tuple[str, ...]
    rows: tuple[dict[str, str], ...]
    mark: str

    @property
    def key(self) -> str:
        """The column that tells groups apart."""
        key = self.resource["schema"].get("primaryKey", [])
        names = [key] if isinstance(key, str) else list(key)
        return str(names[0]) if names else self.columns[0]

    @property
    def groups(self) -> set[str]:
        """The names of the groups there are."""
        return {row[self.key] for row in self.rows}

    def ready(self, language: str) -> ReadyForm:
        """A group's row as a form: each column is a question, judged by the schema of the resource."""
        resource = {**self.resource, "name": "row"}
        package = {
            "name": "row",
            "title": "",
            "languages": self.package.get("languages"),
            "resources": [resource],
        }
        return prepare(Descriptor(self.file, package, bare=True), language)

    def with_row(self, key: str | None, row: Row) -> bytes:
        """The file with `row` in the place of the group `key`, or at its end."""
        cells = {name: row.get(name) or "" for name in self.columns}
        changed = [cells if known[self.key] == key else known for known in self.rows]
        if key is None:
            changed.append(cells)
        text = io.StringIO()
        writer = csv.DictWriter(text, self.columns, lineterminator="\n", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(changed)
        return text.getvalue().encode()


def read_group_rows(folder: Path) -> GroupRows:
    """The groups of the form in `folder`. Raises DefinitionError and Unwritable."""
    descriptor = load(folder)
    places = descriptor.package.get("form", {}).get("places") or {}
    name = places.get("resource")
    resource = next((one for one in descriptor.package["resources"] if one.get("name") == name), None)
    if resource is None:
        raise Unwritable("the form has no groups with limited places")
    if not isinstance(resource.get("path"), str) or resource.get("dialect") or resource.get("data"):
        raise Unwritable("its groups are not kept in a plain CSV file: whoever runs Kinbridge changes them")
    file = folder / resource["path"]
    content = file.read_bytes()
    header = next(csv.reader(io.StringIO(content.decode("utf-8-sig"))), [])
    return GroupRows(
        file, resource, descriptor.package, tuple(header), tuple(descriptor.rows[str(name)]), _mark(content)
    )


def change(rows: GroupRows, content: bytes, lock: Path, publish: Callable[[], None]) -> None:
    """Write the file and publish it; when `publish` raises, the file is as it was.

    Raises Outdated when somebody changed it since, and whatever `publish` raises.
    """
    with locked(lock):
        before = rows.file.read_bytes()
        if _mark(before) != rows.mark:
            raise Outdated
        write_whole(rows.file, content, 0o644)
        try:
            publish()
        except BaseException:
            write_whole(rows.file, before, 0o644)
            raise


def _mark(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
