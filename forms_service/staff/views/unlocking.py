"""Unlocking the answers with one's own passphrase, for this visit, and locking them again."""

from __future__ import annotations

import re

from flask import redirect, request, url_for
from flask_babel import gettext as _
from werkzeug import Response

from forms_service.sealing.identity import IdentityError, WrongPassphrase
from forms_service.sealing.keyring import CLINIC, NoOwnPassphrase
from forms_service.staff.console import blueprint, key_files, note, parts, person, visit, writing
from forms_service.staff.key_troubles import told
from forms_service.staff.known_browsers import tries
from forms_service.staff.pages import page, typed
from forms_service.staff.passphrase import LONGEST, wrong
from forms_service.staff.waiting import wait_page

LONGEST_PATH = 200  # characters
_OWN = re.compile(r"/staff/[\w./?=&%-]*", re.ASCII)  # a page of the console, and of no other site


@blueprint.get("/unlock")
def unlock() -> Response:
    """Ask for the passphrase; the demo's key has none."""
    return _ask(request.args.get("onward", "")[:LONGEST_PATH])


@blueprint.post("/unlock")
def open_keys() -> Response:
    """Hold the clinic's keys for this visit, and go on to the page that was asked for."""
    onward = typed("onward", LONGEST_PATH)
    slow = tries("passphrase", person().email, person())
    if slow.wait:
        return wait_page(slow)
    try:
        identity = key_files().open_for(person().email, lambda: typed("passphrase", LONGEST))
    except WrongPassphrase as error:
        return _ask(onward, passphrase=wrong(slow, error))
    except NoOwnPassphrase:
        return _ask(onward)
    except IdentityError as error:
        return _ask(onward, passphrase=told(error))
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
    entry: str | None = CLINIC
    reads = True
    try:
        entry = key_files().entry_for(person().email)
    except NoOwnPassphrase:
        reads = False
    except IdentityError as error:
        errors = {"passphrase": told(error), **errors}
    return page(
        "unlock.html",
        _("Unlock the answers"),
        200 if reads else 403,
        errors=errors,
        onward=onward,
        reads=reads,
        needs=entry is not None,
        shared=entry == CLINIC,
    )
