"""What every page of the console reaches for: the parts of the app, and who is there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import cast

from flask import Blueprint, current_app, g
from flask_security import Security, SQLAlchemySessionUserDatastore
from limits.storage import Storage
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session, scoped_session
from werkzeug.exceptions import Unauthorized

from forms_service.sealing.keyring import Keys
from forms_service.settings import Settings
from forms_service.staff.models import User
from forms_service.staff.unlocked import OpenKeys
from forms_service.staff.working import Works
from forms_service.store import Store, audit
from forms_service.store.staff_sessions import Visit
from site_src.instance import URGENT_HOURS

blueprint = Blueprint("staff", __name__, url_prefix="/staff")


@dataclass(frozen=True)
class ClinicFacts:
    """What the console says of the clinic."""

    name: str
    timezone: str
    languages: tuple[str, ...]
    demo: bool
    urgent_hours: int = URGENT_HOURS


@dataclass(frozen=True)
class Parts:
    """The parts a request works with."""

    settings: Settings
    store: Store
    sessions: scoped_session[Session]
    security: Security
    counters: Storage
    keys: OpenKeys
    works: Works
    clinic: ClinicFacts
    secret: bytes


def parts() -> Parts:
    """The parts of the running app."""
    found: Parts = current_app.extensions["kinbridge-staff"]
    return found


def key_files() -> Keys:
    """The clinic's key files."""
    return Keys(parts().settings.identity_file, parts().settings.recipients_file)


def accounts() -> SQLAlchemySessionUserDatastore:
    """Flask-Security's store of accounts, in the transaction that is open."""
    return cast(SQLAlchemySessionUserDatastore, parts().security.datastore)


def person() -> User:
    """Who is signed in. Raises Unauthorized."""
    found: User | None = g.get("person")
    if found is None:
        raise Unauthorized
    return found


def visit() -> Visit:
    """This browser's visit, signed in or on its way. Raises Unauthorized."""
    found: Visit | None = g.get("visit")
    if found is None:
        raise Unauthorized
    return found


@contextmanager
def reading() -> Iterator[Connection]:
    """A connection for reading; accounts are read on it. Raises Unavailable."""
    with parts().store.reading() as connection, _bound(connection):
        yield connection


@contextmanager
def writing() -> Iterator[Connection]:
    """One transaction for rows, accounts and their audit line. Raises Unavailable."""
    with parts().store.writing() as connection, _bound(connection) as session:
        yield connection
        session.flush()


def user_of(user_id: int, *, lock: bool = False) -> User | None:
    """The account of that number, in the transaction that is open; `lock` keeps others from changing it meanwhile."""
    return parts().sessions().get(User, user_id, with_for_update=lock or None)


def note(connection: Connection, action: str, subject: str = "", detail: audit.Detail | None = None) -> None:
    """Record in the audit what the signed-in person does, in the transaction that is open."""
    audit.record(connection, parts().secret, person().actor, action, subject, detail)


@contextmanager
def _bound(connection: Connection) -> Iterator[Session]:
    registry = parts().sessions
    registry.remove()
    try:
        yield registry(bind=connection)
    finally:
        registry.remove()
