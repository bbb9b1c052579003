"""A console of its own for each test, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from forms_service.staff import create_app
from tests.instances import Instance
from tests.staff.colleague import Colleague, new_colleague

Invite = Callable[..., Colleague]


@pytest.fixture
def console(instance: Instance) -> Flask:
    """The staff app on the test's instance."""
    return create_app(instance.settings)


@pytest.fixture
def invited(instance: Instance, console: Flask) -> Invite:
    """Makes signed-in colleagues."""

    def make(role: str = "reader", email: str = "ana@clinic.example") -> Colleague:
        return new_colleague(instance, console, email, role)

    return make
