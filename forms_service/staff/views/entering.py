"""Entering a form for a family, from paper or by phone: the same form, the same judge, marked as entered by staff."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from flask import request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug import Response
from werkzeug.exceptions import NotFound

from forms_service.answers import prepare
from forms_service.definition import DefinitionError, Descriptor, build, digest, load
from forms_service.packages.submission import write_plain
from forms_service.sealing.codes import grouped, new_code, new_reference, read_code
from forms_service.sealing.drafts import key_of
from forms_service.sealing.recipients import read_recipients
from forms_service.staff.console import blueprint, note, parts, writing
from forms_service.staff.forms import language_of
from forms_service.staff.pages import page, typed
from forms_service.staff.sheet import Sheet, blank, posted
from forms_service.staff.sheet_files import Taken, take_files
from forms_service.store import Unavailable, descriptors, places, submissions
from forms_service.store.times import now

TRIES = 5  # at a reference nobody has yet


@blueprint.get("/enter")
def enter() -> Response:
    """The forms that can be entered."""
    listed = []
    for folder in _folders():
        try:
            form = build(load(folder), str(get_locale()))
        except DefinitionError:
            continue
        listed.append((form.name, form.title))
    return page("enter.html", _("Enter a form for a family"), listed=sorted(listed))


@blueprint.get("/enter/<form>")
def entry(form: str) -> Response:
    """The whole form on one page."""
    _descriptor, sheet = _sheet(form)
    return _ask(form, sheet)


@blueprint.post("/enter/<form>")
def keep_entry(form: str) -> Response:
    """Judge it as a family's own would be, seal it, and show the reference and the family's code."""
    descriptor, empty = _sheet(form)
    taken = take_files(posted(empty, request.form.to_dict(flat=False)), request.files)
    sheet = taken.sheet
    if sheet.problems or sheet.general or taken.refused:
        return _ask(form, sheet, {**taken.lost, **taken.refused}, judged=True)
    code = read_code(typed("code", 40)) or new_code()
    try:
        reference = _keep(descriptor, taken, code)
    except places.Full:
        field = sheet.ready.form.places.field if sheet.ready.form.places else ""
        return _ask(form, sheet, {**taken.lost, field: _("This group is full. Choose another one.")})
    return page("entered.html", _("The form is kept"), reference=reference, code=grouped(code))


def _keep(descriptor: Descriptor, taken: Taken, code: str) -> str:
    """The reference; `code` is what the family can take it back with, and what tells a second click from a second form.

    Raises Full, NoRecipients and Unavailable.
    """
    recipients = read_recipients(parts().settings.recipients_file)
    form, journey, sent_at = taken.sheet.ready.form, taken.sheet.journey, now()
    files = {name: recipients.seal(taken.contents[name]) for name in journey.files}
    for _try in range(TRIES):
        reference = new_reference()
        plain = write_plain(form, reference, form.language, sent_at, journey.rows, journey.files)
        arriving = submissions.Arriving(
            reference=reference,
            lookup=key_of(code).lookup,
            form=form.name,
            descriptor=digest(descriptor),
            version=form.version,
            language=form.language,
            submitted_at=sent_at,
            urgent=journey.is_urgent,
            sealed=recipients.seal(plain),
            files=files,
            origin=submissions.STAFF,
            limits=places.limits_of(form, journey.group) if journey.group else None,
            accepts_waiting=True,
        )
        try:
            with writing() as connection:
                before = submissions.find_by_lookup(connection, arriving.lookup)
                if before is not None:
                    return before.reference
                descriptors.keep(connection, descriptor, arriving.descriptor)
                submissions.keep(connection, arriving)
                note(connection, "submission.entered", reference)
        except sa.exc.IntegrityError:
            continue  # the reference is taken
        return reference
    raise Unavailable("no free reference")


def _sheet(name: str) -> tuple[Descriptor, Sheet]:
    """The form as it is published, with nothing on it yet. Raises NotFound."""
    folder = next((folder for folder in _folders() if folder.name == name), None)
    if folder is None:
        raise NotFound
    try:
        descriptor = load(folder)
        return descriptor, blank(prepare(descriptor, language_of(descriptor)))
    except DefinitionError:
        raise NotFound from None


def _folders() -> list[Path]:
    return sorted((parts().settings.current_release / "private" / "forms").glob("*/"))


def _ask(form: str, sheet: Sheet, told: dict[str, str] | None = None, judged: bool = False) -> Response:
    asked = sheet.form(judged)
    if told:
        asked.tell(told, instead=True)
    return page(
        "sheet.html",
        sheet.ready.form.title,
        422 if judged or told else 200,
        sheet=sheet,
        asked=asked,
        general=sheet.general if judged else "",
        action=url_for("staff.keep_entry", form=form),
        back=url_for("staff.enter"),
        correcting=False,
        code=typed("code", 40) or new_code(),
    )
