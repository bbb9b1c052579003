"""One page of questions: shown, answered, and kept sealed."""

from __future__ import annotations

import json

from flask import g, redirect, request
from flask_babel import gettext as _
from werkzeug import Response
from werkzeug.exceptions import NotFound, RequestEntityTooLarge

from forms_service.answers import Problem, sentence
from forms_service.answers.journey import Journey, PageInputs
from forms_service.definition import Field, Page
from forms_service.definition.checks import PASSED
from forms_service.public import errors, pages
from forms_service.public.blueprint import blueprint
from forms_service.public.device import keep_code
from forms_service.public.listing import list_page
from forms_service.public.own_page import require_own_page
from forms_service.public.pages import local_url
from forms_service.public.placing import with_offers
from forms_service.public.receipts import sent_before
from forms_service.public.requests import sent_form
from forms_service.public.services import Visit, form_now, open_visit, published, services
from forms_service.public.uploads import Upload, file_field, take_upload, without_file
from forms_service.rendering.questions import PageForm, csrf_token
from forms_service.sealing.recipients import NoRecipients
from forms_service.store import Unavailable, drafts


@blueprint.get("/<form>/<page>")
def page(form: str, page: str) -> Response:
    """Ask a page's questions; a page whose turn has not come leads to the one that is open."""
    published(form)
    visit = open_visit(form)
    if visit is None:
        return sent_before(form) or errors.gone()
    found = _page(visit.journey, page)
    if found not in visit.journey.pages or not visit.journey.reachable(found):
        return redirect(next_address(visit.journey), 303)
    return _ask(visit.journey, found, visit.key.lookup, visit.journey.typed.get(page) or {})


@blueprint.post("/<form>/<page>")
def answer(form: str, page: str) -> Response:
    """Keep a page's answers: on to the next, or the page again with what to mend."""
    published(form)
    lookup = require_own_page(form)
    if lookup is None:
        return errors.gone()
    sent = sent_form()
    inputs: PageInputs = sent.inputs
    try:
        services().recipients()  # before anything is kept: nobody could open what would be sent
        visit = open_visit(form)
        if visit is None:
            return sent_before(form) or errors.gone()
        found = _page(visit.journey, page)
        if not sent.whole:
            return _too_large(visit, found, inputs)
        upload = take_upload(visit.journey, found, inputs, sent.files)
        journey = visit.journey.with_page(found, upload.inputs)
        kept = save(visit, journey, found, upload)
    except NoRecipients:
        trouble = f"{_('We cannot take forms right now')}."
        return _ask_again_later(form, page, lookup, inputs, trouble)
    except Unavailable:
        trouble = _(
            "We could not save this page just now. What you typed is still here. "
            "Wait a moment, then try again."
        )
        return _ask_again_later(form, page, lookup, inputs, trouble)
    if not kept:
        return sent_before(form) or errors.gone()
    if "save" in request.args:
        answer = redirect(local_url("save", form=form), 303)
    else:
        answer = _go_on(journey, found, lookup, upload)
    return keep_code(answer, form, visit.code)  # the device forgets when the draft dies, not before


def save(visit: Visit, journey: Journey, page: Page, upload: Upload) -> bool:
    """Keep a page's inputs and its file, sealed; False when the draft is gone."""
    sealed = sealed_inputs(visit, journey, page.name)
    with services().store.writing() as connection:
        kept = drafts.save_page(connection, visit.key.lookup, page.name, sealed, g.language)
        if kept:
            upload.store(connection, visit)
    if upload.removes:
        services().store.forget_erased()
    return kept


def ask_for_file_again(visit: Visit, field: Field) -> Response:
    """A file that is there no more: its page again, which says so. Raises Unavailable."""
    page = visit.ready.form.page_of(field.name)
    upload = without_file(visit.journey.typed.get(page.name) or {}, field)
    journey = visit.journey.with_page(page, upload.inputs)
    save(visit, journey, page, upload)
    return _go_on(journey, page, visit.key.lookup, upload)


def _too_large(visit: Visit, page: Page, inputs: PageInputs) -> Response:
    """413: the file was not read to its end; nothing is changed, and what was typed above it is in the page."""
    field = file_field(visit.journey, page)
    if field is None:
        raise RequestEntityTooLarge
    upload = take_upload(visit.journey, page, inputs, {})
    journey = visit.journey.with_page(page, upload.inputs)
    problem = Problem(field.name, "fileSize")
    return _ask(journey, page, visit.key.lookup, upload.inputs, status=413, problem=problem)


def sealed_inputs(visit: Visit, journey: Journey, key: str) -> bytes:
    """What was typed into a page or item, sealed; of a removed item, that. Text no file could hold is not kept."""
    inputs = journey.typed[key]
    typed = inputs and {
        name: [value for value in values if "\0" not in value and _is_text(value)]
        for name, values in inputs.items()
    }
    return visit.key.seal(json.dumps(typed, ensure_ascii=False).encode(), key)


def next_address(journey: Journey) -> str:
    """Where a family goes on: the first open page, or "check your answers"."""
    name = journey.ready.form.name
    open_page = journey.open_page
    return local_url("page", form=name, page=open_page.name) if open_page else local_url("check", form=name)


def _go_on(journey: Journey, page: Page, lookup: str, upload: Upload) -> Response:
    inputs = upload.inputs
    new_warnings = {rule.message for rule in journey.warnings(page)} - set(inputs.get(PASSED, ()))
    if journey.has_faults(page) or new_warnings or upload.problem:
        return _ask(journey, page, lookup, inputs, status=422, problem=upload.problem)
    if journey.exit is not None:
        return redirect(local_url("check", form=journey.ready.form.name), 303)
    name, following = journey.ready.form.name, journey.after(page)
    onward = local_url("page", form=name, page=following.name) if following else local_url("check", form=name)
    return redirect(onward, 303)


def _ask(
    journey: Journey,
    page: Page,
    lookup: str,
    inputs: PageInputs,
    status: int = 200,
    trouble: str = "",
    problem: Problem | None = None,
) -> Response:
    """The page with `inputs` in it; 422 judges them, and shows what to mend; `problem` is its file's."""
    if page.repeat:
        return list_page(journey, page, lookup, status, trouble)
    form = journey.ready.form
    fields = [with_offers(form.fields[name], form_now(form.name)) for name in page.fields]
    asked = PageForm(fields, journey.ready.judge, dict(inputs))
    if status == 422:
        asked.judge(journey.shown)
        asked.tell({rule.field: rule.message for rule in reversed(journey.broken)})
        if journey.closed_choice(page) and form.places:
            asked.tell({form.places.field: _("This group is closed. Choose another one.")})
    if problem:
        asked.tell({problem.field: sentence(problem, form.fields[problem.field], _)}, instead=True)
    wrong = status in (413, 422)
    before = journey.before(page)
    title = page.title or form.title
    return pages.page(
        "page.html",
        f"{_('Error')}: {title}" if wrong else title,
        status,
        form=form,
        page=page,
        asked=asked,
        shown=journey.shown | frozenset(page.fields) if trouble else journey.shown,
        alerts=journey.alerts,
        number=journey.pages.index(page) + 1 if page in journey.pages else 1,
        count=len(journey.pages),
        back=local_url("page", form=form.name, page=before.name)
        if before
        else local_url("start", form=form.name),
        csrf=csrf_token(services().secret, lookup),
        trouble=trouble,
        quick_exit=page.quick_exit,
        warnings=journey.warnings(page) if status == 422 else (),
        passed=PASSED,
    )


def _ask_again_later(form: str, name: str, lookup: str, inputs: PageInputs, trouble: str) -> Response:
    """503 with everything typed still in the page, made without the database."""
    empty = Journey(published(form).ready(g.language), {})
    page = _page(empty, name)
    inputs = take_upload(empty, page, inputs, {}).inputs
    journey = empty.with_page(page, inputs)
    lost = sent_form().files.keys() & set(page.fields)
    problem = Problem(min(lost), "fileLost") if lost else None
    return _ask(journey, page, lookup, inputs, status=503, trouble=trouble, problem=problem)


def _page(journey: Journey, name: str) -> Page:
    page = journey.ready.form.page(name)
    if page is None:
        raise NotFound
    return page


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
