"""The key for the safe: a page to print, after the passphrase was typed once more."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug import Response

from forms_service.staff import access
from forms_service.staff.console import blueprint, key_files, note, parts, writing
from forms_service.staff.days import clinic_today
from forms_service.staff.opened import require_identity
from forms_service.staff.pages import page, typed
from forms_service.staff.passphrase import LONGEST, not_proven
from forms_service.upkeep.paper import sheet_body, title_of


@blueprint.get("/keys/sheet")
@access.needs("admin")
def key_sheet() -> Response:
    """What the sheet is for, and the passphrase once more."""
    require_identity(url_for("staff.key_sheet"))
    return _ask()


@blueprint.post("/keys/sheet")
@access.needs("admin")
def print_key() -> Response:
    """The sheet itself; the audit says so before it is shown."""
    identity = require_identity(url_for("staff.key_sheet"))
    if trouble := not_proven(identity, typed("passphrase", LONGEST + 1)):
        return _ask(passphrase=trouble)
    with writing() as connection:
        note(connection, "sheet.written")
    body = Markup(sheet_body(identity, clinic_today(), _))  # noqa: S704 - our own words and signs of the key
    return page("key_printed.html", title_of(parts().clinic.name, _), body=body)


def _ask(**errors: str) -> Response:
    needs = key_files().locks_with_passphrase()
    return page("key_sheet.html", _("Print the key for the safe"), errors=errors, needs=needs)
