"""The clinic of the law's tests, for these tests too."""

from tests.properties.conftest import clinic

__all__ = ["clinic"]
