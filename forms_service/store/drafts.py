"""Drafts: one sealed row a page, so that two tabs on different pages both survive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from forms_service.store import counts
from forms_service.store.tables import draft_files, draft_pages, drafts
from forms_service.store.times import moment, now, stamp

LIFETIME = timedelta(days=14)  # after the last save

# Built once: SQLAlchemy takes longer to make a statement than to run it.
_ALIVE = drafts.c.saved_at > sa.bindparam("oldest")
_FIND = sa.select(drafts).where(drafts.c.lookup == sa.bindparam("draft"), _ALIVE)
_PAGES = sa.select(draft_pages.c.page, draft_pages.c.sealed).where(
    draft_pages.c.lookup == sa.bindparam("draft")
)
_TOUCH = (
    drafts.update()
    .where(drafts.c.lookup == sa.bindparam("draft"), _ALIVE)
    .values(saved_at=sa.bindparam("now"), language=sa.bindparam("reader"))
)


def _upsert(dialect: Any) -> Any:
    insert = dialect.insert(draft_pages)
    return insert.on_conflict_do_update(
        index_elements=["lookup", "page"], set_={"sealed": insert.excluded.sealed}
    )


_KEEP = {"sqlite": _upsert(sqlite), "postgresql": _upsert(postgresql)}


@dataclass(frozen=True)
class Draft:
    """What the server knows of a draft: not its answers."""

    lookup: str
    form: str
    descriptor: str
    language: str
    saved_at: str

    @property
    def expires_at(self) -> datetime:
        """When it dies unless it is saved again (UTC)."""
        return moment(self.saved_at) + LIFETIME


def start(connection: Connection, lookup: str, form: str, descriptor: str, language: str) -> None:
    """Begin an empty draft on a descriptor that is kept already."""
    at = now()
    connection.execute(
        drafts.insert().values(
            lookup=lookup, form=form, descriptor=descriptor, language=language, saved_at=stamp(at)
        )
    )
    counts.add(connection, form, counts.STARTED, at)


def find(connection: Connection, lookup: str) -> Draft | None:
    """The living draft of that look-up id, or None."""
    row = connection.execute(_FIND, {"draft": lookup, "oldest": stamp(now() - LIFETIME)}).first()
    return Draft(**row._mapping) if row else None


def lock(connection: Connection, lookup: str) -> bool:
    """Hold a draft still until this transaction ends; False when it is gone (sent, cleared or expired).

    On SQLite the write lock does it already; PostgreSQL lets others save pages unless the draft's row is held.
    """
    alive = drafts.c.saved_at > stamp(now() - LIFETIME)
    held = sa.select(drafts.c.lookup).where(drafts.c.lookup == lookup, alive).with_for_update()
    return connection.execute(held).first() is not None


def save_page(connection: Connection, lookup: str, page: str, sealed: bytes, language: str) -> bool:
    """Keep a page's sealed answers; False when the draft is gone (sent, cleared or expired)."""
    if not touch(connection, lookup, language):
        return False
    put(connection, lookup, page, sealed)
    return True


def touch(connection: Connection, lookup: str, language: str) -> bool:
    """Note that a draft is saved now, and keep others from it until the transaction ends; False when it is gone."""
    at = now()
    touched = connection.execute(
        _TOUCH, {"draft": lookup, "oldest": stamp(at - LIFETIME), "now": stamp(at), "reader": language}
    )
    return touched.rowcount > 0


def put(connection: Connection, lookup: str, page: str, sealed: bytes) -> None:
    """Keep a page's sealed answers in a draft that was touched."""
    connection.execute(_KEEP[connection.dialect.name], {"lookup": lookup, "page": page, "sealed": sealed})


def pages(connection: Connection, lookup: str) -> dict[str, bytes]:
    """The sealed pages of a draft, by name."""
    rows = connection.execute(_PAGES, {"draft": lookup})
    return {row.page: row.sealed for row in rows}


def discard(connection: Connection, lookup: str) -> None:
    """Erase a draft, its pages and its files."""
    connection.execute(draft_files.delete().where(draft_files.c.lookup == lookup))
    connection.execute(draft_pages.delete().where(draft_pages.c.lookup == lookup))
    connection.execute(drafts.delete().where(drafts.c.lookup == lookup))


def expired(connection: Connection, at: datetime) -> list[tuple[Draft, frozenset[str]]]:
    """The drafts that expired before `at`, each with the names of its saved pages."""
    over = drafts.c.saved_at <= stamp(at - LIFETIME)
    found = [Draft(**row._mapping) for row in connection.execute(sa.select(drafts).where(over))]
    saved: dict[str, set[str]] = {}
    query = sa.select(draft_pages.c.lookup, draft_pages.c.page).join(drafts).where(over)
    for lookup, page in connection.execute(query):
        saved.setdefault(lookup, set()).add(page)
    return [(draft, frozenset(saved.get(draft.lookup, ()))) for draft in found]


def purge(connection: Connection, at: datetime) -> int:
    """Erase the drafts that expired before `at`; how many."""
    old = sa.select(drafts.c.lookup).where(drafts.c.saved_at <= stamp(at - LIFETIME))
    connection.execute(draft_files.delete().where(draft_files.c.lookup.in_(old)))
    connection.execute(draft_pages.delete().where(draft_pages.c.lookup.in_(old)))
    return connection.execute(drafts.delete().where(drafts.c.saved_at <= stamp(at - LIFETIME))).rowcount
