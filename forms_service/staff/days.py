"""Days as staff type them, and the moments at which they begin at the clinic."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from forms_service.staff.console import parts
from forms_service.store.times import stamp


def read_day(text: str) -> date | None:
    """`2027-03-27` as a day; None when nothing was typed. Raises ValueError."""
    return date.fromisoformat(text.strip()) if text.strip() else None


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
    start = datetime.combine(day + timedelta(days=days), time(), ZoneInfo(parts().clinic.timezone))
    return stamp(start.astimezone(UTC))


def _reads(text: str) -> bool:
    try:
        read_day(text)
    except ValueError:
        return False
    return True
