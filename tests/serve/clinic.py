"""A clinic whose `kinbridge serve` runs for a test: its files, its processes, and what they print."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from click.testing import CliRunner, Result

from forms_service.cli import main
from forms_service.store import Store
from tests.instances import CLINIC, REPOSITORY, Instance, make_instance
from tests.serve.journeys import QUESTION_FORM
from tests.serving.running import Running, is_alive

KINBRIDGE = Path(sys.executable).with_name("kinbridge")
PATIENCE = 60.0  # seconds; a machine that tests other things too is slow to start processes
SITE, STAFF = "Site and forms", "Staff console"
GUIDE = "<!doctype html><html lang='en'><title>Guide</title><main>A built page</main></html>"


@dataclass(frozen=True)
class Clinic:
    """An instance, and the folders its processes may also write to; all lie in `folder`."""

    folder: Path
    instance: Instance
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def database(self) -> Path:
        return self.instance.var / "kinbridge.db"

    @property
    def on_file(self) -> bool:
        """Whether the rows are in an SQLite file of the clinic's own."""
        return self.instance.settings.database_url.startswith("sqlite:")

    @property
    def identity(self) -> Path:
        return self.instance.settings.identity_file

    @property
    def recipients(self) -> Path:
        return self.instance.settings.recipients_file

    @property
    def temporary(self) -> Path:
        return self.folder / "tmp"

    @property
    def log(self) -> Path:
        return self.folder / "output.log"

    @property
    def environment(self) -> dict[str, str]:
        """What the processes are given: nothing of this test run's own environment but PATH."""
        home = str(self.folder / "home")
        temporary = {name: str(self.temporary) for name in ("TMPDIR", "TEMP", "TMP", "SQLITE_TMPDIR")}
        return {
            "PATH": os.environ["PATH"],
            "HOME": home,
            "PYTHONPATH": str(REPOSITORY),
            "KINBRIDGE_WORKERS": "1",
            **temporary,
            **self.instance.environment,
            **self.settings,
        }

    def query(self, sql: str, **values: object) -> list[Any]:
        """What the database holds: the rows, or the values when each row has one."""
        with contextlib.closing(self.store()) as store, store.reading() as connection:
            rows = connection.execute(sa.text(sql), values).all()
        return [row[0] for row in rows] if rows and len(rows[0]) == 1 else list(rows)

    def change(self, sql: str, **values: object) -> None:
        """Changes what the database holds, behind the servers' back."""
        with contextlib.closing(self.store()) as store, store.writing() as connection:
            connection.execute(sa.text(sql), values)

    def store(self) -> Store:
        """The database of the clinic; close it after use."""
        return Store(self.instance.settings.database_url)

    def run(self, *words: str) -> Result:
        """A `kinbridge` command of the clinic's own, in this process."""
        return CliRunner().invoke(main, list(words), env=self.environment)


@dataclass
class Serving(Running):
    """`kinbridge serve`, running."""

    @property
    def site(self) -> int:
        """The port families reach."""
        return self.port(SITE)

    @property
    def processes(self) -> list[int]:
        """Every process: the supervisor and its workers."""
        return [self.pid, *self.workers()]

    def stop(self) -> int:
        """SIGTERM, and the exit code."""
        self.process.terminate()
        return self.process.wait(PATIENCE)

    def kill(self) -> None:
        """SIGKILL to all processes at once: nobody can tidy up."""
        processes = self.processes
        for pid in processes:
            os.kill(pid, signal.SIGKILL)
        self.process.wait()
        until(lambda: not any(is_alive(pid) for pid in processes))


def make_clinic(
    folder: Path,
    *,
    keys: bool = True,
    demo: bool = True,
    forms: Mapping[str, dict[str, Any]] | None = None,
    database_url: str | None = None,
    **settings: str,
) -> Clinic:
    """A published clinic that needs no MkDocs, with `forms`: else the repository's intake and a small form.

    `settings` are KINBRIDGE_* variables of its processes.
    """
    if forms is None:
        intake = json.loads((REPOSITORY / "datapackages" / "intake" / "datapackage.json").read_text("utf-8"))
        forms = {"intake": intake, "question": QUESTION_FORM}
    instance = make_instance(folder / "instance", forms, keys, database_url)
    (instance.release / "public" / "index.html").write_text(GUIDE, "utf-8")
    names = sorted(path.name for path in (instance.release / "private" / "forms").iterdir())
    facts = {"id": instance.release.name, "hash": "0" * 64, "created": "2027-01-01T00:00:00+00:00"}
    (instance.release / "release.json").write_text(
        json.dumps({**facts, "message": "", "forms": names, "left_out": [], "assets": []}), "utf-8"
    )
    config = {"site_name": CLINIC["name"], "extra": {"clinic": {**CLINIC, "demo": demo}}}
    (instance.root / "mkdocs.yml").write_text(json.dumps(config), "utf-8")
    for name in ("tmp", "home"):
        (folder / name).mkdir()
    return Clinic(folder, instance, settings)


def launch(clinic: Clinic, *options: str, command: Sequence[str] = (), **settings: str) -> Serving:
    """Starts `kinbridge serve` on free ports; does not wait for it."""
    ports = [word for name in ("--port", "--staff-port") if name not in options for word in (name, "0")]
    with clinic.log.open("wb") as output:
        process = subprocess.Popen(
            command or [str(KINBRIDGE), "serve", *options, *ports],
            env={**clinic.environment, **settings},
            cwd=clinic.folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    return Serving(process, clinic.log)


@contextmanager
def serving(
    clinic: Clinic, *options: str, command: Sequence[str] = (), ports: int = 1, **settings: str
) -> Iterator[Serving]:
    """`kinbridge serve`, ready on that many ports and ended with the block; the public side when `options` say no more.

    `settings` are variables of its environment; `command` runs instead of it.
    """
    server = launch(clinic, *(options or ("--public-only",)), command=command, **settings)
    try:
        until(lambda: server.words().count(" on http://") == ports or server.process.poll() is not None)
        assert server.process.poll() is None, server.words()
        yield server
    finally:
        server.process.kill()  # the workers end with it
        server.process.wait()


@contextmanager
def locked(clinic: Clinic) -> Iterator[None]:
    """Another program holds the write lock of the database, for as long as the block takes."""
    if clinic.on_file:
        with contextlib.closing(sqlite3.connect(clinic.database, isolation_level=None)) as connection:
            connection.execute("BEGIN EXCLUSIVE")
            yield
            connection.execute("ROLLBACK")
    else:
        with _tables_taken(clinic, "EXCLUSIVE"):
            yield


@contextmanager
def shut(clinic: Clinic) -> Iterator[None]:
    """Another program has the database for itself: nobody can even read. Before the servers' first connection only."""
    if clinic.on_file:
        with contextlib.closing(sqlite3.connect(clinic.database, isolation_level=None)) as connection:
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
            yield
    else:
        with _tables_taken(clinic, "ACCESS EXCLUSIVE"):
            yield


@contextmanager
def _tables_taken(clinic: Clinic, mode: str) -> Iterator[None]:
    """Another program holds a lock on every table of a PostgreSQL database."""
    with contextlib.closing(clinic.store()) as store, store.engine.connect() as connection:
        tables = ", ".join(sa.inspect(connection).get_table_names())
        connection.execute(sa.text(f"LOCK TABLE {tables} IN {mode} MODE"))
        yield
        connection.rollback()


def until(condition: Callable[[], bool]) -> None:
    """Waits for something that should happen soon."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def planted(factory: str) -> tuple[str, ...]:
    """The command that serves a faulty application of `tests.serve.planted`."""
    return (sys.executable, "-m", "tests.serve.launch", f"tests.serve.planted:{factory}")
