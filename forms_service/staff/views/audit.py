"""The audit, newest first."""

from __future__ import annotations

from flask import request
from flask_babel import gettext as _
from werkzeug import Response

from forms_service.staff import access
from forms_service.staff.console import blueprint, reading
from forms_service.staff.pages import page
from forms_service.staff.readable import asked_number
from forms_service.store import audit as log

MOST = 50


@blueprint.get("/audit")
@access.needs("admin")
def audit() -> Response:
    """A page of lines: those before `before`, of one `action` when chosen."""
    before = asked_number("before")
    action = request.args.get("action") or None
    with reading() as connection:
        lines = log.listed(connection, before, action, MOST + 1)
        known = log.actions(connection)
    more = lines[MOST - 1].number if len(lines) > MOST else None
    return page(
        "audit.html",
        _("Audit"),
        lines=lines[:MOST],
        known=known,
        action=action,
        more=more,
        newest=before is None,
    )
