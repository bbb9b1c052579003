"""Connections: transactions that end quickly or say that the database is away."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from glob import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, NotSupportedError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from forms_service.store.tables import metadata

LOCK_WAIT = 1.0  # seconds a family waits for a locked database, never more
TURN_WAIT = 5.0  # seconds a family waits for others of its own process that write, as long as they get on
POOL = 24  # connections a process may hold; the server has more threads than this
_WRITE = "kinbridge_write"
_OWED = "-erased-"  # between a database's file and what tells a mark from others
# Of our code, not of the database.
_MISTAKES = (IntegrityError, ProgrammingError, DataError, NotSupportedError)

_log = logging.getLogger("kinbridge.store")
_log.addHandler(logging.NullHandler())  # the command line says the same in its one line


class Unavailable(Exception):
    """The database is locked, full, damaged or away: nothing was kept. The message is the cause, in a few words."""


class Store:
    """The database of one instance."""

    def __init__(self, url: str, lock_wait: float = LOCK_WAIT) -> None:
        """Connects lazily, and never makes a database (`create` does). `lock_wait` is in seconds.

        Raises Unavailable when `url` is none that can be used here.
        """
        self._turn = threading.Lock()
        self._stood_still = 0.0
        try:
            parsed = make_url(url)
            self._file = _sqlite_file(parsed)
            lite = parsed.get_backend_name() == "sqlite"
            self.engine = _sqlite(parsed, self._file, lock_wait) if lite else _other(parsed, lock_wait)
        except ImportError as error:
            raise Unavailable(f"the Python package {error.name} is not installed") from None
        except sa.exc.ArgumentError:
            raise Unavailable("its address is no database URL") from None  # it may hold a password

    def create(self) -> None:
        """Make the file of an SQLite database when there is none yet. Raises Unavailable."""
        if self._file is not None:
            try:
                self._file.parent.mkdir(parents=True, exist_ok=True)
                self._file.touch()
            except OSError as error:
                raise Unavailable(f"{error.filename}: {error.strerror}") from None

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for reading, which sees one moment: else a draft that is sent meanwhile has no pages.

        Raises Unavailable.
        """
        with _troubles_told(), self.engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A connection for reading however long it takes, while others write. Raises Unavailable."""
        with self.reading() as connection:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that holds the write lock from its first statement; commits at its end. Raises Unavailable."""
        with _troubles_told(), self.engine.connect() as connection, self._in_turn():
            connection = connection.execution_options(**{_WRITE: True})
            with connection.begin():
                yield connection

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        """On SQLite one writer of this process at a time, in turn. Raises Unavailable.

        SQLite's own waiters poll, and in a rush of dozens the unlucky poll until their time is over. Who waits here
        while the one before fails, fails too: the database stands still, and each in turn would wait for it again.
        """
        if self._file is None:
            yield
            return
        began = time.monotonic()
        if not self._turn.acquire(timeout=TURN_WAIT):
            raise Unavailable("too many writers")
        try:
            if self._stood_still > began:
                raise Unavailable("SQLITE_BUSY")
            yield
        except sa.exc.OperationalError:
            self._stood_still = time.monotonic()
            raise
        finally:
            self._turn.release()

    def forget_erased(self, rewrite: bool = False) -> bool:
        """Make erasing real: the files of the database hold nothing of it any more; False when that must wait.

        SQLite zeroes what is deleted (secure_delete), and its write-ahead log is truncated here, which takes a
        moment in which nobody reads; until there is one, `owes_forgetting` says so to every process. PostgreSQL only
        frees deleted rows: their bytes go when it is to `rewrite` its tables, which shuts others out meanwhile. Its
        own log and back-ups are the operator's (SECURITY.md).
        """
        if self.engine.dialect.name == "sqlite":
            return self._truncate_log()
        try:
            with _troubles_told(), self.engine.connect() as connection:
                connection = connection.execution_options(isolation_level="AUTOCOMMIT")
                connection.exec_driver_sql("SET statement_timeout = 0")
                vacuum = "VACUUM (FULL)" if rewrite else "VACUUM"
                connection.exec_driver_sql(f"{vacuum} {', '.join(metadata.tables)}")
                connection.exec_driver_sql("RESET statement_timeout")
        except Unavailable:
            return False
        return True

    @property
    def owes_forgetting(self) -> bool:
        """Whether SQLite's log still holds what was erased while somebody read."""
        return bool(self._owed())

    def _truncate_log(self) -> bool:
        """Empty SQLite's write-ahead log; when somebody reads, leave a mark beside the file and say False.

        A mark is removed only by who saw it before emptying the log: what was erased meanwhile left one of its own.
        """
        owed = self._owed()
        try:
            with _troubles_told(), self.engine.connect() as connection:
                busy, *_ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
        except Unavailable:
            busy = True
        try:
            if not busy:
                for mark in owed:
                    mark.unlink(missing_ok=True)
            elif self._file is not None:
                self._file.with_name(f"{self._file.name}{_OWED}{secrets.token_hex(8)}").touch()
        except OSError as error:
            _log.error("What is still to be forgotten could not be noted: %s", error.strerror)
        return not busy

    def _owed(self) -> list[Path]:
        """The marks of what was erased and not forgotten."""
        return list(self._file.parent.glob(f"{escape(self._file.name)}{_OWED}*")) if self._file else []

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


@contextmanager
def _troubles_told() -> Iterator[None]:
    """Without the statement or its parameters: they may hold what a family typed."""
    try:
        yield
    except _MISTAKES:
        raise
    except (DBAPIError, PoolTimeout) as error:
        original = getattr(error, "orig", error)
        cause = getattr(original, "sqlite_errorname", type(original).__name__)
        _log.warning("The database does not answer: %s", cause)
        raise Unavailable(cause) from None


def _sqlite_file(url: URL) -> Path | None:
    """The file of an SQLite database; None for one in memory, and for other databases."""
    in_file = url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:")
    return Path(url.database or "").absolute() if in_file else None


def _sqlite(url: URL, file: Path | None, lock_wait: float) -> sa.Engine:
    connecting: dict[str, Any] = {"timeout": lock_wait}
    # One in memory is one connection, for an app that answers one request at a time (a preview).
    pooling: dict[str, Any] = {"poolclass": sa.pool.StaticPool}
    if file is None:
        connecting["check_same_thread"] = False
    else:
        # mode=rw: a file that was moved away must not be replaced by an empty one, whose log would ruin it later.
        url = url.set(database=f"file:{quote(str(file))}", query={"mode": "rw", "uri": "true"})
        pooling = {"pool_size": POOL, "max_overflow": 0, "pool_timeout": lock_wait}
    engine = sa.create_engine(url, connect_args=connecting, **pooling)

    @sa.event.listens_for(engine, "connect")
    def prepare(dbapi: Any, record: Any) -> None:
        record.info["file"] = _identity(file)
        dbapi.isolation_level = None  # BEGIN is ours, below
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",
            "temp_store=MEMORY",
        ):
            dbapi.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "checkout")
    def still_there(_dbapi: object, record: Any, _proxy: object) -> None:
        if record.info["file"] != _identity(file):
            # SQLite would go on writing into the file that was moved away, where nobody finds it again.
            raise sa.exc.DisconnectionError

    @sa.event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        immediate = connection.get_execution_options().get(_WRITE)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine


def _identity(file: Path | None) -> tuple[int, int] | None:
    """What tells a file from another that takes its name; None when there is none."""
    if file is None:
        return None
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _other(url: URL, lock_wait: float) -> sa.Engine:
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    options = f"-c lock_timeout={int(lock_wait * 1000)} -c statement_timeout={int(lock_wait * 5000)}"
    return sa.create_engine(
        url,
        pool_size=POOL,
        max_overflow=0,
        pool_timeout=lock_wait,
        pool_pre_ping=True,
        connect_args={"connect_timeout": 2, "options": options},
    )
