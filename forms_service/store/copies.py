"""The family's own copy of what it sent: sealed under its code, for 24 hours."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from forms_service.store.tables import copies
from forms_service.store.times import now, stamp

LIFETIME = timedelta(hours=24)


def keep(connection: Connection, lookup: str, sealed: bytes, sent_at: datetime) -> None:
    """Keep a copy until 24 hours after it was sent."""
    connection.execute(
        copies.insert().values(lookup=lookup, sealed=sealed, expires_at=stamp(sent_at + LIFETIME))
    )


def find(connection: Connection, lookup: str) -> bytes | None:
    """The sealed copy, or None when there is none or its time is over."""
    alive = copies.c.expires_at > stamp(now())
    return connection.execute(sa.select(copies.c.sealed).where(copies.c.lookup == lookup, alive)).scalar()


def erase(connection: Connection, lookup: str) -> None:
    """Erase a copy."""
    connection.execute(copies.delete().where(copies.c.lookup == lookup))


def purge(connection: Connection, at: datetime) -> int:
    """Erase the copies whose time was over at `at`; how many."""
    return connection.execute(copies.delete().where(copies.c.expires_at <= stamp(at))).rowcount
