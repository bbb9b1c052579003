"""Unlocking the answers with one's own passphrase, for this visit, and locking them again."""

from __future__ import annotations

import re

from flask import redirect, request, url_for
from flask_babel import gettext as _
from werkzeug import Response

from forms_service.sealing.identity import IdentityError, WrongPassphrase
from forms_service.staff.console import blueprint, key_files, note, parts, person, visit, writing
from forms_service.staff.known_browsers import tries
from forms_service.staff.pages import page, typed
from forms_service.staff.waiting import wait_page
from forms_service.store import audit

LONGEST = 200  # characters of a passphrase, and of an address
_OWN = re.compile(r"/staff/[\w./?=&%-]*", re.ASCII)  # a page of the console, and of no other site


@blueprint.get("/unlock")
def unlock() -> Response:
    """Ask for the passphrase; the demo's key has none."""
    return _ask(request.args.get("onward", "")[:LONGEST])


@blueprint.post("/unlock")
def open_keys() -> Response:
    """Hold the clinic's keys for this visit, and go on to the page that was asked for."""
    onward = typed("onward", LONGEST)
    slow = tries("passphrase", person().email, person())
    if slow.wait:
        return wait_page(slow)
    try:
        identity = key_files().open(lambda: typed("passphrase", LONGEST))
    except WrongPassphrase:
        if slow.wrong():
            with writing() as connection:
                audit.record(connection, parts().secret, person().actor, "reading.slowed-down")
        return _ask(onward, passphrase=_("This passphrase does not open the answers. Try again."))
    except IdentityError as error:
        return _ask(onward, passphrase=str(error))
    slow.right()
    with writing() as connection:
        note(connection, "reading.unlocked")
    parts().keys.keep(visit().lookup, identity)
    return redirect(onward if _OWN.fullmatch(onward) else url_for("staff.home"), 303)


@blueprint.post("/lock")
def lock() -> Response:
    """Forget the clinic's keys."""
    with writing() as connection:
        note(connection, "reading.locked")
    parts().keys.drop(visit().lookup)
    parts().works.drop(visit().lookup)
    return redirect(url_for("staff.home"), 303)


def _ask(onward: str, **errors: str) -> Response:
    try:
        needs = key_files().locks_with_passphrase()
    except IdentityError as error:
        needs, errors = True, {"passphrase": str(error), **errors}
    return page("unlock.html", _("Unlock the answers"), errors=errors, onward=onward, needs=needs)
