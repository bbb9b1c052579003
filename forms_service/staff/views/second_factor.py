"""The second step of signing in: a passkey, an app's code, or a recovery code."""

from __future__ import annotations

from collections.abc import Callable

from flask import g, redirect, session, url_for
from flask_babel import gettext as _
from sqlalchemy.engine import Connection
from werkzeug import Response

from forms_service.staff import access, passkeys
from forms_service.staff.console import blueprint, parts, user_of, visit, writing
from forms_service.staff.known_browsers import remember, tries
from forms_service.staff.models import User
from forms_service.staff.pages import page, typed
from forms_service.staff.throttle import Throttle
from forms_service.staff.waiting import wait_page
from forms_service.store import audit, staff_sessions
from forms_service.store.staff_sessions import PASSWORD, SIGNED_IN

MOST_WRONG = 5  # of one visit: then the password is asked again
CLOCK_SKEW = 30  # seconds an app's clock may be off

Proof = Callable[[Connection, User], bool]


@blueprint.get("/login/second")
@access.at_stage(PASSWORD)
def second() -> Response:
    """Ask for the second factor."""
    return _ask()


@blueprint.post("/login/passkey")
@access.at_stage(PASSWORD)
def check_passkey() -> Response:
    """In, when the passkey answers the challenge of this visit, once."""

    def proof(connection: Connection, user: User) -> bool:
        challenge = staff_sessions.take_challenge(connection, visit())
        try:
            passkeys.prove(user, typed("credential", 20_000), challenge)
        except passkeys.NotProved:
            return False
        return True

    return _let_in(proof, "credential", _("That passkey did not work. Try again, or use another way."))


@blueprint.post("/login/code")
@access.at_stage(PASSWORD)
def check_code() -> Response:
    """In, when the app's code is right and was not used before."""

    def proof(_connection: Connection, user: User) -> bool:
        return is_right_code(user, typed("code"), user.tf_totp_secret)

    return _let_in(
        proof, "code", _("That code is not right or was used already. Wait for the next one in your app.")
    )


@blueprint.get("/login/recovery")
@access.at_stage(PASSWORD)
def recovery() -> Response:
    """Ask for a recovery code."""
    return page("recovery.html", _("Use a recovery code"))


@blueprint.post("/login/recovery")
@access.at_stage(PASSWORD)
def check_recovery() -> Response:
    """In with a recovery code, which is used up by it."""
    util = parts().security.mf_recovery_codes_util

    def proof(_connection: Connection, user: User) -> bool:
        code = typed("recovery", 100)
        return bool(util.check_recovery_code(user, code) and util.delete_recovery_code(user, code))

    return _let_in(proof, "recovery", _("That is none of your recovery codes, or it was used already."))


def is_right_code(user: User, code: str, secret: str | None) -> bool:
    """Whether an app's code is right now; a right one is used up."""
    digits = "".join(code.split())
    if not secret or not (digits.isascii() and digits.isdigit()):
        return False
    return bool(parts().security.totp_factory.verify_totp(digits, secret, user, window=CLOCK_SKEW))


def sign_in(user: User) -> Response:
    """A signed-in visit under a new token, and the page that was asked for; the browser is known from now on."""
    access.begin(user.id, SIGNED_IN)
    with writing() as connection:
        audit.record(connection, parts().secret, user.actor, "staff.signed-in")
    onward = redirect(session.pop("onward", None) or url_for("staff.home"), 303)
    remember(onward, user)
    return onward


def _let_in(proof: Proof, field: str, refusal: str) -> Response:
    here = visit()
    guest: User = g.guest
    slow = tries("second factor", guest.email, guest)
    if slow.wait:
        return wait_page(slow)
    with writing() as connection:
        user = user_of(here.user_id, lock=True)
        proved = user is not None and user.active and proof(connection, user)
        wrong = 0 if proved else staff_sessions.count_wrong(connection, here)
        if wrong >= MOST_WRONG:
            staff_sessions.end(connection, here)
    if proved and user is not None:
        slow.right()
        return sign_in(user)
    return _refused(slow, wrong, field, refusal)


def _refused(slow: Throttle, wrong: int, field: str, refusal: str) -> Response:
    slow.wrong()
    if wrong >= MOST_WRONG:
        access.leave()
        g.visit = None
        text = _("Too many wrong codes. Sign in again from the start.")
        return page("login.html", _("Sign in"), errors={"email": text}, email="", ended=False)
    if field == "recovery":
        return page("recovery.html", _("Use a recovery code"), errors={field: refusal})
    return _ask({field: refusal})


def _ask(errors: dict[str, str] | None = None) -> Response:
    with writing() as connection:
        user = user_of(visit().user_id)
        options = ""
        if user is not None and user.webauthn and passkeys.is_here():
            options, challenge = passkeys.to_get(user)
            staff_sessions.ask(connection, visit(), challenge)
    return page(
        "second.html",
        _("Confirm that it is you"),
        user=user,
        options=options,
        origin=passkeys.origin(),
        errors=errors or {},
    )
