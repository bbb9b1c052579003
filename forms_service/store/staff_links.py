"""Links that let somebody in once: only their hash is kept."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from forms_service.store.tables import staff_links
from forms_service.store.times import now, stamp

INVITATION, DEMO = "invitation", "demo"
LIFETIME = timedelta(days=7)


@dataclass(frozen=True)
class Link:
    """What a link is for, and whose it is."""

    lookup: str
    user_id: int
    purpose: str


def new(connection: Connection, user_id: int, purpose: str = INVITATION) -> str:
    """A link's token; the account's earlier links of that purpose stop working."""
    token = secrets.token_urlsafe(32)
    revoke(connection, user_id, purpose)
    expires = stamp(now() + LIFETIME)
    values = {"lookup": _hash(token), "user_id": user_id, "purpose": purpose, "expires_at": expires}
    connection.execute(staff_links.insert().values(**values))
    return token


def find(connection: Connection, token: str) -> Link | None:
    """What the token leads to, or None when it is unknown, used or too old."""
    alive = staff_links.c.expires_at > stamp(now())
    columns = (staff_links.c.lookup, staff_links.c.user_id, staff_links.c.purpose)
    row = connection.execute(sa.select(*columns).where(staff_links.c.lookup == _hash(token), alive)).first()
    return Link(**row._mapping) if row else None


def waiting(connection: Connection) -> frozenset[int]:
    """The accounts whose invitation still works."""
    alive = (staff_links.c.expires_at > stamp(now()), staff_links.c.purpose == INVITATION)
    return frozenset(connection.execute(sa.select(staff_links.c.user_id).where(*alive)).scalars())


def revoke(connection: Connection, user_id: int, purpose: str) -> bool:
    """Stop an account's links of that purpose; whether there was one."""
    those = (staff_links.c.user_id == user_id, staff_links.c.purpose == purpose)
    return connection.execute(staff_links.delete().where(*those)).rowcount > 0


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
