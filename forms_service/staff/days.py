"""Days as staff type them, and the moments at which they begin at the clinic."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from forms_service.staff.console import parts
from forms_service.store.times import beginning_of, now

# Days that somebody may mean; beyond them the one before or after may be none that a computer knows.
FIRST, LAST = date(1900, 1, 1), date(2999, 12, 31)


def read_day(text: str) -> date | None:
    """`2027-03-27` as a day; None when nothing was typed. Raises ValueError."""
    if not text.strip():
        return None
    day = date.fromisoformat(text.strip())
    if not FIRST <= day <= LAST:
        raise ValueError
    return day


def not_a_day(**typed: str) -> dict[str, str]:
    """What to do about each text that is no day, by field."""
    return {
        name: _("Write the day as year, month, day, such as 2027-03-27.")
        for name, text in typed.items()
        if not _reads(text)
    }


def beginning(text: str, days: int = 0) -> str | None:
    """The moment at which that day, or the one `days` later, begins at the clinic. Raises ValueError."""
    day = read_day(text)
    if day is None:
        return None
    return beginning_of(day + timedelta(days=days), _zone())


def clinic_today() -> date:
    """The day it is at the clinic."""
    return now().astimezone(_zone()).date()


def _zone() -> ZoneInfo:
    return ZoneInfo(parts().clinic.timezone)


def _reads(text: str) -> bool:
    try:
        read_day(text)
    except ValueError:
        return False
    return True
