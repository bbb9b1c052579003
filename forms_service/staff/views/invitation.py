"""The way in after an invitation: a password, then a passkey or an app, then recovery codes."""

from __future__ import annotations

from flask import g, redirect, session, url_for
from flask_babel import gettext as _
from flask_security import hash_password
from werkzeug import Response

from forms_service.staff import access, accounts, passkeys
from forms_service.staff.console import blueprint, parts, reading, user_of, visit, writing
from forms_service.staff.demo import is_open_here
from forms_service.staff.models import User
from forms_service.staff.pages import message, page, typed
from forms_service.staff.passwords import SHORTEST, problem_of
from forms_service.staff.views.second_factor import is_right_code, sign_in
from forms_service.store import audit, staff_links, staff_sessions
from forms_service.store.staff_sessions import CODES, FACTOR, INVITED


@blueprint.get("/invitation/<token>")
@access.for_anyone
def invitation(token: str) -> Response:
    """Take the token out of the address bar at once; a mail scanner that looks here uses nothing up."""
    with reading() as connection:
        link = staff_links.find(connection, token)
        user = user_of(link.user_id) if link else None
    if link is None or user is None or not user.active:
        return _dead_link()
    if link.purpose == staff_links.DEMO:
        return sign_in(user) if is_open_here(user.email, parts().clinic.demo) else _dead_link()
    access.begin(user.id, INVITED)
    return redirect(url_for("staff.password"), 303)


@blueprint.get("/welcome/password")
@access.at_stage(INVITED)
def password() -> Response:
    """Ask for a password."""
    return _ask_password()


@blueprint.post("/welcome/password")
@access.at_stage(INVITED)
def take_password() -> Response:
    """Keep the password; the link is used up by it."""
    guest: User = g.guest
    chosen = parts().security.password_util.normalize(typed("password"))
    problem = problem_of(chosen, guest.email, parts().clinic.name, "Kinbridge")
    if problem:
        return _ask_password({"password": problem})
    if typed("again") != typed("password"):
        return _ask_password({"again": _("Type the same password twice.")})
    hashed = hash_password(chosen)
    with writing() as connection:
        user = user_of(guest.id, lock=True)
        taken = user is not None and accounts.take_password(connection, user, hashed)
        if taken:
            audit.record(connection, parts().secret, guest.actor, "staff.password")
    if not taken:
        access.leave()
        return _dead_link()
    access.begin(guest.id, FACTOR)
    return redirect(url_for("staff.factor"), 303)


@blueprint.get("/welcome/factor")
@access.at_stage(FACTOR)
def factor() -> Response:
    """Offer a passkey or an app."""
    return _offer_factors()


@blueprint.post("/welcome/passkey")
@access.at_stage(FACTOR)
def add_passkey() -> Response:
    """Keep the passkey that the browser made."""
    with writing() as connection:
        user = _guest()
        challenge = staff_sessions.take_challenge(connection, visit())
        try:
            passkeys.add(user, typed("credential", 20_000), challenge, _("First passkey"))
        except passkeys.NotProved:
            made = False
        else:
            made = True
            staff_sessions.advance(connection, visit(), CODES)
            audit.record(
                connection, parts().secret, user.actor, "staff.second-factor", "", {"kind": "passkey"}
            )
    if not made:
        return _offer_factors({"credential": _("That passkey did not work. Try again, or use another way.")})
    return redirect(url_for("staff.codes"), 303)


@blueprint.get("/welcome/app")
@access.at_stage(FACTOR)
def app_key() -> Response:
    """Show the key for an app, as a picture and to type."""
    return _show_key()


@blueprint.post("/welcome/app")
@access.at_stage(FACTOR)
def take_app() -> Response:
    """Keep the app when its first code is right."""
    here = visit()
    with writing() as connection:
        user = _guest()
        right = is_right_code(user, typed("code"), here.totp_secret)
        if right:
            user.tf_totp_secret, user.tf_primary_method = here.totp_secret, "authenticator"
            staff_sessions.advance(connection, here, CODES)
            audit.record(connection, parts().secret, user.actor, "staff.second-factor", "", {"kind": "app"})
    if not right:
        return _show_key({"code": _("That code is not right. Type the six figures that your app shows now.")})
    return redirect(url_for("staff.codes"), 303)


@blueprint.get("/welcome/codes")
@access.at_stage(CODES)
def codes() -> Response:
    """Say what recovery codes are for."""
    return page("codes.html", _("Keep your recovery codes"), codes=[])


@blueprint.post("/welcome/codes")
@access.at_stage(CODES)
def make_codes() -> Response:
    """Make the codes and show them, this once."""
    with writing() as connection:
        user = _guest()
        made = parts().security.mf_recovery_codes_util.create_recovery_codes(user)
        audit.record(connection, parts().secret, user.actor, "staff.codes")
    return page("codes.html", _("Keep your recovery codes"), codes=made)


@blueprint.post("/welcome/done")
@access.at_stage(CODES)
def done() -> Response:
    """In."""
    return sign_in(g.guest)


def _guest() -> User:
    user = user_of(visit().user_id, lock=True)
    if user is None:
        raise LookupError("the account of this visit is gone")
    return user


def _ask_password(errors: dict[str, str] | None = None) -> Response:
    return page(
        "password.html", _("Choose a password"), email=g.guest.email, least=SHORTEST, errors=errors or {}
    )


def _offer_factors(errors: dict[str, str] | None = None) -> Response:
    options = ""
    with writing() as connection:
        if passkeys.is_here():
            options, challenge = passkeys.to_create(_guest())
            staff_sessions.ask(connection, visit(), challenge)
    return page(
        "factor.html",
        _("Add a second step to signing in"),
        options=options,
        origin=passkeys.origin(),
        errors=errors or {},
    )


def _show_key(errors: dict[str, str] | None = None) -> Response:
    """The same key until a code proves it: who reloads the page has not scanned in vain."""
    factory = parts().security.totp_factory
    secret = visit().totp_secret
    if secret is None:
        secret = factory.generate_totp_secret()
        with writing() as connection:
            staff_sessions.offer_secret(connection, visit(), secret)
    values = factory.fetch_setup_values(secret, g.guest)
    return page(
        "app_key.html",
        _("Set up your app"),
        picture=values["image"],
        key=values["key"],
        uri=values["uri"],
        errors=errors or {},
    )


def _dead_link() -> Response:
    session.pop("onward", None)
    return message(
        _("This link does not work any more"),
        _("It was used already, it is older than 7 days, or a newer one was made."),
        _("Ask whoever invited you for a new link."),
        status=410,
    )
