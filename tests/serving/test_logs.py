"""What operators read of an error."""

from __future__ import annotations

import logging

import pytest

from forms_service.serving.logs import SafeFormatter, describe


def _caught() -> BaseException:
    with pytest.raises(KeyError) as caught:
        try:
            int("Amelia")
        except ValueError as error:
            raise KeyError("Amelia again") from error
    return caught.value


def _record(name: str, message: str, error: BaseException | None = None) -> logging.LogRecord:
    exc_info = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord(name, logging.ERROR, __file__, 7, message, ("Amelia",), exc_info)


def test_an_error_is_told_by_types_and_places_without_values() -> None:
    told = describe(_caught())
    assert told.startswith("KeyError (tests/serving/test_logs.py:")
    assert " from ValueError (tests/serving/test_logs.py:" in told
    assert "Amelia" not in told


def test_an_error_that_hides_its_context_is_told_alone() -> None:
    error = _caught()
    error.__cause__, error.__suppress_context__ = None, True
    assert " from " not in describe(error)


def test_words_of_other_libraries_are_replaced_by_the_place() -> None:
    line = SafeFormatter("site[1]").format(_record("forms_service.public", "Exception on %s", _caught()))
    assert "site[1] ERROR forms_service.public at tests/serving/test_logs.py:7 KeyError" in line
    assert "Amelia" not in line
    assert "Exception on" not in line
    assert "\n" not in line


def test_words_of_our_own_loggers_are_written() -> None:
    line = SafeFormatter("site[1]").format(_record("kinbridge.store", "The clinic is %s"))
    assert line.endswith("site[1] ERROR The clinic is Amelia")
