"""Which passwords are refused (NIST SP 800-63B): too short, known to be bad, or guessable here. Nothing else is asked."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import pairwise
from pathlib import Path

from flask_babel import gettext as _

SHORTEST, LONGEST = 12, 200
_LIST = Path(__file__).with_name("known_bad_passwords.txt")


def problem_of(password: str, *known: str) -> str | None:
    """Why a password is refused, or None; `known` are words anybody could guess here (clinic, account)."""
    if len(password) < SHORTEST:
        return str(
            _("Use at least %(number)s characters. Four or five words are easy to remember.", number=SHORTEST)
        )
    if len(password) > LONGEST:
        return str(_("Use at most %(number)s characters.", number=LONGEST))
    if _is_known(password) or _repeats(password) or _is_about(password, known):
        return str(_("This password is easy to guess. Choose other words."))
    return None


def _is_known(password: str) -> bool:
    folded = _folded(password)
    return bool({folded, _bare(folded)} & _known_bad())


def _repeats(password: str) -> bool:
    """One piece again and again, or a run such as abcdefghijkl."""
    folded = _folded(password)
    steps = {ord(after) - ord(before) for before, after in pairwise(folded)}
    return bool(re.fullmatch(r"(.{1,4}?)\1+.{0,3}", folded, re.DOTALL)) or steps <= {1} or steps <= {-1}


def _is_about(password: str, known: tuple[str, ...]) -> bool:
    """Hardly more than the clinic's or one's own name."""
    rest = letters = re.sub(r"[\W\d_]", "", _folded(password))
    for text in known:
        for word in re.findall(r"[^\W\d_]{4,}", _folded(text)):
            rest = rest.replace(word, "")
    return rest != letters and len(rest) < 4


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _bare(folded: str) -> str:
    return re.sub(r"^[\W\d_]+|[\W\d_]+$", "", folded)


@cache
def _known_bad() -> frozenset[str]:
    lines = _LIST.read_text("utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))
