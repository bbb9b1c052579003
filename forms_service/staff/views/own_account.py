"""One's own account: language, recovery codes, signing out everywhere."""

from __future__ import annotations

from collections.abc import Sequence

from flask import redirect, request, url_for
from flask_babel import gettext as _
from flask_security import hash_password
from werkzeug import Response

from forms_service.staff.console import blueprint, note, parts, person, visit, writing
from forms_service.staff.known_browsers import tries
from forms_service.staff.pages import page, typed
from forms_service.staff.passwords import SHORTEST, problem_of
from forms_service.staff.proving import Proved, prove
from forms_service.staff.waiting import wait_page
from forms_service.store import staff_sessions


@blueprint.get("/account")
def account() -> Response:
    """What this account has."""
    return _page(changed="changed" in request.args)


@blueprint.post("/account/codes")
def new_codes() -> Response:
    """New recovery codes, for who types the password again; the old ones stop working."""
    slow = tries("password", person().email, person())
    if slow.wait:
        return wait_page(slow)
    made: list[str] = []
    proved = prove(person(), typed("password"))
    if proved is not None:
        with writing() as connection:
            user = proved.account()
            if user is not None:
                made = parts().security.mf_recovery_codes_util.create_recovery_codes(user)
                note(connection, "staff.codes")
    if not made:
        slow.wrong()
        return _refuse(password=_("That password is not right."))
    slow.right()
    return _page(codes=made)


@blueprint.post("/account/password")
def change_password() -> Response:
    """Another password, for who types the old one; other visits of the account end."""
    slow = tries("password", person().email, person())
    if slow.wait:
        return wait_page(slow)
    chosen = parts().security.password_util.normalize(typed("new"))
    problem = problem_of(chosen, person().email, parts().clinic.name, "Kinbridge")
    if problem:
        return _refuse(new=problem)
    if typed("again") != typed("new"):
        return _refuse(again=_("Type the same password twice."))
    proved = prove(person(), typed("old"))
    if proved is None or not _changed(proved, hash_password(chosen)):
        slow.wrong()
        return _refuse(old=_("That password is not right."))
    slow.right()
    return redirect(url_for("staff.account", changed=""), 303)


def _changed(proved: Proved, hashed: str) -> bool:
    """Whether the account has the new password; not when another was chosen since the old one was proved."""
    with writing() as connection:
        user = proved.account()
        if user is None:
            return False
        user.password = hashed
        staff_sessions.end_others(connection, visit())
        note(connection, "staff.password")
    return True


def _refuse(**errors: str) -> Response:
    return _page(errors=errors)


def _page(codes: Sequence[str] = (), **values: object) -> Response:
    return page("account.html", _("Your account"), 200, codes=codes, least=SHORTEST, **values)
