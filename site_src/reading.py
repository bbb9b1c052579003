"""How long a page takes to read, when it was checked, and what is new about it, in the reader's words."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Mapping
from typing import Any

from babel.dates import format_date, format_skeleton

from site_src.catalogue import PageInfo, read_date
from site_src.words import Words

WORDS_A_MINUTE = 200
WORD = re.compile(r"\w[\w’'-]*")
# What is looked up and not read: a page's sources, and the findings of every study.
LISTED = re.compile(r'<section class="kb-sources".*?</section>|<div class="kb-finding".*?</div>', re.DOTALL)
TAG = re.compile(r"<[^>]+>")


def minutes(html: str) -> int:
    """Whole minutes, at least one, to read a page's text; the lists of sources and findings are not counted."""
    text = TAG.sub(" ", LISTED.sub("", html))
    return max(1, math.ceil(len(WORD.findall(text)) / WORDS_A_MINUTE))


def meta_line(html: str, meta: Mapping[str, Any], words: Words, language: str) -> tuple[str, ...]:
    """The parts of the line under a guide's title: reading time, last check, next check."""
    line = [
        f"{minutes(html)} {words['minute_read']}",
        last_check(read_date(meta.get("reviewed")), words, language),
    ]
    if review_by := read_date(meta.get("review_by")):
        line.append(f"{words['next_check']} {format_skeleton('yMMMM', review_by, locale=language)}")
    return tuple(line)


def last_check(reviewed: datetime.date | None, words: Words, language: str) -> str:
    """When a clinician checked a page, or that nobody has yet."""
    return _on("reviewed", reviewed, words, language) if reviewed else words["not_reviewed"]


def news_line(page: PageInfo, words: Words, language: str) -> str:
    """What happened to a page last, and when; "" when nothing is known of it."""
    if page.news is None:
        return ""
    day, what = page.news
    return _on(what, day, words, language)


def _on(what: str, day: datetime.date, words: Words, language: str) -> str:
    return f"{words[what]} {format_date(day, 'long', locale=language)}"
