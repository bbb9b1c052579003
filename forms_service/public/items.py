"""One item of a repeatable group: shown, kept sealed under a number of its own, and removed after asking."""

from __future__ import annotations

import json
import secrets

from flask import g, redirect, request
from flask_babel import gettext as _
from werkzeug import Response
from werkzeug.exceptions import NotFound

from forms_service.answers import Problem, items_sentence
from forms_service.answers.journey import Journey, PageInputs, item_key
from forms_service.definition import Page
from forms_service.definition.checks import ADDED
from forms_service.public import errors, pages
from forms_service.public.answering import next_address, sealed_inputs
from forms_service.public.blueprint import blueprint
from forms_service.public.device import keep_code
from forms_service.public.listing import title_of
from forms_service.public.own_page import require_own_page
from forms_service.public.pages import local_url
from forms_service.public.receipts import sent_before
from forms_service.public.requests import sent_inputs
from forms_service.public.services import Visit, open_visit, published, services
from forms_service.rendering.questions import PageForm, csrf_token
from forms_service.sealing.drafts import DraftDamaged
from forms_service.sealing.recipients import NoRecipients
from forms_service.store import Unavailable, drafts


@blueprint.get("/<form>/<page>/<int:number>")
def item(form: str, page: str, number: int) -> Response:
    """Ask an item's questions; the next free number asks for a new one."""
    published(form)
    visit = open_visit(form)
    if visit is None:
        return sent_before(form) or errors.gone()
    journey, found = visit.journey, _page(visit.journey, page)
    if found not in journey.pages or not journey.reachable(found):
        return redirect(next_address(journey), 303)
    if number in journey.items[found.repeat]:
        return _ask(journey, found, number, visit.key.lookup, journey.typed[item_key(found, number)] or {})
    if number != journey.next_number(found):
        return _not_there(form, found)
    if _is_full(journey, found):
        return redirect(local_url("page", form=form, page=page), 303)
    return _ask(journey, found, number, visit.key.lookup, {ADDED: [secrets.token_hex(8)]})


@blueprint.post("/<form>/<page>/<int:number>")
def answer_item(form: str, page: str, number: int) -> Response:
    """Keep an item: on to the list, or the item again with what to mend."""
    published(form)
    lookup = require_own_page(form)
    if lookup is None:
        return errors.gone()
    inputs: PageInputs = sent_inputs()
    try:
        services().recipients()  # before anything is kept: nobody could open what would be sent
        visit = open_visit(form)
        if visit is None:
            return sent_before(form) or errors.gone()
        return _keep(visit, _page(visit.journey, page), number, inputs)
    except NoRecipients:
        trouble = f"{_('We cannot take forms right now')}."
        return _ask_again_later(form, page, number, lookup, inputs, trouble)
    except Unavailable:
        trouble = _(
            "We could not save this page just now. What you typed is still here. "
            "Wait a moment, then try again."
        )
        return _ask_again_later(form, page, number, lookup, inputs, trouble)


@blueprint.get("/<form>/<page>/<int:number>/remove")
def ask_to_remove(form: str, page: str, number: int) -> Response:
    """Ask before an item is removed."""
    published(form)
    visit = open_visit(form)
    if visit is None:
        return sent_before(form) or errors.gone()
    found = _page(visit.journey, page)
    if number not in visit.journey.items[found.repeat]:
        return _not_there(form, found)
    title = title_of(visit.journey, found, number)
    heading = _("Do you want to remove “%(item)s”?", item=title)
    return pages.page(
        "remove.html",
        heading,
        heading=heading,
        form=visit.ready.form,
        page=found,
        number=number,
        csrf=csrf_token(services().secret, visit.key.lookup),
        quick_exit=found.quick_exit,
    )


@blueprint.post("/<form>/<page>/<int:number>/remove")
def remove(form: str, page: str, number: int) -> Response:
    """Remove an item; one that is gone already is no fault."""
    published(form)
    if require_own_page(form) is None:
        return errors.gone()
    visit = open_visit(form)
    if visit is None:
        return sent_before(form) or errors.gone()
    found = _page(visit.journey, page)
    if number in visit.journey.items[found.repeat]:
        key = item_key(found, number)
        sealed = sealed_inputs(visit, visit.journey.without_item(found, number), key)
        with services().store.writing() as connection:
            drafts.save_page(connection, visit.key.lookup, key, sealed, g.language)
        services().store.forget_erased()
    return keep_code(redirect(local_url("page", form=form, page=page), 303), form, visit.code)


def _keep(visit: Visit, page: Page, number: int, inputs: PageInputs) -> Response:
    """Keep the inputs, unless there is no such item, no room for it, or nothing in it. Raises Unavailable."""
    journey, form, lookup = visit.journey, visit.ready.form.name, visit.key.lookup
    is_new = number not in journey.items[page.repeat]
    if is_new and ADDED not in inputs and number != journey.next_number(page):
        return _not_there(form, page, errors.typed_text())
    applied = journey.with_item(page, number, inputs)
    if is_new and _is_full(journey, page):
        return _ask(applied, page, number, lookup, inputs, 422, applied.miscounted(page))
    if is_new and applied.is_faulty(page, number) and not _anything(applied, page, number):
        return _ask(applied, page, number, lookup, inputs, 422)
    kept = _save(visit, applied, page, number)
    if kept is None:
        return sent_before(form) or errors.gone()
    if "save" in request.args:
        answer = redirect(local_url("save", form=form), 303)
    elif applied.is_faulty(page, number):
        answer = _ask(applied, page, number, lookup, inputs, 422, address=kept)
    else:
        answer = redirect(local_url("page", form=form, page=page.name), 303)
    return keep_code(answer, form, visit.code)


def _save(visit: Visit, journey: Journey, page: Page, number: int) -> int | None:
    """The number under which an item is kept now; None when the draft is gone.

    Two tabs may have been shown the same free number: the second new item gets the next one, in one transaction,
    and the mark of each new item tells it from the same item sent twice.
    """
    key, lookup = item_key(page, number), visit.key.lookup
    mark = (journey.typed[key] or {}).get(ADDED)
    with services().store.writing() as connection:
        if not drafts.touch(connection, lookup, g.language):
            return None
        there = drafts.pages(connection, lookup)
        if mark and key in there and _mark(visit, key, there[key]) != mark:
            taken = (name.partition("/") for name in there)
            number = max(int(last) for name, slash, last in taken if slash and name == page.name) + 1
        final = item_key(page, number)
        moved = Journey(journey.ready, {final: journey.typed[key]})
        drafts.put(connection, lookup, final, sealed_inputs(visit, moved, final))
    return number


def _mark(visit: Visit, key: str, sealed: bytes) -> list[str] | None:
    """The mark that an item was added with."""
    try:
        inputs = json.loads(visit.key.open(sealed, key))
    except DraftDamaged:
        return None
    return None if inputs is None else inputs.get(ADDED)


def _ask(
    journey: Journey,
    page: Page,
    number: int,
    lookup: str,
    inputs: PageInputs,
    status: int = 200,
    problem: Problem | None = None,
    trouble: str = "",
    address: int | None = None,
) -> Response:
    """The item with `inputs` in it; 422 judges them, and shows what to mend. `address` is where it is sent to."""
    form = journey.ready.form
    judge = journey.ready.judges[page.repeat]
    asked = PageForm(judge.fields.values(), judge, dict(inputs))
    is_there = number in journey.items[page.repeat]
    shown = journey.shown_in_item(page, number) if is_there else frozenset(judge.fields)
    fault = items_sentence(problem, page.title or form.title, _) if problem else ""
    if status == 422:
        asked.judge(shown)
        if not fault and not asked.errors:
            fault = items_sentence(Problem("", "blank-row"), "", _)
    heading = title_of(journey, page, number) if status == 200 and is_there else page.title or form.title
    return pages.page(
        "item.html",
        f"{_('Error')}: {heading}" if status == 422 else heading,
        status,
        form=form,
        page=page,
        number=number if address is None else address,
        place=[*journey.items[page.repeat], number].index(number) + 1,
        heading=heading,
        asked=asked,
        fault=fault,
        shown=frozenset(judge.fields) if trouble else shown,
        mark=(inputs.get(ADDED) or [""])[0],
        added=ADDED,
        alerts=journey.alerts,
        csrf=csrf_token(services().secret, lookup),
        trouble=trouble,
        quick_exit=page.quick_exit,
    )


def _ask_again_later(
    form: str, name: str, number: int, lookup: str, inputs: PageInputs, trouble: str
) -> Response:
    """503 with everything typed still in the item, made without the database."""
    journey = Journey(published(form).ready(g.language), {})
    return _ask(journey, _page(journey, name), number, lookup, inputs, status=503, trouble=trouble)


def _not_there(form: str, page: Page, typed: list[str] | None = None) -> Response:
    """404: no item has this number, or it was removed; what was typed is shown to be copied."""
    heading = _("This entry is not there")
    onward = local_url("page", form=form, page=page.name)
    return pages.page("no_item.html", heading, 404, heading=heading, onward=onward, typed=typed or [])


def _is_full(journey: Journey, page: Page) -> bool:
    return page.most is not None and len(journey.items[page.repeat]) >= page.most


def _anything(journey: Journey, page: Page, number: int) -> bool:
    """Whether anything was typed into an item."""
    return any(reading.cell for reading in journey.items[page.repeat][number].values())


def _page(journey: Journey, name: str) -> Page:
    page = journey.ready.form.page(name)
    if page is None or not page.repeat:
        raise NotFound
    return page
