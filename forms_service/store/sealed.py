"""What is sealed to the clinic's recipients, wherever it is kept: the one list that a rotation of keys goes by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from forms_service.store.tables import files, notes, submissions


@dataclass(frozen=True)
class SealedColumn:
    """A column of sealed content; `key` numbers its rows, `name` is what people call one."""

    key: sa.Column[Any]
    name: sa.Column[Any]
    content: sa.Column[Any]


@dataclass(frozen=True)
class SealedRow:
    """One sealed content, and where it stands."""

    key: Any
    name: str
    content: bytes


# A table that is added here is re-sealed by `keys rotate`, too.
SEALED = (
    SealedColumn(submissions.c.id, submissions.c.reference, submissions.c.sealed),
    SealedColumn(files.c.id, files.c.reference, files.c.sealed),
    SealedColumn(notes.c.id, notes.c.reference, notes.c.sealed),
)


def batch(connection: Connection, column: SealedColumn, after: Any, size: int) -> list[SealedRow]:
    """The next rows in the order of their key; `after` is the last key seen, or None."""
    query = sa.select(column.key, column.name, column.content).order_by(column.key).limit(size)
    query = query.where(column.content.is_not(None))
    if after is not None:
        query = query.where(column.key > after)
    return [SealedRow(*row) for row in connection.execute(query)]


def count(connection: Connection, column: SealedColumn) -> int:
    """How many rows there are."""
    query = sa.select(sa.func.count(column.content))
    return int(connection.execute(query).scalar() or 0)


def replace(connection: Connection, column: SealedColumn, row: SealedRow, content: bytes) -> bool:
    """Put `content` in the place of the row's; False when that was changed or erased meanwhile."""
    update = sa.update(column.content.table).where(column.key == row.key, column.content == row.content)
    return connection.execute(update.values({column.content: content})).rowcount == 1


def newest(connection: Connection, number: int) -> list[SealedRow]:
    """The newest submissions as they are sealed."""
    column = SEALED[0]
    query = sa.select(column.key, column.name, column.content).order_by(column.key.desc()).limit(number)
    return [SealedRow(*row) for row in connection.execute(query)]
