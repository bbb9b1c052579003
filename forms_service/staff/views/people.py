"""People: who has an account, inviting, new links, disabling."""

from __future__ import annotations

from typing import Any

from flask import redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug import Response
from werkzeug.exceptions import NotFound

from forms_service.staff import access, accounts
from forms_service.staff.accounts import Actor
from forms_service.staff.console import blueprint, parts, person, reading, user_of, writing
from forms_service.staff.invitations import address_of
from forms_service.staff.models import ROLES
from forms_service.staff.pages import page, typed
from forms_service.staff.words import ROLE_HINTS, STATE_NAMES
from forms_service.store import staff_links

_LAST_ADMIN = lazy_gettext(
    "No other admin can sign in. Make somebody else an admin, and wait until they have signed in."
)


@blueprint.get("/people")
@access.needs("admin")
def people() -> Response:
    """Everybody, and a form to invite one more."""
    return _show()


@blueprint.post("/people")
@access.needs("admin")
def invite() -> Response:
    """A new account, or a new link for one that is there; the link is shown once."""
    email, role = typed("email", 255), typed("role", 20)
    errors = {} if role in ROLES else {"role": _("Choose a role.")}
    token = ""
    if not errors:
        try:
            with writing() as connection:
                user, token = accounts.invite(connection, parts().sessions(), _actor(), email, role)
        except accounts.NoAddress:
            errors = {"email": _("Write an e-mail address such as name@example.org.")}
        except accounts.LastAdmin:
            errors = {"role": _LAST_ADMIN}
    if errors:
        return _show(errors=errors, email=email, role=role)
    return _show(link=address_of(parts().settings, token), invited=user.email)


@blueprint.post("/people/<int:number>/<any(disable, enable):what>")
@access.needs("admin")
def change(number: int, what: str) -> Response:
    """Disable an account, or let it in again."""
    try:
        with writing() as connection:
            user = user_of(number)  # locked with the other admins, in their order
            if user is None:
                raise NotFound
            do = accounts.disable if what == "disable" else accounts.enable
            do(connection, parts().sessions(), _actor(), user)
    except accounts.LastAdmin:
        return _show(errors={"people": _LAST_ADMIN})
    return redirect(url_for("staff.people"), 303)


def _actor() -> Actor:
    return Actor(person().actor, parts().secret)


def _show(**values: object) -> Response:
    with reading() as connection:
        everybody = accounts.everybody(parts().sessions())
        waiting = staff_links.waiting(connection)
    shown = [(user, accounts.state_of(user, waiting)) for user in everybody]
    typed_in: dict[str, Any] = {"link": "", "invited": "", "email": "", "role": "reader", **values}
    return page(
        "people.html",
        _("People"),
        everybody=shown,
        states=STATE_NAMES,
        hints=ROLE_HINTS,
        roles=ROLES,
        **typed_in,
    )
