"""Flask-Security set up: how passwords, app codes and recovery codes are kept. Its own pages are not served.

Its views answer wrong tries with 200, speak JSON, take a passkey's answer twice within its time, and cannot offer a
passkey before an app: the pages in `views` call its parts instead, and none of its routes exists.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any, cast

from flask import Flask
from flask_security import MfRecoveryCodesUtil, Security, SQLAlchemySessionUserDatastore
from flask_security.totp import Totp
from passlib.totp import TotpMatch

from forms_service.staff.models import Role, User, WebAuthn

ISSUER = "Kinbridge"
CODES = 10


class OnceOnlyTotp(Totp):
    """App codes that are taken once: the counter of the last one is kept with the account."""

    def secret_of(self, key: str) -> str:
        """An app's key (base32) as it is kept with an account."""
        return str(self._totp(key).to_json(encrypt=True))

    def get_last_counter(self, user: Any) -> int | None:
        counter: int | None = user.totp_counter
        return counter

    def set_last_counter(self, user: Any, tmatch: TotpMatch) -> None:
        user.totp_counter = tmatch.counter


class HashedRecoveryCodes(MfRecoveryCodesUtil):
    """Recovery codes of which only a keyed hash is kept: they are shown once and cannot be read again."""

    def __init__(self, app: Flask) -> None:
        super().__init__(app)
        self._hash_key: bytes = app.config["STAFF_RECOVERY_KEY"]

    def _encrypt_codes(self, codes: list[str]) -> list[str]:
        return [self._hash(code) for code in codes]

    def check_recovery_code(self, user: Any, code: str) -> bool:
        return self._hash(code) in (user.mf_recovery_codes or [])

    def delete_recovery_code(self, user: Any, code: str) -> bool:
        user.mf_recovery_codes = [kept for kept in user.mf_recovery_codes or [] if kept != self._hash(code)]
        return True

    def _hash(self, code: str) -> str:
        plain = "".join(character for character in code.lower() if character.isalnum())
        return hmac.new(self._hash_key, plain.encode(), hashlib.sha256).hexdigest()


def totp_factory(security: Security) -> OnceOnlyTotp:
    """What makes and judges app codes."""
    return cast(OnceOnlyTotp, security.totp_factory)


def set_up(app: Flask, session: Any, secret: bytes) -> Security:
    """Hang Flask-Security on the app, with keys derived from the instance's secret."""
    app.config.update(
        SECRET_KEY=_derived(secret, "session").hex(),
        SECURITY_PASSWORD_SALT=_derived(secret, "password").hex(),
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_EMAIL_VALIDATOR_ARGS={"check_deliverability": False},
        SECURITY_API_ENABLED_METHODS=["session"],
        SECURITY_TWO_FACTOR=True,
        SECURITY_TWO_FACTOR_REQUIRED=True,
        SECURITY_TWO_FACTOR_ENABLED_METHODS=["authenticator"],
        SECURITY_TOTP_ISSUER=ISSUER,
        SECURITY_TOTP_SECRETS={"1": base64.b64encode(_derived(secret, "totp")).decode()},
        SECURITY_WEBAUTHN=True,
        SECURITY_MULTI_FACTOR_RECOVERY_CODES=True,
        SECURITY_MULTI_FACTOR_RECOVERY_CODES_N=CODES,
        STAFF_RECOVERY_KEY=_derived(secret, "recovery codes"),
    )
    datastore = SQLAlchemySessionUserDatastore(session, User, Role, WebAuthn)
    return Security(
        app,
        datastore,
        register_blueprint=False,
        totp_cls=OnceOnlyTotp,
        mf_recovery_codes_util_cls=HashedRecoveryCodes,
    )


def _derived(secret: bytes, purpose: str) -> bytes:
    return hmac.digest(secret, f"kinbridge staff {purpose}".encode(), hashlib.sha256)
