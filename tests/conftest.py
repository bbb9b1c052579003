"""Fixtures that all tests share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import databases
from tests.families import Family
from tests.instances import Instance, make_instance


@pytest.fixture(scope="session", autouse=True)
def _no_server_stays() -> Iterator[None]:
    """The PostgreSQL of this process, if a test asked for one, ends with the run."""
    yield
    databases.end()


@pytest.fixture(autouse=True)
def _no_database_stays() -> Iterator[None]:
    """What a test made goes with it; what a module or the run made stays."""
    before = databases.made()
    yield
    databases.drop([name for name in databases.made() if name not in before])


@pytest.fixture(params=["postgresql"] if databases.ON_POSTGRESQL else ["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Where a test's instance keeps its rows: its own SQLite file, and its own PostgreSQL database."""
    return databases.OWN_FILE if request.param == "sqlite" else databases.new_database()


@pytest.fixture
def instance(tmp_path: Path, database_url: str) -> Instance:
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
