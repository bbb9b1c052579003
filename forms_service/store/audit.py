"""The audit: who read, exported, erased or changed what, and when; a chain of marks that nobody can mend unseen.

A line never holds an answer, a family's name or its address. Each line's mark is an HMAC over the line and the mark
before it, and the head (how many lines, the last mark) is signed. The key comes from the instance's secret.

What `verify` proves: whoever has only the database (or a copy of it) cannot change, remove, reorder or cut off lines
unseen. What it cannot: who also has the secret file can write another history, and who restores the whole database
of an earlier day, head and all, is seen only by comparing the head with one that was noted elsewhere.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from forms_service.store.tables import audit, audit_head
from forms_service.store.times import now, stamp

START = "0" * 64
BATCH = 500

Detail = Mapping[str, str | int]


@dataclass(frozen=True)
class Line:
    """One thing that was done. `at` is what the clock said; the order is that of `number`."""

    number: int
    at: str
    actor: str
    action: str
    subject: str
    detail: dict[str, str | int]
    mark: str


@dataclass(frozen=True)
class Head:
    """How many lines there are, and the mark of the last."""

    number: int
    mark: str


@dataclass(frozen=True)
class Verdict:
    """What `verify` found: `fault` is None when all is well."""

    head: Head
    fault: str | None


def record(
    connection: Connection,
    secret: bytes,
    actor: str,
    action: str,
    subject: str = "",
    detail: Detail | None = None,
) -> None:
    """Add a line, in the caller's transaction: both are kept, or neither.

    `actor` is a staff account, `cli:<user>` or `family`; `subject` a reference, form, group or account;
    `detail` counts and codes, never words that a family wrote.
    """
    key = _key(secret)
    head = connection.execute(sa.select(audit_head).where(audit_head.c.id == 1).with_for_update()).first()
    before = Head(head.number, head.mark) if head else Head(0, START)
    text = json.dumps(dict(detail or {}), ensure_ascii=False, sort_keys=True)
    fields = {"number": before.number + 1, "at": stamp(now()), "actor": actor, "action": action}
    fields |= {"subject": subject, "detail": text}
    mark = _mark(key, before.mark, fields)
    connection.execute(audit.insert().values(**fields, mark=mark))
    after = Head(before.number + 1, mark)
    values = {"number": after.number, "mark": after.mark, "signature": _signature(key, after)}
    connection.execute(audit_head.update().where(audit_head.c.id == 1).values(**values))


def verify(connection: Connection, secret: bytes, noted: Head | None = None) -> Verdict:
    """Whether the chain is whole; `noted` is a head that was written down earlier and must still be in it.

    `connection` sees one moment (`Store.snapshot`): a line that comes meanwhile is not in the head that was read.
    """
    key = _key(secret)
    kept = connection.execute(sa.select(audit_head).where(audit_head.c.id == 1)).first()
    last = Head(0, START)
    for row in _rows(connection):
        fields = {
            name: getattr(row, name) for name in ("number", "at", "actor", "action", "subject", "detail")
        }
        if row.number != last.number + 1:
            return Verdict(last, f"after line {last.number}, lines up to {row.number - 1} were removed")
        if not hmac.compare_digest(_mark(key, last.mark, fields), row.mark):
            return Verdict(
                last, f"line {row.number} was changed or moved, or the secret is not the one it was made with"
            )
        last = Head(row.number, row.mark)
        if noted and noted.number == last.number and noted.mark != last.mark:
            return Verdict(
                last, f"line {last.number} is not the one that was noted: the history was rewritten"
            )
    return Verdict(last, _head_fault(key, kept, last) or _noted_fault(noted, last))


def listed(
    connection: Connection, before: int | None = None, action: str | None = None, most: int = 50
) -> list[Line]:
    """The newest lines first: those before the number `before`, of one action when given."""
    query = sa.select(audit).order_by(audit.c.number.desc()).limit(most)
    if before is not None:
        query = query.where(audit.c.number < before)
    if action is not None:
        query = query.where(audit.c.action == action)
    return [_line(row) for row in connection.execute(query)]


def actions(connection: Connection) -> list[str]:
    """Every action that has a line."""
    return list(connection.execute(sa.select(audit.c.action).distinct().order_by(audit.c.action)).scalars())


def exported(connection: Connection) -> Iterator[str]:
    """Every line as JSON, oldest first."""
    for row in _rows(connection):
        yield json.dumps(asdict(_line(row)), ensure_ascii=False)


def _head_fault(key: bytes, kept: sa.Row[tuple[int, int, str, str]] | None, last: Head) -> str | None:
    if kept is None:
        return "its signed head is gone"
    head = Head(kept.number, kept.mark)
    signed = head == Head(0, START) or hmac.compare_digest(_signature(key, head), kept.signature)
    if not signed:
        return "its head is not signed with this instance's secret"
    if head.number > last.number:
        return f"lines {last.number + 1} to {head.number} were cut off"
    if head != last:
        return f"lines after {head.number} were added without being signed"
    return None


def _noted_fault(noted: Head | None, last: Head) -> str | None:
    if noted and noted.number > last.number:
        return (
            f"{noted.number} lines were noted and only {last.number} are here: an earlier state was put back"
        )
    return None


def _rows(connection: Connection) -> Iterator[sa.Row[tuple[int, str, str, str, str, str, str]]]:
    last = -1
    while True:
        query = sa.select(audit).where(audit.c.number > last).order_by(audit.c.number).limit(BATCH)
        rows = connection.execute(query).all()
        if not rows:
            return
        yield from rows
        last = rows[-1].number


def _line(row: sa.Row[tuple[int, str, str, str, str, str, str]]) -> Line:
    return Line(**{**row._mapping, "detail": json.loads(row.detail)})


def _key(secret: bytes) -> bytes:
    return hmac.digest(secret, b"kinbridge audit", hashlib.sha256)


def _mark(key: bytes, before: str, fields: Mapping[str, object]) -> str:
    text = json.dumps([before, *fields.values()], ensure_ascii=False)
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def _signature(key: bytes, head: Head) -> str:
    return hmac.new(key, f"head {head.number} {head.mark}".encode(), hashlib.sha256).hexdigest()
