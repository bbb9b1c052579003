"""The scheme of an address, as a browser would see it."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import unquote

# Browsers skip these inside a scheme.
SKIPPED = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028\u2029]")
SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)


def scheme_of(address: str) -> str:
    """`https`, `tel`, `javascript` and the like, in small letters; "" for an address of the own site."""
    match = SCHEME.match(SKIPPED.sub("", unescape(unquote(address))))
    return match[1].lower() if match else ""
