"""Bringing the database to the newest schema, before any worker starts."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config

from forms_service.store.engine import Store

_MIGRATIONS = Path(__file__).with_name("migrations")


def migrate(store: Store, revision: str = "head") -> None:
    """Run the Alembic migrations up to `revision` in one transaction. Raises Unavailable."""
    with store.writing() as connection:
        command.upgrade(_config(connection), revision)


def unmigrate(store: Store, revision: str) -> None:
    """Run the migrations back down to `revision`. Raises Unavailable."""
    with store.writing() as connection:
        command.downgrade(_config(connection), revision)


def _config(connection: object) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    return config
