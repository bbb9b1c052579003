"""What no page of the console can read is refused before it: characters no keyboard types, numbers no row has."""

from __future__ import annotations

import unicodedata

from flask import request
from werkzeug.exceptions import BadRequest
from werkzeug.routing import IntegerConverter, Map

LARGEST = 2**31 - 1  # a row's number; more fits no column


class Unreadable(BadRequest):
    """An address or a form that holds such a character."""


class RowNumber(IntegerConverter):
    """A number in an address: one that no row has leads to no page."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=LARGEST)


def refuse_unreadable() -> None:
    """Before any page: PostgreSQL keeps no NUL, and no address goes on to a second line. Raises Unreadable."""
    if any(unicodedata.category(character) == "Cc" for character in request.path):
        raise Unreadable
    for values in (request.args, request.form):
        for name, several in values.lists():
            if any("\0" in text for text in (name, *several)):
                raise Unreadable


def asked_number(name: str) -> int | None:
    """A row's number in the query; None when there is none. One beyond every row stands for the last there can be."""
    found = request.args.get(name, type=int)
    return None if found is None else max(0, min(found, LARGEST))
