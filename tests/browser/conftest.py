"""One clinic for each worker of the test run, one browser for each module, one family for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser

from tests.browser.clinic import Clinic, open_clinic
from tests.browser.visitor import Visitor, new_visitor
from tests.site.screens import chromium

NewVisitor = Callable[..., Visitor]


@pytest.fixture(scope="session")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    """The clinic, served."""
    with open_clinic(tmp_path_factory.mktemp("clinic")) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's chromium. Of one module: two Playwrights cannot run in one process at a time."""
    with chromium() as found:
        yield found


@pytest.fixture
def new(browser: Browser, clinic: Clinic) -> Iterator[NewVisitor]:
    """Makes visitors."""
    with visiting(browser, clinic) as make:
        yield make


@contextmanager
def visiting(browser: Browser, clinic: Clinic) -> Iterator[NewVisitor]:
    """Makes visitors. When they have gone: nothing stands on their consoles, and nobody else was asked."""
    visitors: list[Visitor] = []

    def make(**how: object) -> Visitor:
        visitors.append(new_visitor(clinic, browser, **how))  # type: ignore[arg-type]
        return visitors[-1]

    yield make
    for visitor in visitors:
        visitor.context.close()
    for visitor in visitors:
        assert visitor.noise == []
        assert visitor.hosts <= visitor.allowed
