"""Coming back with a code, on this device or another; and withdrawing with it."""

from __future__ import annotations

from flask import g, redirect
from flask_babel import gettext as _
from werkzeug import Response

from forms_service.public import errors, pages
from forms_service.public.answering import next_address
from forms_service.public.blueprint import blueprint
from forms_service.public.device import RECEIPT_SECONDS, code_on_device, forget_code, keep_code
from forms_service.public.limits import guesses_of_codes
from forms_service.public.pages import local_url
from forms_service.public.requests import require_same_origin, sent_inputs
from forms_service.public.services import form_of, open_visit, published, release, services
from forms_service.public.starting import set_aside_page
from forms_service.rendering.display import visible
from forms_service.sealing.codes import read_code
from forms_service.sealing.drafts import key_of
from forms_service.store import audit, drafts, submissions


@blueprint.get("/<form>/save")
def save(form: str) -> Response:
    """The code that leads back to this form, and how long it works."""
    published(form)
    visit = open_visit(form)
    if visit is None:
        return errors.gone()
    heading = _("Your answers are saved")
    return pages.page(
        "save.html",
        heading,
        heading=heading,
        form=visit.ready.form,
        code=visit.code,
        until=visit.draft.expires_at,
        onward=next_address(visit.journey),
    )


@blueprint.get("/resume")
def resume() -> Response:
    """Ask for the code."""
    return _ask_code("resume.html", _("Go on with a saved form"))


@blueprint.post("/resume")
@guesses_of_codes
def take_code() -> Response:
    """Open the form that the code leads to on this device."""
    require_same_origin()
    typed, code = _typed_code()
    if code is None:
        return _ask_code("resume.html", _("Go on with a saved form"), typed, wrong=True)
    form = form_of(code)
    if form is None:
        return _ask_code("resume.html", _("Go on with a saved form"), typed, wrong=True)
    visit = open_visit(form, code)
    if visit is None:
        return keep_code(redirect(local_url("done", form=form), 303), form, code, RECEIPT_SECONDS)
    here = code_on_device(form)
    other = open_visit(form) if here not in (None, code) else None
    onward = next_address(visit.journey)
    answer = set_aside_page(other, onward) if other else redirect(onward, 303)
    return keep_code(answer, form, code)


@blueprint.get("/withdraw")
def withdraw() -> Response:
    """Ask for the code of what is to be erased."""
    return _ask_code("withdraw.html", _("Take back what you sent"))


@blueprint.post("/withdraw")
@guesses_of_codes
def erase() -> Response:
    """Erase the submission or draft that the code leads to."""
    require_same_origin()
    typed, code = _typed_code()
    erased = _erase(key_of(code).lookup) if code else None
    if erased is None:
        return _ask_code("withdraw.html", _("Take back what you sent"), typed, wrong=True)
    services().store.forget_erased()
    answer = pages.message(
        _("Your answers are erased"),
        _("We have erased them from our records. You can send a new form whenever you like."),
        status=200,
        erased=True,
    )
    return forget_code(answer, erased) if code_on_device(erased) == code else answer


def _erase(lookup: str) -> str | None:
    """The form whose submission or draft was erased, or None when the code leads nowhere."""
    with services().store.writing() as connection:
        sent = submissions.find_by_lookup(connection, lookup)
        if sent is not None:
            form = release().forms.get(sent.form)
            submissions.erase(connection, sent.reference, form.ready(g.language).form if form else None)
            audit.record(connection, services().secret, "family", "submission.withdrawn", sent.reference)
            return sent.form
        draft = drafts.find(connection, lookup)
        if draft is not None:
            drafts.discard(connection, lookup)
            return draft.form
    return None


def _typed_code() -> tuple[str, str | None]:
    typed = visible("".join(sent_inputs().get("code", [])[:1]))
    return typed[:100], read_code(typed)


def _ask_code(template: str, title: str, typed: str = "", wrong: bool = False) -> Response:
    shown = f"{_('Error')}: {title}" if wrong else title
    return pages.page(
        template,
        shown,
        422 if wrong else 200,
        heading=title,
        typed_code=typed,
        wrong=wrong,
        days=drafts.LIFETIME.days,
    )
