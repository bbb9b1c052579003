"""The clinic's first key, under a passphrase that an admin chooses."""

from __future__ import annotations

from flask import redirect, url_for
from flask_babel import gettext as _
from werkzeug import Response

from forms_service.sealing.identity import IdentityError
from forms_service.sealing.keyring import CLINIC, SHORTEST
from forms_service.staff import access
from forms_service.staff.console import blueprint, key_files, note, parts, visit, writing
from forms_service.staff.first_key import has_no_key
from forms_service.staff.key_troubles import told
from forms_service.staff.pages import page, typed
from forms_service.staff.passphrase import LONGEST, chosen


@blueprint.get("/keys/first")
@access.needs("admin")
def first_key() -> Response:
    """Ask for the passphrase, where there is no key yet."""
    return _ask() if has_no_key() else redirect(url_for("staff.keys"), 303)


@blueprint.post("/keys/first")
@access.needs("admin")
def make_first_key() -> Response:
    """Make the key, and go on to the sheet for the safe: whoever made it has it unlocked."""
    if not has_no_key():
        return redirect(url_for("staff.keys"), 303)
    new = typed("new", LONGEST + 1)
    if trouble := chosen(new, typed("again", LONGEST + 1)):
        return _ask(**trouble)
    files = key_files()
    try:
        files.create(new)
        parts().keys.keep(visit().lookup, files.unlock(new, CLINIC))
    except IdentityError as error:
        return _ask(new=told(error))
    with writing() as connection:
        note(connection, "key.made")
        note(connection, "reading.unlocked")
    return redirect(url_for("staff.key_sheet"), 303)


def _ask(**errors: str) -> Response:
    return page("first_key.html", _("The clinic’s first key"), errors=errors, least=SHORTEST)
