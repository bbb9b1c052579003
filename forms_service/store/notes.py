"""What staff write about a submission, sealed to the clinic; who wrote it and when stands outside."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from forms_service.store.tables import notes
from forms_service.store.times import now, stamp


@dataclass(frozen=True)
class Note:
    """A note as it is kept; `author` as the audit names people."""

    id: int
    reference: str
    author: str
    written_at: str
    sealed: bytes


def keep(connection: Connection, reference: str, author: str, sealed: bytes) -> None:
    """Keep a note. Raises sqlalchemy.exc.IntegrityError when the submission is gone."""
    written = notes.insert().values(
        reference=reference, author=author, written_at=stamp(now()), sealed=sealed
    )
    connection.execute(written)


def of(connection: Connection, reference: str) -> list[Note]:
    """The notes of a submission, the oldest first."""
    query = sa.select(notes).where(notes.c.reference == reference).order_by(notes.c.id)
    return [Note(**row._mapping) for row in connection.execute(query)]


def erase(connection: Connection, reference: str) -> None:
    """Erase the notes of a submission."""
    connection.execute(notes.delete().where(notes.c.reference == reference))
