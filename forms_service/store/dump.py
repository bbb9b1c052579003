"""All rows of the database as lines of JSON, the same for SQLite and PostgreSQL, and back again.

Tables are found in the database itself, so that none is forgotten.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

BATCH = 500  # rows in memory at a time
_SCHEMA = "alembic_version"


def tables(connection: Connection) -> list[sa.Table]:
    """The tables that hold data; one that others refer to comes before them."""
    found = sa.MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != _SCHEMA]


def lines(connection: Connection, table: sa.Table) -> Iterator[bytes]:
    """Each row as a line of JSON, in the order of the primary key."""
    query = sa.select(table).order_by(*table.primary_key.columns)
    for row in connection.execute(query, execution_options={"yield_per": BATCH}):
        values = {name: _written(value) for name, value in row._mapping.items()}
        yield json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def load(connection: Connection, table: sa.Table, rows: Iterable[bytes]) -> int:
    """Insert the rows of `lines`; how many."""
    number = 0
    left = iter(rows)
    while some := list(islice(left, BATCH)):
        values = [{name: _read(value) for name, value in json.loads(row).items()} for row in some]
        connection.execute(table.insert(), values)
        number += len(values)
    return number


def last_numbers(connection: Connection) -> dict[str, int]:
    """The last number that each numbered table gave: it is never given again, though its row was erased."""
    found = {}
    for table in tables(connection):
        if connection.dialect.name == "sqlite":
            if _counts(connection, table):
                query = sa.text("SELECT seq FROM sqlite_sequence WHERE name = :name")
                found[table.name] = connection.execute(query, {"name": table.name}).scalar() or 0
        elif sequence := _sequence(connection, table):
            found[table.name] = connection.exec_driver_sql(
                f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {sequence}"  # noqa: S608 - its own name
            ).scalar_one()
    return found


def set_last_numbers(connection: Connection, numbers: dict[str, int]) -> None:
    """The inverse of `last_numbers`."""
    for table in tables(connection):
        last = numbers.get(table.name, 0) or _highest(connection, table)
        if connection.dialect.name == "sqlite":
            if _counts(connection, table):
                values = {"name": table.name, "last": last}
                connection.execute(sa.text("DELETE FROM sqlite_sequence WHERE name = :name"), values)
                connection.execute(sa.text("INSERT INTO sqlite_sequence VALUES (:name, :last)"), values)
        elif last and (sequence := _sequence(connection, table)):
            connection.execute(
                sa.text("SELECT setval(:sequence, :last)"), {"sequence": sequence, "last": last}
            )


def _counts(connection: Connection, table: sa.Table) -> bool:
    """Whether SQLite keeps a count for the table (AUTOINCREMENT)."""
    query = sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :name")
    return "AUTOINCREMENT" in str(connection.execute(query, {"name": table.name}).scalar()).upper()


def _sequence(connection: Connection, table: sa.Table) -> str | None:
    for column in table.primary_key.columns:
        if isinstance(column.type, sa.Integer):
            query = sa.text("SELECT pg_get_serial_sequence(:table, :column)")
            found = connection.execute(query, {"table": f'"{table.name}"', "column": column.name}).scalar()
            if found:
                return str(found)
    return None


def _highest(connection: Connection, table: sa.Table) -> int:
    columns = [column for column in table.primary_key.columns if isinstance(column.type, sa.Integer)]
    return int(connection.execute(sa.select(sa.func.max(columns[0]))).scalar() or 0) if columns else 0


def _written(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return {"$bytes": base64.b64encode(value).decode()}
    if isinstance(value, datetime):
        return {"$moment": value.isoformat()}
    if isinstance(value, date):
        return {"$day": value.isoformat()}
    return value


def _read(value: Any) -> Any:
    match value:
        case {"$bytes": str(text)}:
            return base64.b64decode(text, validate=True)
        case {"$moment": str(text)}:
            return datetime.fromisoformat(text)
        case {"$day": str(text)}:
            return date.fromisoformat(text)
    return value
