"""Erasing one submission, after asking."""

from __future__ import annotations

from flask import redirect, url_for
from flask_babel import gettext as _
from werkzeug import Response
from werkzeug.exceptions import NotFound

from forms_service.definition import build
from forms_service.staff import access
from forms_service.staff.console import blueprint, note, parts, reading, writing
from forms_service.staff.pages import page
from forms_service.store import descriptors, submissions


@blueprint.get("/answers/<reference>/erase")
@access.needs("manager")
def ask_to_erase(reference: str) -> Response:
    """Ask first: what is erased is gone, but for the back-ups."""
    with reading() as connection:
        found = submissions.find_by_reference(connection, reference)
    if found is None:
        raise NotFound
    title = _("Do you want to erase %(reference)s?", reference=reference)
    days = parts().settings.backups_kept if parts().settings.backup_at is not None else 0
    return page("erase.html", title, submission=found, days=days)


@blueprint.post("/answers/<reference>/erase")
@access.needs("manager")
def erase(reference: str) -> Response:
    """Erase the submission, its place, its files and the family's copy."""
    with writing() as connection:
        found = submissions.find_by_reference(connection, reference)
        descriptor = descriptors.fetch(connection, found.descriptor) if found else None
        if found is None:
            raise NotFound
        submissions.erase(connection, reference, build(descriptor) if descriptor else None)
        note(connection, "submission.erased", reference)
    parts().store.forget_erased()
    if parts().store.owes_forgetting:
        return redirect(url_for("staff.retention"), 303)  # where it says what is still to come
    return redirect(url_for("staff.home"), 303)
