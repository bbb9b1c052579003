"""One's own account: language, recovery codes, signing out everywhere."""

from __future__ import annotations

from flask import request
from flask_babel import gettext as _
from werkzeug import Response

from forms_service.staff.console import blueprint, note, parts, person, user_of, writing
from forms_service.staff.pages import page, typed
from forms_service.staff.throttle import throttle
from forms_service.staff.waiting import wait_page


@blueprint.get("/account")
def account() -> Response:
    """What this account has."""
    return page("account.html", _("Your account"), codes=[])


@blueprint.post("/account/codes")
def new_codes() -> Response:
    """New recovery codes, for who types the password again; the old ones stop working."""
    slow = throttle(parts().counters, "password", person().email, request.remote_addr or "")
    if slow.wait:
        return wait_page(slow.wait)
    made: list[str] = []
    with writing() as connection:
        user = user_of(person().id, lock=True)
        normal = parts().security.password_util.normalize(typed("password"))
        if user is not None and user.verify_and_update_password(normal):
            made = parts().security.mf_recovery_codes_util.create_recovery_codes(user)
            note(connection, "staff.codes")
    if not made:
        slow.wrong()
        return page(
            "account.html", _("Your account"), codes=[], errors={"password": _("That password is not right.")}
        )
    slow.right()
    return page("account.html", _("Your account"), codes=made)
