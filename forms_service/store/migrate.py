"""Bringing the database to the newest schema, before any worker starts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy.engine import Connection

from forms_service.store.engine import Store, Unavailable

_MIGRATIONS = Path(__file__).with_name("migrations")


class ForeignSchema(Unavailable):
    """The database was brought to a schema that this version of Kinbridge does not know."""


def migrate(store: Store, revision: str = "head") -> None:
    """Run the Alembic migrations up to `revision` in one transaction; an SQLite database is made when there is none.

    Raises Unavailable, and ForeignSchema with cause and mend.
    """
    store.create()
    with store.writing() as connection:
        upgrade(connection, revision)


def unmigrate(store: Store, revision: str) -> None:
    """Run the migrations back down to `revision`. Raises Unavailable."""
    with store.writing() as connection:
        downgrade(connection, revision)


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Run the migrations up to `revision` in this transaction. Raises ForeignSchema."""
    with _known():
        command.upgrade(_config(connection), revision)


def downgrade(connection: Connection, revision: str) -> None:
    """Run the migrations down to `revision` in this transaction. Raises ForeignSchema."""
    with _known():
        command.downgrade(_config(connection), revision)


def revision_of(connection: Connection) -> str | None:
    """The revision a database is at; None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


def newest_revision() -> str | None:
    """The revision this version of Kinbridge brings a database to."""
    return ScriptDirectory(str(_MIGRATIONS)).get_current_head()


@contextmanager
def _known() -> Iterator[None]:
    try:
        yield
    except CommandError:
        raise ForeignSchema(
            "another version of Kinbridge wrote this database: install that version, or restore a backup"
        ) from None


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    return config
