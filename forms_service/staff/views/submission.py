"""One submission: its answers, where it stands, and its own data package."""

from __future__ import annotations

from io import BytesIO

from flask import redirect, url_for
from werkzeug import Response
from werkzeug.exceptions import NotFound

from forms_service.answers.scores import scored
from forms_service.packages.export import Export, Opened, write_zip
from forms_service.packages.submission import files_of
from forms_service.rendering.summary import sections
from forms_service.sealing.identity import CannotOpen, open_sealed
from forms_service.staff.console import blueprint, note, reading, writing
from forms_service.staff.opened import OpenedSubmission, opened
from forms_service.staff.pages import page, typed
from forms_service.store import files, inbox


@blueprint.get("/answers/<reference>")
def submission(reference: str) -> Response:
    """The answers as on the page where the family checked them, in the reader's language."""
    return _show(opened(reference, "submission.read"))


@blueprint.post("/answers/<reference>")
def mark(reference: str) -> Response:
    """Change where it stands; a colleague who was quicker is not overruled unseen."""
    status, was = typed("status", 20), typed("was", 20)
    if status not in inbox.STATUSES or was not in inbox.STATUSES:
        raise NotFound
    with writing() as connection:
        marked = inbox.mark(connection, reference, status, was)
        if marked:
            note(connection, "submission.marked", reference, {"status": status})
    if marked:
        return redirect(url_for("staff.submission", reference=reference), 303)
    return _show(opened(reference, "submission.read"), wanted=status)


@blueprint.get("/answers/<reference>/package.zip")
def package(reference: str) -> Response:
    """This submission alone as a data package, with its files."""
    out = BytesIO()
    write_zip(out, _export(opened(reference, "submission.downloaded")))
    response = Response(out.getvalue(), mimetype="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{reference}.zip"'
    return response


def _show(found: OpenedSubmission, wanted: str = "") -> Response:
    """The page; with `wanted`, a 409 that shows what a colleague made of it meanwhile."""
    ready, rows = found.ready, found.plain["rows"]
    (row,) = rows[ready.form.resource]
    readings, items = ready.judge.row(row), ready.items(rows)
    values = ready.values(readings, items)
    titles = {score.name: score.title for score in ready.form.scores}
    return page(
        "submission.html",
        found.submission.reference,
        409 if wanted else 200,
        submission=found.submission,
        form=ready.form,
        place=found.place,
        group=_group(found),
        sections=sections(ready, readings, items=items, files=files_of(found.plain)),
        alerts=ready.alerts(values),
        scores=[
            (titles[score.name], score)
            for score in scored(ready.form, values, ready.conditions.shown(values))
        ],
        statuses=inbox.STATUSES,
        wanted=wanted,
    )


def _group(found: OpenedSubmission) -> str:
    places = found.ready.form.places
    if found.place is None or places is None:
        return ""
    return found.ready.form.fields[places.field].label_of(found.place.group_key)


def _export(found: OpenedSubmission) -> Export:
    kept = found.submission

    def content(field: str) -> bytes | None:
        with reading() as connection:
            sealed = files.find(connection, kept.reference, field)
        try:
            return open_sealed(sealed, found.identity) if sealed else None
        except CannotOpen:
            return None

    return Export.of_one(Opened.of(kept.id, kept, found.plain), found.descriptor, content)
