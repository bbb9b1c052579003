"""Moments as the store writes them: UTC, to the second."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, tzinfo

_FORMAT = "%Y-%m-%dT%H:%M:%SZ"


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def stamp(moment: datetime) -> str:
    """`2027-01-31T09:30:00Z`."""
    return moment.astimezone(UTC).strftime(_FORMAT)


def beginning_of(day: date, zone: tzinfo = UTC) -> str:
    """The moment at which a day begins in that zone."""
    return stamp(datetime.combine(day, time(), zone))


def moment(text: str) -> datetime:
    """The inverse of `stamp`. Raises ValueError."""
    return datetime.strptime(text, _FORMAT).replace(tzinfo=UTC)
