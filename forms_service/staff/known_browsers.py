"""Browsers that have signed in to an account: a signed cookie tells them from strangers who guess."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field

from flask import current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug import Response

from forms_service.staff.console import parts
from forms_service.staff.models import User
from forms_service.staff.throttle import Throttle, of_known, of_stranger

LIFE = 90 * 24 * 3600  # seconds
MOST = 10  # accounts that one browser is known to: a shared computer of the clinic


@dataclass(frozen=True)
class Browser:
    """What the cookie holds: a number drawn for this browser, and hashes of accounts, the last one first."""

    nonce: str
    accounts: list[str] = field(default_factory=list)


def remember(response: Response, user: User) -> None:
    """Let the browser that gets `response` be known to the account. Only for who proved password and second factor."""
    before = _browser() or Browser(secrets.token_hex(16))
    own = _hash(user)
    accounts = [own, *(account for account in before.accounts if account != own)][:MOST]
    response.set_cookie(
        _name(),
        _signer().dumps([before.nonce, accounts]),
        max_age=LIFE,
        path="/staff",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )


def tries(kind: str, account: str, user: User | None) -> Throttle:
    """What this request's tries of one kind are counted by; `account` is what was typed when there is no `user`."""
    browser = _browser()
    if browser is not None and user is not None and _hash(user) in browser.accounts:
        return of_known(parts().counters, kind, _hash(user), browser.nonce)
    return of_stranger(
        parts().counters,
        kind,
        account.strip().lower() if user is None else user.email,
        request.remote_addr or "",
    )


def _browser() -> Browser | None:
    """What this request's cookie says; None without one that was signed here in time."""
    try:
        nonce, accounts = _signer().loads(request.cookies.get(_name(), ""), max_age=LIFE)
    except BadData:
        return None
    return Browser(nonce, accounts)


def _hash(user: User) -> str:
    return hashlib.sha256(user.fs_uniquifier.encode()).hexdigest()[:32]


def _name() -> str:
    return "__Secure-kb-known" if current_app.config["SESSION_COOKIE_SECURE"] else "kb-known"


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="kinbridge known browser")
