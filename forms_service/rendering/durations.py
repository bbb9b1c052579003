"""An ISO 8601 duration in the reader's words."""

from __future__ import annotations

import isodate
from flask_babel import ngettext


def in_words(duration: str) -> str:
    """`P1Y` as "1 year", `P6M` as "6 months", in the reader's language. Raises isodate.ISO8601Error."""
    parsed = isodate.parse_duration(duration)
    years = int(getattr(parsed, "years", 0))
    months = int(getattr(parsed, "months", 0))
    days = int((parsed.tdelta if isinstance(parsed, isodate.Duration) else parsed).days)
    parts = []
    if years:
        parts.append(ngettext("%(num)s year", "%(num)s years", years))
    if months:
        parts.append(ngettext("%(num)s month", "%(num)s months", months))
    if days:
        parts.append(ngettext("%(num)s day", "%(num)s days", days))
    return ", ".join(parts)
