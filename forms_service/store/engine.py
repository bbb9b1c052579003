"""Connections: transactions that end quickly or say that the database is away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

LOCK_WAIT = 1.0  # seconds a family waits for a locked database, never more
POOL = 24  # connections a process may hold; the server has more threads than this
_WRITE = "kinbridge_write"


class Unavailable(Exception):
    """The database is locked, full or away: nothing was kept."""


class Store:
    """The database of one instance."""

    def __init__(self, url: str, lock_wait: float = LOCK_WAIT) -> None:
        """Connects lazily. `lock_wait` is in seconds."""
        self.engine = (
            _sqlite(url, lock_wait)
            if make_url(url).get_backend_name() == "sqlite"
            else _other(url, lock_wait)
        )

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for reading. Raises Unavailable."""
        try:
            with self.engine.connect() as connection:
                yield connection
        except (OperationalError, PoolTimeout) as error:
            raise _unavailable(error) from None

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that holds the write lock from its first statement; commits at its end. Raises Unavailable."""
        try:
            with self.engine.connect() as connection:
                connection = connection.execution_options(**{_WRITE: True})
                with connection.begin():
                    yield connection
        except sa.exc.IntegrityError:
            raise
        except (OperationalError, PoolTimeout) as error:
            raise _unavailable(error) from None

    def forget_erased(self) -> None:
        """Make erasing real: truncate SQLite's write-ahead log (deleted pages are zeroed by secure_delete)."""
        if self.engine.dialect.name == "sqlite":
            with self.reading() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


def _sqlite(url: str, lock_wait: float) -> sa.Engine:
    database = make_url(url).database
    if database:
        Path(database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(
        url, pool_size=POOL, max_overflow=0, pool_timeout=lock_wait, connect_args={"timeout": lock_wait}
    )

    @sa.event.listens_for(engine, "connect")
    def prepare(dbapi: Any, _record: object) -> None:
        dbapi.isolation_level = None  # BEGIN is ours, below
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",
            "temp_store=MEMORY",
        ):
            dbapi.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        immediate = connection.get_execution_options().get(_WRITE)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine


def _other(url: str, lock_wait: float) -> sa.Engine:
    options = f"-c lock_timeout={int(lock_wait * 1000)} -c statement_timeout={int(lock_wait * 5000)}"
    return sa.create_engine(
        url,
        pool_size=POOL,
        max_overflow=0,
        pool_timeout=lock_wait,
        pool_pre_ping=True,
        connect_args={"connect_timeout": 2, "options": options},
    )


def _unavailable(error: Exception) -> Unavailable:
    """Without the statement or its parameters: they may hold what a family typed."""
    return Unavailable(
        type(error.orig).__name__ if isinstance(error, OperationalError) else type(error).__name__
    )
