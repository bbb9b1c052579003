"""One submission: its answers, where it stands, and its own data package."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

from flask import redirect, url_for
from flask_babel import gettext as _
from werkzeug import Response
from werkzeug.exceptions import NotFound

from forms_service.answers.scores import scored
from forms_service.packages.export import Export, Opened, write_zip
from forms_service.packages.submission import files_of
from forms_service.rendering.summary import sections
from forms_service.sealing.identity import CannotOpen, open_sealed
from forms_service.sealing.recipients import read_recipients
from forms_service.staff.colleagues import colleagues
from forms_service.staff.console import blueprint, note, parts, person, reading, writing
from forms_service.staff.opened import OpenedSubmission, opened
from forms_service.staff.pages import page, typed
from forms_service.staff.readable import LARGEST
from forms_service.staff.views.correcting import corrections_of
from forms_service.store import files, inbox, notes, submissions

LONGEST_NOTE = 4_000  # characters


@dataclass(frozen=True)
class Wanted:
    """Where a submission was to stand, and who was to take care of it; empty: nobody."""

    status: str
    whose: str


@blueprint.get("/answers/<reference>")
def submission(reference: str) -> Response:
    """The answers as on the page where the family checked them, in the reader's language."""
    return _show(opened(reference, "submission.read"))


@blueprint.post("/answers/<reference>")
def mark(reference: str) -> Response:
    """Change where it stands; a colleague who was quicker is not overruled unseen."""
    status, was = typed("status", 20), typed("was", 20)
    whose, whose_was = typed("assigned_to", 20), typed("assigned_was", 20)
    with writing() as connection:
        people = colleagues()
        gone = {whose_was: int(whose_was)} if whose_was.isdecimal() and int(whose_was) <= LARGEST else {}
        known = {str(number): number for number in people} | gone  # whose account may be gone
        if not {status, was} <= set(inbox.STATUSES) or not {whose, whose_was} <= {"", *known}:
            raise NotFound
        marked = inbox.mark(connection, reference, status, known.get(whose), (was, known.get(whose_was)))
        if marked:
            note(connection, "submission.marked", reference, {"status": status, "assigned": whose})
    if marked:
        return redirect(url_for("staff.submission", reference=reference), 303)
    wanted = Wanted(status, people.get(known.get(whose, -1), ""))
    return _show(opened(reference, "submission.read"), wanted=wanted)


@blueprint.post("/answers/<reference>/notes")
def write_note(reference: str) -> Response:
    """Seal a note about it; only who unlocked the answers reads it again."""
    text = typed("note", LONGEST_NOTE + 1).strip()
    if not text or len(text) > LONGEST_NOTE:
        told = (
            _("Write at most %(number)s characters.", number=LONGEST_NOTE)
            if text
            else _("Write the note first.")
        )
        return _show(opened(reference, "submission.read"), errors={"note": told}, unsaved=text)
    sealed = read_recipients(parts().settings.recipients_file).seal(text.encode())
    with writing() as connection:
        if submissions.find_by_reference(connection, reference) is None:
            raise NotFound
        notes.keep(connection, reference, person().actor, sealed)
        note(connection, "submission.noted", reference)
    return redirect(url_for("staff.submission", reference=reference, _anchor="notes"), 303)


@blueprint.get("/answers/<reference>/package.zip")
def package(reference: str) -> Response:
    """This submission alone as a data package, with its files."""
    out = BytesIO()
    write_zip(out, _export(opened(reference, "submission.downloaded")))
    response = Response(out.getvalue(), mimetype="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{reference}.zip"'
    return response


def _show(
    found: OpenedSubmission,
    wanted: Wanted | None = None,
    errors: dict[str, str] | None = None,
    unsaved: str = "",
) -> Response:
    """The page; with `wanted`, a 409 that shows what a colleague made of it meanwhile."""
    ready, rows = found.ready, found.plain["rows"]
    (row,) = rows[ready.form.resource]
    readings, items = ready.judge.row(row), ready.items(rows)
    values = ready.values(readings, items)
    with reading() as connection:
        written = notes.of(connection, found.submission.reference)
        people = colleagues()
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
            for score in scored(ready.judge, values, ready.conditions.shown(values))
        ],
        statuses=inbox.STATUSES,
        wanted=wanted,
        errors=errors or {},
        unsaved=unsaved,
        people=people,
        corrections=corrections_of(found.plain),
        titles=found.titles,
        notes=[(one, _text_of(one, found)) for one in written],
    )


def _text_of(one: notes.Note, found: OpenedSubmission) -> str | None:
    """What the note says; None when it does not open."""
    try:
        return open_sealed(one.sealed, found.identity).decode()
    except CannotOpen:
        return None


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
