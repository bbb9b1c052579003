"""Files, each sealed in a row of its own: under the family's code while it fills in, to the clinic once sent."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from forms_service.store.tables import copy_files, draft_files, files


def keep_in_draft(connection: Connection, lookup: str, field: str, sealed: bytes) -> None:
    """Keep a file in a draft that was touched, in place of the one before."""
    insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(draft_files)
    values = insert.values(lookup=lookup, field=field, sealed=sealed)
    connection.execute(
        values.on_conflict_do_update(index_elements=["lookup", "field"], set_={"sealed": sealed})
    )


def drop_from_draft(connection: Connection, lookup: str, field: str) -> None:
    """Erase a file of a draft."""
    connection.execute(
        draft_files.delete().where(draft_files.c.lookup == lookup, draft_files.c.field == field)
    )


def in_draft(connection: Connection, lookup: str) -> frozenset[str]:
    """The fields that have a file in a draft."""
    rows = connection.execute(sa.select(draft_files.c.field).where(draft_files.c.lookup == lookup))
    return frozenset(row.field for row in rows)


def of_draft(connection: Connection, lookup: str, field: str) -> bytes | None:
    """A sealed file of a draft, or None."""
    found = draft_files.c.lookup == lookup, draft_files.c.field == field
    return connection.execute(sa.select(draft_files.c.sealed).where(*found)).scalar()


def keep(connection: Connection, reference: str, sealed: Mapping[str, bytes]) -> None:
    """Keep a submission's files, sealed to the clinic, by field."""
    for field, content in sealed.items():
        connection.execute(files.insert().values(reference=reference, field=field, sealed=content))


def find(connection: Connection, reference: str, field: str) -> bytes | None:
    """A sealed file of a submission, or None."""
    found = files.c.reference == reference, files.c.field == field
    return connection.execute(sa.select(files.c.sealed).where(*found)).scalar()


def keep_in_copy(connection: Connection, lookup: str, fields: Collection[str]) -> None:
    """Let a draft's files of these fields pass over to the family's own copy."""
    sent = draft_files.c.lookup == lookup, draft_files.c.field.in_(fields)
    taken = sa.select(draft_files.c.lookup, draft_files.c.field, draft_files.c.sealed).where(*sent)
    connection.execute(copy_files.insert().from_select(["lookup", "field", "sealed"], taken))


def of_copy(connection: Connection, lookup: str, field: str) -> bytes | None:
    """A sealed file of a family's own copy, or None."""
    found = copy_files.c.lookup == lookup, copy_files.c.field == field
    return connection.execute(sa.select(copy_files.c.sealed).where(*found)).scalar()


def erase(connection: Connection, reference: str) -> None:
    """Erase a submission's files."""
    connection.execute(files.delete().where(files.c.reference == reference))
