"""The demo's ready sign-in, for this machine alone: made by `serve`, gone as soon as the instance is no demo."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from forms_service.settings import Settings
from forms_service.store import staff_links

DEMO_ADDRESS = "demo@kinbridge.example"


@dataclass(frozen=True)
class DemoSignIn:
    """What the terminal prints: the same at every start, derived from the instance's secret."""

    password: str
    app_key: str
    token: str


def is_open_here(email: str, demo: bool) -> bool:
    """Whether a demo link may let this account in."""
    return demo and email == DEMO_ADDRESS


def ready(settings: Settings) -> DemoSignIn:
    """The demo's account as an admin with password and app key, and a link that works until the next start."""
    # Flask-Security takes 1.8 s to import: only where a demo is served.
    from flask_security import hash_password

    from forms_service.staff import accounts
    from forms_service.staff.app import create_app
    from forms_service.staff.console import parts, writing
    from forms_service.staff.security import totp_factory

    key = base64.b32encode(_derived(settings, "app key")[:20]).decode()
    letters = base64.b32encode(_derived(settings, "password")[:10]).decode().lower()
    password = "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))
    app = create_app(settings)
    with app.app_context(), writing() as connection:
        actor = accounts.Actor("cli:serve", parts().secret)
        session = parts().sessions()
        user = accounts.by_address(session, DEMO_ADDRESS)
        if user is None or not user.active:
            user, _ = accounts.invite(connection, session, actor, DEMO_ADDRESS, "admin")
            accounts.take_password(connection, user, hash_password(password))
        if not user.tf_totp_secret:
            user.tf_totp_secret = totp_factory(parts().security).secret_of(key)
            user.tf_primary_method = "authenticator"
        token = staff_links.new(connection, user.id, staff_links.DEMO)
    app.extensions["kinbridge-staff"].store.close()
    return DemoSignIn(password, key, token)


def remove(connection: Connection) -> None:
    """Close the demo's account where this is no demo any more; without Flask-Security."""
    users = sa.table("staff_users", sa.column("email"), sa.column("active"))
    connection.execute(users.update().where(users.c.email == DEMO_ADDRESS).values(active=False))


def _derived(settings: Settings, purpose: str) -> bytes:
    return hmac.digest(settings.secret(), f"kinbridge demo {purpose}".encode(), hashlib.sha256)
