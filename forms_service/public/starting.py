"""A form's start page, and beginning a draft."""

from __future__ import annotations

import json

from flask import g, redirect, request
from flask_babel import gettext as _
from werkzeug import Response
from werkzeug.exceptions import NotFound

from forms_service.answers import ReadyForm
from forms_service.definition import Form, resolve
from forms_service.public import pages
from forms_service.public.blueprint import blueprint
from forms_service.public.device import code_on_device, keep_code
from forms_service.public.pages import local_url
from forms_service.public.placing import offers
from forms_service.public.requests import require_same_origin
from forms_service.public.services import Visit, open_visit, published, release, services
from forms_service.rendering.durations import in_words
from forms_service.sealing.codes import new_code
from forms_service.sealing.drafts import key_of
from forms_service.store import Unavailable, descriptors, drafts


@blueprint.get("/<form>/")
def start(form: str) -> Response:
    """What is asked, how long it takes, who reads it: before anything is kept."""
    services().recipients()
    return _start_page(published(form).ready(g.language), _living_draft(form))


@blueprint.post("/<form>/")
def begin(form: str) -> Response:
    """Begin a draft; while one lives on this device it is offered, never overwritten."""
    require_same_origin()
    found = published(form)
    services().recipients()
    before = open_visit(form)
    if form not in release().forms and before is None:
        raise NotFound  # it was taken out of the release: what was begun may be finished, nothing more
    if before is not None and "another" not in request.args:
        return _start_page(found.ready(g.language), before)
    code = new_code()
    with services().store.writing() as connection:
        descriptors.keep(connection, found.descriptor, found.digest)
        drafts.start(connection, key_of(code).lookup, form, found.digest, g.language)
    first = found.ready(g.language).form.pages[0]
    onward = local_url("page", form=form, page=first.name)
    if before is None:
        return keep_code(redirect(onward, 303), form, code)
    return keep_code(set_aside_page(before, onward), form, code)


@blueprint.get("/<form>/datapackage.json")
def descriptor(form: str) -> Response:
    """The public descriptor, in the reader's language."""
    package = resolve(published(form).descriptor.package, g.language)
    response = Response(json.dumps(package, ensure_ascii=False, indent=2), mimetype="application/json")
    response.headers["Cache-Control"] = "no-cache"
    return response


def set_aside_page(before: Visit, onward: str) -> Response:
    """Before another form takes this device's place: the code that leads back to the first."""
    heading = _("Your first form is kept")
    return pages.page(
        "set_aside.html", heading, heading=heading, code=before.code, form=before.ready.form, onward=onward
    )


def _living_draft(form: str) -> Visit | None:
    """The draft to offer; a start page needs no database, so one that is away offers none."""
    if code_on_device(form) is None:
        return None
    try:
        return open_visit(form)
    except Unavailable:
        return None


def _offers(form: Form) -> list[tuple[str, str]]:
    """Label and what is left of each group that can be chosen."""
    if form.places is None:
        return []
    field = form.fields[form.places.field]
    return [(field.label_of(key), offer.words) for key, offer in offers(form).items()]


def _start_page(ready: ReadyForm, draft: Visit | None) -> Response:
    form = ready.form
    if not form.pages:
        raise NotFound
    return pages.page(
        "start.html",
        form.title,
        form=form,
        draft=draft,
        kept_for=in_words(form.retention) if form.retention else "",
        draft_days=drafts.LIFETIME.days,
        offers=_offers(form),
    )
