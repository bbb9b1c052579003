"""The foreign keys of a form's table, and the typed values that they may refer to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from forms_service.answers.schemas import judged_schema
from forms_service.definition import Form, Group
from forms_service.definition.groups import names_of
from forms_service.definition.load import keyed

Key = tuple[Any, ...]


@dataclass(frozen=True)
class ForeignKey:
    """Fields whose values must stand together in `columns` of a resource; `values` is None for the table itself."""

    fields: tuple[str, ...]
    columns: tuple[str, ...]
    resource: str
    values: frozenset[Key] | None

    def allows(self, key: Key) -> bool:
        """Whether reference data has this key; a key without any value refers to nothing, and may."""
        return self.values is None or all(part is None for part in key) or key in self.values


def foreign_keys(form: Form, group: Group | None = None) -> tuple[ForeignKey, ...]:
    """The foreign keys whose rows can be looked up: to the table itself, and to resources of the package.

    Of a group, its link to the submission is none of them: an item is never without its submission.

    Raises FrictionlessException when the schema of a reference resource does not load.
    """
    resources = {str(raw.get("name")): raw for raw in form.package["resources"] if isinstance(raw, dict)}
    found = []
    schema = form.package["resources"][0]["schema"] if group is None else group.schema
    for key in schema.get("foreignKeys") or []:
        target = key.get("reference") or {}
        name = target.get("resource") or form.resource
        fields, columns = names_of(key.get("fields")), names_of(target.get("fields"))
        if name == form.resource and group is not None:
            continue
        if name == form.resource:
            found.append(ForeignKey(fields, columns, name, None))
        elif name in resources:
            rows = _rows(resources[name], form)
            found.append(ForeignKey(fields, columns, name, _values(resources[name], columns, rows)))
    return tuple(found)


def _rows(resource: Mapping[str, Any], form: Form) -> Iterator[Mapping[str, Any]]:
    data = resource.get("data")
    return keyed(data) if isinstance(data, list) else iter(form.references.get(resource["name"], ()))


def _values(
    resource: Mapping[str, Any], columns: tuple[str, ...], rows: Iterator[Mapping[str, Any]]
) -> frozenset[Key]:
    """The keys as frictionless reads them: typed by the reference resource's own schema."""
    readers = {field.name: field.create_cell_reader() for field in judged_schema(resource["schema"]).fields}
    keys = (tuple(readers[name](row.get(name))[0] for name in columns) for row in rows)
    return frozenset(key for key in keys if any(part is not None for part in key))
