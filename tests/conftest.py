"""Fixtures that all tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.families import Family
from tests.instances import Instance, make_instance


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    """An instance of its own with this repository's forms."""
    return make_instance(tmp_path / "instance")


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
