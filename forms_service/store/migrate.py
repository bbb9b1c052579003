"""Bringing the database to the newest schema, before any worker starts."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError

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
        try:
            command.upgrade(_config(connection), revision)
        except CommandError:
            raise ForeignSchema(
                "another version of Kinbridge wrote this database: install that version, or restore a backup"
            ) from None


def unmigrate(store: Store, revision: str) -> None:
    """Run the migrations back down to `revision`. Raises Unavailable."""
    with store.writing() as connection:
        command.downgrade(_config(connection), revision)


def _config(connection: object) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    return config
