"""Signing in with address and password, the console's language, and signing out."""

from __future__ import annotations

from flask import redirect, request, session, url_for
from flask_babel import gettext as _
from werkzeug import Response

from forms_service.staff import access
from forms_service.staff.accounts import by_address
from forms_service.staff.console import blueprint, note, parts, person, reading, user_of, visit, writing
from forms_service.staff.known_browsers import tries
from forms_service.staff.models import User
from forms_service.staff.pages import page, typed
from forms_service.staff.proving import Proved, prove
from forms_service.staff.throttle import Throttle
from forms_service.staff.waiting import wait_page
from forms_service.store import audit, staff_sessions
from forms_service.store.staff_sessions import FACTOR, PASSWORD


@blueprint.get("/login")
@access.for_anyone
def login() -> Response:
    """Ask for address and password."""
    return page("login.html", _("Sign in"), ended="ended" in request.args, email="")


@blueprint.post("/login")
@access.for_anyone
def check_password() -> Response:
    """The second step when both are right; the same answer whichever is wrong."""
    email, password = typed("email", 255), typed("password")
    with reading():
        user = by_address(parts().sessions(), email)
    slow = tries("password", email, user)
    if slow.wait:
        return wait_page(slow)
    proved = prove(user, password)
    stage = _begin(proved) if proved is not None else None
    if stage is None:
        return _wrong(slow, user, email)
    slow.right()
    return redirect(url_for("staff.second" if stage == PASSWORD else "staff.factor"), 303)


@blueprint.post("/logout")
@access.for_anyone
def logout() -> Response:
    """End this visit, here and for whoever holds a copy of its cookie."""
    with writing() as connection:
        here = access.here()
        if here is not None:
            if here.stage == staff_sessions.SIGNED_IN:
                note(connection, "staff.signed-out")
            staff_sessions.end(connection, here)
    access.leave()
    return redirect(url_for("staff.login"), 303)


@blueprint.post("/logout-everywhere")
def logout_everywhere() -> Response:
    """End every visit of this account."""
    with writing() as connection:
        note(connection, "staff.signed-out-everywhere")
        staff_sessions.end_all(connection, visit().user_id)
    access.leave()
    return redirect(url_for("staff.login"), 303)


@blueprint.post("/language")
@access.for_anyone
def choose_language() -> Response:
    """Speak another language, and remember it for who is signed in."""
    language = typed("language", 20)
    if language in parts().clinic.languages:
        session["language"] = language
        here = access.here()
        if here is not None and here.stage == staff_sessions.SIGNED_IN:
            with writing():
                user = user_of(person().id)
                if user is not None:
                    user.language = language
    return redirect(_own_page(typed("here")), 303)


def _begin(proved: Proved) -> str | None:
    """The stage of the visit that begins; None when the account has changed since its password was proved."""
    with writing() as connection:
        user = proved.account()
        if user is None:
            return None
        stage = PASSWORD if user.has_second_factor else FACTOR
        token = access.start(connection, user.id, stage)
    access.carry(token)
    return stage


def _wrong(slow: Throttle, user: User | None, email: str) -> Response:
    if slow.wrong() and user is not None:
        with writing() as connection:
            audit.record(connection, parts().secret, user.actor, "staff.slowed-down")
    text = _("The e-mail address or the password is not right. Check both and try again.")
    return page("login.html", _("Sign in"), errors={"email": text}, email=email, ended=False)


def _own_page(path: str) -> str:
    """A path of the console, never another site."""
    own = path.startswith("/staff/") and "\\" not in path and path.isprintable()
    return path if own else url_for("staff.home")
