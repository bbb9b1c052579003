"""Mails to staff that something has come: the form's name and a link, nothing else.

An urgent answer that nobody opened within the clinic's time is announced again, and again after that time.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from forms_service.store import Store
from forms_service.store.inbox import NEW
from forms_service.store.tables import submissions
from forms_service.store.times import stamp

OLDEST = timedelta(days=7)  # what came before a mail server was set is not announced years later
MOST = 500  # submissions in one round
PORTS = {"smtps": 465, "smtp": 587}  # where the address names none
PATIENCE = 20.0  # seconds the mail server may take for one step


class MailRefused(Exception):
    """The mail server did not take it; the message is the cause, without an address or a password."""


@dataclass(frozen=True)
class Due:
    """What one round announces: submissions, the names of their forms, and whether they were announced before."""

    again: bool
    ids: tuple[int, ...]
    forms: tuple[str, ...]


Written = Callable[[Due], EmailMessage]


def announce(
    store: Store, at: datetime, within: timedelta, write: Written, post: Callable[[EmailMessage], None]
) -> int:
    """Post a mail for what came since the last round, one for what waits too long; how many were announced.

    What was posted is noted after it was taken: a crash between the two announces it twice, never not at all.
    Raises MailRefused and Unavailable; the next round tries again.
    """
    with store.reading() as connection:
        rounds = (_new(connection, at - OLDEST), _waiting(connection, at - within))
    for due in rounds:
        if due.ids:
            post(write(due))
            with store.writing() as connection:
                announced = submissions.c.id.in_(due.ids)
                connection.execute(submissions.update().where(announced).values(noticed_at=stamp(at)))
    return sum(len(due.ids) for due in rounds)


def post_by(url: str, to: Sequence[str]) -> Callable[[EmailMessage], None]:
    """What sends a mail to those people by the server of KINBRIDGE_SMTP_URL (`smtp://user:password@host:587`)."""

    def post(mail: EmailMessage) -> None:
        if not to:
            return
        try:
            with _connected(url) as server:
                server.send_message(mail, to_addrs=list(to))
        except (OSError, smtplib.SMTPException, ValueError) as error:
            raise MailRefused(type(error).__name__) from None  # its text may name an address

    return post


def _connected(url: str) -> smtplib.SMTP:
    """A session: TLS from the start (smtps), or as soon as the server offers it; a password never without."""
    parts = urlsplit(url)
    host, context = parts.hostname or "localhost", ssl.create_default_context()
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, parts.port or PORTS["smtps"], timeout=PATIENCE, context=context
        )
    else:
        server = smtplib.SMTP(host, parts.port or PORTS["smtp"], timeout=PATIENCE)
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=context)
        elif parts.username:
            raise ValueError("the server offers no TLS for a password")
    if parts.username:
        server.login(unquote(parts.username), unquote(parts.password or ""))
    return server


def _new(connection: Connection, since: datetime) -> Due:
    unannounced = submissions.c.noticed_at.is_(None) & (submissions.c.status == NEW)
    return _due(connection, unannounced & (submissions.c.submitted_at >= stamp(since)), again=False)


def _waiting(connection: Connection, before: datetime) -> Due:
    """Urgent ones that nobody opened since they were announced, before that moment."""
    unopened = (submissions.c.status == NEW) & submissions.c.urgent & submissions.c.read_at.is_(None)
    return _due(connection, unopened & (submissions.c.noticed_at <= stamp(before)), again=True)


def _due(connection: Connection, wanted: sa.ColumnElement[bool], again: bool) -> Due:
    query = (
        sa.select(submissions.c.id, submissions.c.form).where(wanted).order_by(submissions.c.id).limit(MOST)
    )
    rows = connection.execute(query).all()
    return Due(again, tuple(row.id for row in rows), tuple(sorted({row.form for row in rows})))
