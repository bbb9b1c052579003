"""What is done to accounts, by the command line and by the console alike; each with its line in the audit."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from forms_service.staff.models import ROLES, Role, User
from forms_service.store import audit, staff_links, staff_sessions

_ADDRESS = re.compile(r"[^@\s,]+@[^@\s,]+\.[^@\s,]+")


class AccountError(Exception):
    """Something that cannot be done to an account."""


class NoAddress(AccountError):
    """What was typed is no e-mail address."""


class LastAdmin(AccountError):
    """Without this account nobody who can sign in could manage people and keys."""


@dataclass(frozen=True)
class Actor:
    """Who does it, and the key of the audit that it is written to."""

    name: str
    secret: bytes


def everybody(session: Session) -> list[User]:
    """All accounts, by address."""
    return list(session.scalars(sa.select(User).order_by(User.email)))


def by_address(session: Session, email: str) -> User | None:
    """The account of that address, or None."""
    return session.scalars(sa.select(User).where(User.email == email.strip().lower())).first()


def invite(connection: Connection, session: Session, actor: Actor, email: str, role: str) -> tuple[User, str]:
    """The account with that role, new when there is none, and the token of its one-time link.

    The link of an account that is there already resets its password and second factor when it is used.
    Raises NoAddress, and LastAdmin when the role would be taken from the last admin.
    """
    address = email.strip().lower()
    if len(address) > 255 or not _ADDRESS.fullmatch(address):
        raise NoAddress
    user = by_address(session, address)
    if user is None:
        user = User(email=address, active=True, fs_uniquifier=uuid.uuid4().hex, roles=[])
        user.fs_webauthn_user_handle = uuid.uuid4().hex
        session.add(user)
    elif user.role == "admin" and role != "admin":
        _refuse_last_admin(session, user)
    user.active = True
    user.roles = [session.scalars(sa.select(Role).where(Role.name == role)).one()]
    session.flush()
    token = staff_links.new(connection, user.id)
    audit.record(connection, actor.secret, actor.name, "staff.invited", user.actor, {"role": role})
    return user, token


def disable(connection: Connection, session: Session, actor: Actor, user: User) -> None:
    """Nobody signs in with this account any more; who is signed in is signed out. Raises LastAdmin."""
    _refuse_last_admin(session, user)
    user.active = False
    staff_sessions.end_all(connection, user.id)
    staff_links.revoke(connection, user.id, staff_links.INVITATION)
    session.flush()
    audit.record(connection, actor.secret, actor.name, "staff.disabled", user.actor)


def enable(connection: Connection, session: Session, actor: Actor, user: User) -> None:
    """Let a disabled account in again, with the password and factors it had."""
    user.active = True
    session.flush()
    audit.record(connection, actor.secret, actor.name, "staff.enabled", user.actor)


def take_password(connection: Connection, user: User, hashed: str) -> bool:
    """Set the password that an invitation asked for, once: False when its link was used meanwhile.

    Everything older ends: second factors, recovery codes, other visits, browsers that were known.
    """
    if not staff_links.revoke(connection, user.id, staff_links.INVITATION):
        return False
    user.password = hashed
    user.fs_uniquifier = uuid.uuid4().hex
    user.tf_totp_secret = user.tf_primary_method = user.totp_counter = None
    user.webauthn = []
    user.mf_recovery_codes = []
    staff_sessions.end_all(connection, user.id)
    return True


def admins(session: Session) -> list[str]:
    """The addresses of those who manage people."""
    return [user.email for user in everybody(session) if user.active and user.role == ROLES[-1]]


def state_of(user: User, invited: frozenset[int]) -> str:
    """`disabled`, `invited`, `ready`, or `not ready` (the invitation ran out, or a second factor is missing)."""
    if not user.active:
        return "disabled"
    if user.id in invited:
        return "invited"
    return "ready" if user.can_sign_in else "not ready"


def _refuse_last_admin(session: Session, user: User) -> None:
    """Raises LastAdmin when no other admin is left who gets in.

    All admins' rows stay locked until the transaction ends: two admins who disable each other at once go one by one.
    """
    locked = _locked_admins(session)
    if user not in locked or not user.active:
        return
    others = [other for other in locked if other is not user and other.active]
    if user.can_sign_in:
        others = [other for other in others if other.can_sign_in]
    if not others:
        raise LastAdmin


def _locked_admins(session: Session) -> list[User]:
    """The accounts of that role as they are now; locked in one order, so that no two wait for each other."""
    query = sa.select(User).where(User.roles.any(Role.name == ROLES[-1])).order_by(User.id)
    locking = query.with_for_update(of=User).execution_options(populate_existing=True)
    return [user for user in session.scalars(locking) if user.role == ROLES[-1]]
