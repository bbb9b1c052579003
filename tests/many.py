"""Submissions by the million, made by the database itself in seconds."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from forms_service.definition import digest, load
from forms_service.sealing.recipients import read_recipients
from forms_service.store import Store, descriptors
from tests.instances import REPOSITORY, Instance

FORMS = ("support-group", "intake")
FIRST, STEP = 1_700_000_000, 60  # when the first was sent, and seconds to the next
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PIECE = 50_000  # rows in one transaction
_STAMP = {
    "sqlite": "strftime('%Y-%m-%dT%H:%M:%SZ', {seconds}, 'unixepoch')",
    "postgresql": "to_char(to_timestamp({seconds}) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')",
}


def fill(instance: Instance, number: int, size: int = 2048) -> None:
    """So many rows, a minute apart: half of each form, a third of each state, some urgent, some somebody's.

    All hold one and the same sealed text of `size` bytes: enough for whatever lists them, and none that reads one
    notices. Numbers, references and moments differ.
    """
    found = {name: load(REPOSITORY / "datapackages" / name) for name in FORMS}
    sealed = read_recipients(instance.settings.recipients_file).seal(b"x" * size)
    store = Store(instance.settings.database_url)
    for start in range(0, number, _PIECE):
        with store.writing() as connection:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            for descriptor in found.values():
                descriptors.keep(connection, descriptor, digest(descriptor))
            values = {"start": start, "until": min(start + _PIECE, number), "sealed": sealed}
            hashes = {f"hash{at}": digest(found[name]) for at, name in enumerate(FORMS)}
            connection.execute(_rows(connection), {**values, **hashes})
    _look_at_them(store)
    store.close()


def _rows(connection: Connection) -> sa.TextClause:
    signs = [f"substr('{ALPHABET}', (n >> {shift} & 31) + 1, 1)" for shift in range(35, -1, -5)]
    reference = " || ".join([*signs[:4], "'-'", *signs[4:]])
    stamp = _STAMP[connection.dialect.name].format(seconds=f"{FIRST} + {STEP} * n").replace(":", "\\:")
    return sa.text(f"""
        WITH RECURSIVE series(n) AS (
            SELECT CAST(:start AS INTEGER) UNION ALL SELECT n + 1 FROM series WHERE n + 1 < :until)
        INSERT INTO submissions (reference, lookup, form, version, descriptor, language, submitted_at, status,
                                 urgent, origin, assigned_to, sealed)
        SELECT {reference}, substr('{"0" * 64}' || n, 1 + length(CAST(n AS TEXT))),
               CASE n % 2 WHEN 0 THEN '{FORMS[0]}' ELSE '{FORMS[1]}' END, '1.0.0',
               CASE n % 2 WHEN 0 THEN :hash0 ELSE :hash1 END, 'en', {stamp},
               CASE n % 3 WHEN 0 THEN 'new' WHEN 1 THEN 'in-progress' ELSE 'done' END,
               n % 1000 = 1, 'family', CASE n % 4 WHEN 0 THEN 1 END, :sealed
        FROM series""")


def _look_at_them(store: Store) -> None:
    """PostgreSQL goes by what it knows of its tables, and would look at new ones within a minute."""
    if store.engine.dialect.name == "postgresql":
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")
