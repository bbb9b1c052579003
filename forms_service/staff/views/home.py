"""The inbox: what has come, without a word of what families wrote."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask_babel import gettext as _
from werkzeug import Response

from forms_service.sealing.codes import read_reference
from forms_service.staff.console import blueprint, parts, reading, visit
from forms_service.staff.pages import page
from forms_service.store import inbox, submissions

MOST = 50


@blueprint.get("/")
def home() -> Response:
    """Urgent ones that nobody took up, then the newest: of one `form`, of one `status`, those `before` a number."""
    wanted = request.args.get("reference", "").strip()
    form = request.args.get("form") or None
    status = request.args.get("status") if request.args.get("status") in inbox.STATUSES else None
    before = request.args.get("before", type=int)
    with reading() as connection:
        found = submissions.find_by_reference(connection, read_reference(wanted)) if wanted else None
        urgent = inbox.urgent(connection, MOST)
        listed = inbox.newest(connection, MOST + 1, form, status, before)
        forms = inbox.forms(connection)
    if found is not None:
        return redirect(url_for("staff.submission", reference=found.reference), 303)
    errors = {"reference": _("No submission has this reference. Check it and try again.")} if wanted else {}
    return page(
        "home.html",
        _("Answers"),
        errors=errors,
        wanted=wanted,
        urgent=urgent,
        listed=listed[:MOST],
        more=listed[MOST - 1].id if len(listed) > MOST else None,
        newest=before is None,
        forms=forms,
        form=form,
        chosen=status,
        statuses=inbox.STATUSES,
        is_open=parts().keys.of(visit().lookup) is not None,
    )
