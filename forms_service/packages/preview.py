"""What an export would let out, said before anything is opened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from forms_service.packages.export import Export


@dataclass(frozen=True)
class TablePreview:
    """One table; `rows` is None where the number is known only when answers are opened."""

    name: str
    columns: tuple[str, ...]
    rows: int | None


@dataclass(frozen=True)
class Preview:
    """All that would leave, and what would not."""

    submissions: int
    filters: Mapping[str, str]
    tables: tuple[TablePreview, ...]
    deidentified: bool
    left_out: tuple[str, ...]

    def lines(self) -> Iterator[str]:
        """The same in plain lines."""
        yield f"{self.submissions} submissions"
        yield from (f"only {name} {value}" for name, value in self.filters.items())
        for table in self.tables:
            rows = "" if table.rows is None else f" ({table.rows} rows)"
            yield f"{table.name}{rows}: {', '.join(table.columns)}"
        if self.deidentified:
            yield f"left out: {', '.join(self.left_out) or 'nothing, for the form marks no field as identifying'}"


def preview(export: Export, filters: Mapping[str, str]) -> Preview:
    """What `export` holds; `filters` are those it was made with, in words. Nothing is opened."""
    rows = {
        table.name: sum(export.counts.get(digest, 0) for digest in table.descriptors)
        for table in export.tables
    }
    tables = tuple(
        TablePreview(
            resource["name"],
            tuple(raw["name"] for raw in resource["schema"]["fields"]),
            rows.get(resource["name"]),
        )
        for resource in export.package["resources"]
    )
    return Preview(
        sum(export.counts.values()), dict(filters), tables, export.deidentified, export.left_out_fields
    )
