"""The tables of an export that hold items: one for each group of each submission table."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from forms_service.definition import Group
from forms_service.definition.groups import foreign_keys_of
from forms_service.packages.exported import Table, csv_facts, lift

ITEM_COLUMNS = (
    ("submission_id", "integer", "Number of the submission that the item belongs to"),
    ("item", "integer", "Number of the item within its submission, from 1"),
)
Rows = Mapping[str, list[Mapping[str, str | None]]]


@dataclass(frozen=True)
class Child:
    """One table of items, and the submission table it belongs to."""

    table: Table
    group: Group

    @property
    def name(self) -> str:
        """Its name: the group's, numbered as the submission table's is."""
        return self.group.resource + self.table.name.removeprefix(self.table.ready.form.resource)

    @property
    def own(self) -> tuple[str, ...]:
        """The names of the columns that an export adds."""
        return tuple(f"kb_{name}" if name in self.group.fields else name for name, _, _ in ITEM_COLUMNS)

    @property
    def columns(self) -> list[str]:
        """The header of its CSV."""
        return [*self.own, *self.group.fields]

    def resource(self) -> dict[str, Any]:
        """Its descriptor: what families were asked, and the key that leads to their submission."""
        form = self.table.ready.form
        source = copy.deepcopy(
            next(raw for raw in form.package["resources"] if raw["name"] == self.group.resource)
        )
        schema = source["schema"]
        fields = [raw for raw in schema["fields"] if raw["name"] in self.group.fields]
        unique = [schema.pop("primaryKey")] if "primaryKey" in schema else []
        for raw in fields:
            unique += lift(raw, page_hidden=False)
        own = [
            {"name": name, "type": kind, "title": title, "constraints": {"required": True}}
            for name, (_, kind, title) in zip(self.own, ITEM_COLUMNS, strict=True)
        ]
        others = [key for key in foreign_keys_of(source) if key["reference"].get("resource") != form.resource]
        link = {
            "fields": [self.own[0]],
            "reference": {"resource": self.table.name, "fields": [self.table.own[0]]},
        }
        schema |= {"fields": [*own, *fields], "primaryKey": list(self.own), "foreignKeys": [link, *others]}
        plain = {key: value for key, value in source.items() if key not in ("data", "form")}
        told = {"own": list(self.own), "group": self.group.resource, "of": self.table.name}
        return {
            **plain,
            "name": self.name,
            "path": f"data/{self.name}.csv",
            **csv_facts(),
            "form": {**told, **({"unique": unique} if unique else {})},
        }

    def rows(self, submission: int, rows: Rows) -> Iterator[list[str]]:
        """The cells of one submission's items."""
        for number, row in enumerate(rows.get(self.group.resource, ()), 1):
            cells = ((row.get(name), field.blank) for name, field in self.group.fields.items())
            yield [str(submission), str(number), *(blank if cell is None else cell for cell, blank in cells)]


def children_of(tables: Iterable[Table]) -> tuple[Child, ...]:
    """The tables of items, in the order of the submission tables and of their groups."""
    return tuple(Child(table, group) for table in tables for group in table.ready.form.groups.values())
