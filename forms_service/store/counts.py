"""How often forms are begun, sent and left at which page, by week; nothing says who or when in the week."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from forms_service.store.tables import counts

Event = Literal["started", "sent", "left"]
STARTED: Event = "started"
SENT: Event = "sent"
LEFT: Event = "left"


def week_of(at: datetime) -> str:
    """The Monday of the week of `at` (UTC), as `2027-03-22`."""
    day = at.date()
    return (day - timedelta(days=day.weekday())).isoformat()


def add(
    connection: Connection, form: str, event: Event, at: datetime, page: str = "", number: int = 1
) -> None:
    """Count an event in its week; `page` is the last one that was saved before a form was left."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    insert = dialect.insert(counts).values(form=form, week=week_of(at), event=event, page=page, number=number)
    raised = {"number": counts.c.number + insert.excluded.number}
    connection.execute(
        insert.on_conflict_do_update(index_elements=["form", "week", "event", "page"], set_=raised)
    )


def by_week(connection: Connection, since: date) -> Mapping[str, Mapping[str, Mapping[Event, int]]]:
    """Started, sent and left by form and week, from the week of the day `since` on."""
    total = sa.func.sum(counts.c.number)
    query = (
        sa.select(counts.c.form, counts.c.week, counts.c.event, total)
        .where(counts.c.week >= since.isoformat())
        .group_by(counts.c.form, counts.c.week, counts.c.event)
        .order_by(counts.c.form, counts.c.week)
    )
    found: dict[str, dict[str, dict[Event, int]]] = {}
    for form, week, event, number in connection.execute(query):
        found.setdefault(form, {}).setdefault(week, {})[event] = int(number)
    return found


def left_at(connection: Connection, since: date) -> Mapping[str, Mapping[str, Mapping[str, int]]]:
    """How many left a form after which page, by form, week and page; an empty page is the start."""
    query = (
        sa.select(counts.c.form, counts.c.week, counts.c.page, counts.c.number)
        .where(counts.c.event == LEFT, counts.c.week >= since.isoformat())
        .order_by(counts.c.form, counts.c.week)
    )
    found: dict[str, dict[str, dict[str, int]]] = {}
    for form, week, page, number in connection.execute(query):
        found.setdefault(form, {}).setdefault(week, {})[page] = int(number)
    return found


def totals(connection: Connection) -> list[tuple[str, str, int]]:
    """Form, event and how often in all."""
    query = sa.select(counts.c.form, counts.c.event, sa.func.sum(counts.c.number))
    rows = connection.execute(query.group_by(counts.c.form, counts.c.event).order_by(counts.c.form))
    return [(form, event, int(number)) for form, event, number in rows]
