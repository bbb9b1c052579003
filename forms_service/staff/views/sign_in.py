"""Signing in with address and password, the console's language, and signing out."""

from __future__ import annotations

from flask import redirect, request, session, url_for
from flask_babel import gettext as _
from flask_security import hash_password
from werkzeug import Response

from forms_service.staff import access
from forms_service.staff.accounts import by_address
from forms_service.staff.console import blueprint, note, parts, person, user_of, visit, writing
from forms_service.staff.models import User
from forms_service.staff.pages import page, typed
from forms_service.staff.throttle import Throttle, throttle
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
    slow = throttle(parts().counters, "password", email.strip().lower(), request.remote_addr or "")
    if slow.wait:
        return wait_page(slow.wait)
    user = _known(email, password)
    if user is None:
        return _wrong(slow, email)
    slow.right()
    access.begin(user.id, PASSWORD if user.has_second_factor else FACTOR)
    return redirect(url_for("staff.second" if user.has_second_factor else "staff.factor"), 303)


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


def _known(email: str, password: str) -> User | None:
    """The account, when the password is its own; as slow when there is none."""
    with writing():
        user = by_address(parts().sessions(), email)
        if user is None or not user.password or not user.active:
            hash_password(password)
            return None
        normal = parts().security.password_util.normalize(password)
        return user if user.verify_and_update_password(normal) else None


def _wrong(slow: Throttle, email: str) -> Response:
    if slow.wrong():
        with writing() as connection:
            user = by_address(parts().sessions(), email)
            if user is not None:
                audit.record(connection, parts().secret, user.actor, "staff.slowed-down")
    text = _("The e-mail address or the password is not right. Check both and try again.")
    return page("login.html", _("Sign in"), errors={"email": text}, email=email, ended=False)


def _own_page(path: str) -> str:
    """A path of the console, never another site."""
    return path if path.startswith("/staff/") and "\\" not in path else url_for("staff.home")
