"""Fixtures of the law's tests."""

from __future__ import annotations

import pytest

from tests.properties.web import Clinic


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Clinic:
    """A clinic of its own for a module's tests."""
    return Clinic(tmp_path_factory.mktemp("clinic") / "instance")
