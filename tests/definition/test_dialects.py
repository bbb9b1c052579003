"""A CSV is read as its resource states; what is not stated is told from the header."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from forms_service.definition.dialects import delimiter_of, dialect_of


def read(text: str, dialect: Any) -> list[list[str]]:
    options = dialect_of({"dialect": dialect}).reader_options(text, ["a", "b"])
    return list(csv.reader(io.StringIO(text, newline=""), **options))


@pytest.mark.parametrize(
    ("dialect", "text", "row"),
    [
        (None, "a,b\n1,2\n", ["1", "2"]),
        ({}, "a;b\n1;2\n", ["1", "2"]),
        ({"delimiter": "|"}, "a|b\n1|2\n", ["1", "2"]),
        ({"csv": {"delimiter": "\t"}}, "a\tb\n1\t2\n", ["1", "2"]),
        ({"quoteChar": "'"}, "a,b\n'1,5',2\n", ["1,5", "2"]),
        ({"quoteChar": "'"}, "a,b\n'it''s',2\n", ["it's", "2"]),
        ({"doubleQuote": False}, 'a,b\n"say ""hi""",2\n', ['say "hi"', "2"]),
        ({"doubleQuote": False, "escapeChar": "\\"}, 'a,b\n"say \\"hi\\"",2\n', ['say "hi"', "2"]),
        ({"quoteChar": ""}, 'a,b\n"1,2\n', ['"1', "2"]),
        ({"skipInitialSpace": True}, 'a,b\n1, "2"\n', ["1", "2"]),
    ],
)
def test_a_stated_dialect_is_used(dialect: Any, text: str, row: list[str]) -> None:
    assert read(text, dialect)[1] == row


@pytest.mark.parametrize(
    "dialect",
    [
        {"delimiter": "ab"},
        {"delimiter": 1},
        {"quoteChar": "''"},
        {"headerRows": [1, 2]},
        {"commentRows": [3]},
        {"skipBlankRows": True},
        "https://example.org/dialect.json",
    ],
)
def test_a_dialect_that_would_be_misread_is_refused(dialect: Any) -> None:
    with pytest.raises(ValueError, match="dialect"):
        dialect_of({"dialect": dialect})


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [("a,b\n1;2", ","), ("a;b\n1,2", ";"), ("a\tb", "\t"), ("a|b\r\n", "|"), ("x y z", ","), ("", ",")],
)
def test_the_delimiter_is_told_from_the_header(text: str, delimiter: str) -> None:
    assert delimiter_of(text, ["a", "b"]) == delimiter
