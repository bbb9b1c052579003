"""Who is signed in, and how far: kept here and not in the cookie, so that signing out ends it everywhere."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from forms_service.store.tables import staff_sessions
from forms_service.store.times import now, stamp

IDLE = timedelta(minutes=15)
LONGEST = timedelta(hours=12)
AHEAD = timedelta(minutes=1)  # that two machines' clocks may differ by
NOTICED = timedelta(seconds=20)  # a look within this time is not written down again

# How far a visit is: the link was opened, the password is right, a second factor is to be chosen, codes to be kept, in.
INVITED, PASSWORD, FACTOR, CODES, SIGNED_IN = "invited", "password", "factor", "codes", "signed-in"


@dataclass(frozen=True)
class Visit:
    """One browser on its way in, or in."""

    lookup: str
    user_id: int
    stage: str
    started_at: str
    seen_at: str
    challenge: str | None
    totp_secret: str | None
    wrong: int


def start(connection: Connection, user_id: int, stage: str) -> str:
    """The token of a new visit, for the cookie."""
    token = secrets.token_urlsafe(32)
    at = stamp(now())
    values = {"lookup": _hash(token), "user_id": user_id, "stage": stage, "started_at": at, "seen_at": at}
    connection.execute(staff_sessions.insert().values(**values, wrong=0))
    return token


def find(connection: Connection, token: str) -> Visit | None:
    """The visit of that token; None when it is over."""
    query = sa.select(staff_sessions).where(staff_sessions.c.lookup == _hash(token), sa.not_(_over()))
    row = connection.execute(query).first()
    return Visit(**row._mapping) if row else None


def touch(connection: Connection, visit: Visit) -> None:
    """Note that somebody was there just now."""
    _update(connection, visit.lookup, seen_at=stamp(now()))


def is_due(visit: Visit) -> bool:
    """Whether the last look lies far enough back to write down the next."""
    return visit.seen_at < stamp(now() - NOTICED)


def advance(connection: Connection, visit: Visit, stage: str) -> None:
    """Bring a visit to its next stage; what was asked before is forgotten."""
    _update(connection, visit.lookup, stage=stage, challenge=None, totp_secret=None, wrong=0)


def ask(connection: Connection, visit: Visit, challenge: str) -> None:
    """Keep the challenge that a passkey must answer."""
    _update(connection, visit.lookup, challenge=challenge)


def take_challenge(connection: Connection, visit: Visit) -> str | None:
    """The challenge, once: an answer that is sent again finds none."""
    query = sa.select(staff_sessions.c.challenge).where(staff_sessions.c.lookup == visit.lookup)
    challenge = connection.execute(query.with_for_update()).scalar()
    _update(connection, visit.lookup, challenge=None)
    return challenge


def offer_secret(connection: Connection, visit: Visit, secret: str) -> None:
    """Keep the app's key until its first code proves it."""
    _update(connection, visit.lookup, totp_secret=secret)


def count_wrong(connection: Connection, visit: Visit) -> int:
    """How many wrong tries this visit has made, this one counted."""
    _update(connection, visit.lookup, wrong=staff_sessions.c.wrong + 1)
    query = sa.select(staff_sessions.c.wrong).where(staff_sessions.c.lookup == visit.lookup)
    return int(connection.execute(query).scalar() or 0)


def end(connection: Connection, visit: Visit) -> None:
    """End one visit."""
    connection.execute(staff_sessions.delete().where(staff_sessions.c.lookup == visit.lookup))


def end_all(connection: Connection, user_id: int) -> None:
    """End every visit of an account."""
    connection.execute(staff_sessions.delete().where(staff_sessions.c.user_id == user_id))


def end_others(connection: Connection, visit: Visit) -> None:
    """End every other visit of the same account."""
    others = (staff_sessions.c.user_id == visit.user_id) & (staff_sessions.c.lookup != visit.lookup)
    connection.execute(staff_sessions.delete().where(others))


def tidy(connection: Connection) -> None:
    """Forget visits that are over."""
    connection.execute(staff_sessions.delete().where(_over()))


def _over() -> sa.ColumnElement[bool]:
    """Idle too long, lasted too long, or seen in the future: a clock that was set back would keep it alive till then."""
    moment = now()
    return sa.or_(
        staff_sessions.c.seen_at <= stamp(moment - IDLE),
        staff_sessions.c.started_at <= stamp(moment - LONGEST),
        staff_sessions.c.seen_at > stamp(moment + AHEAD),
    )


def _update(connection: Connection, lookup: str, **values: object) -> None:
    connection.execute(staff_sessions.update().where(staff_sessions.c.lookup == lookup).values(**values))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
