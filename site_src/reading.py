"""How long a page takes to read, and when it was checked, in the reader's words."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from babel.dates import format_date, format_skeleton

from site_src.catalogue import read_date
from site_src.words import Words

WORDS_A_MINUTE = 200
WORD = re.compile(r"\w[\w’'-]*")
TAG = re.compile(r"<[^>]+>")


def minutes(html: str) -> int:
    """Whole minutes, at least one, to read a page's text."""
    return max(1, math.ceil(len(WORD.findall(TAG.sub(" ", html))) / WORDS_A_MINUTE))


def meta_line(html: str, meta: Mapping[str, Any], words: Words, language: str) -> tuple[str, ...]:
    """The parts of the line under a guide's title: reading time, last check, next check."""
    line = [f"{minutes(html)} {words['minute_read']}"]
    if reviewed := read_date(meta.get("reviewed")):
        line.append(f"{words['reviewed']} {format_date(reviewed, 'long', locale=language)}")
    else:
        line.append(words["not_reviewed"])
    if review_by := read_date(meta.get("review_by")):
        line.append(f"{words['next_check']} {format_skeleton('yMMMM', review_by, locale=language)}")
    return tuple(line)
