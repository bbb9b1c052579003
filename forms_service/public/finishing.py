"""Check your answers, send them sealed, and what a family sees after."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from flask import g, redirect
from flask_babel import gettext as _
from werkzeug import Response

from forms_service.answers.journey import Journey
from forms_service.packages.submission import write_plain
from forms_service.public import errors, pages
from forms_service.public.answering import ask_for_file_again
from forms_service.public.blueprint import blueprint
from forms_service.public.device import RECEIPT_SECONDS, code_on_device, keep_code
from forms_service.public.own_page import require_own_page
from forms_service.public.pages import local_url
from forms_service.public.placing import offers
from forms_service.public.receipts import receipt_of, sent_before
from forms_service.public.requests import sent_inputs
from forms_service.public.services import Visit, form_now, open_visit, published, services
from forms_service.public.uploads import LostFile, given_file
from forms_service.rendering.questions import csrf_token
from forms_service.rendering.summary import sections
from forms_service.sealing.codes import new_reference
from forms_service.sealing.drafts import key_of
from forms_service.store import Unavailable, places, submissions
from forms_service.store.times import now

TRIES = 5  # at a reference nobody has yet


@blueprint.get("/<form>/check")
def check(form: str) -> Response:
    """All answers with links to change them; open questions come first."""
    published(form)
    visit = open_visit(form)
    if visit is None:
        return sent_before(form) or errors.gone()
    return _check_page(visit)


@blueprint.post("/<form>/check")
def submit(form: str) -> Response:
    """Judge everything again, seal it, keep it, and only then say that it was sent."""
    published(form)
    if require_own_page(form) is None:
        return errors.gone()
    try:
        visit = open_visit(form)
        if visit is None:
            return _to_receipt(form) or errors.gone()
        if visit.journey.exit or visit.journey.open_page or visit.journey.is_blank:
            return _check_page(visit, status=422)
        return _send_or_ask(visit)
    except Unavailable:
        return _try_again(form)


def _send_or_ask(visit: Visit) -> Response:
    """Send; when the group filled up meanwhile, ask the family what to do. Raises Unavailable."""
    form = visit.ready.form.name
    try:
        sent = _send(visit)
    except LostFile as lost:
        return ask_for_file_again(visit, lost.field)
    except (places.Full, places.OnlyWaiting) as filled:
        return _filled_up(visit, waitlist=isinstance(filled, places.OnlyWaiting))
    except submissions.Changed:
        return _changed(form)
    if sent is None:
        return _to_receipt(form) or errors.gone()
    return keep_code(redirect(local_url("done", form=form), 303), form, visit.code, RECEIPT_SECONDS)


def _send(visit: Visit) -> str | None:
    """The reference under which the submission is kept; None: the draft is gone. Raises LostFile and Unavailable."""
    recipients, sent_at = services().recipients(), now()
    fields = visit.ready.form.fields
    files = {
        name: recipients.seal(given_file(visit, fields[name], kept))
        for name, kept in visit.journey.files.items()
    }
    for _try in range(TRIES):
        reference = new_reference()
        plain = _plain(visit, reference, sent_at)
        arriving = submissions.Arriving(
            reference=reference,
            lookup=visit.draft.lookup,
            form=visit.draft.form,
            descriptor=visit.draft.descriptor,
            version=visit.ready.form.version,
            language=g.language,
            submitted_at=sent_at,
            urgent=visit.journey.is_urgent,
            sealed=recipients.seal(plain),
            files=files,
            limits=places.limits_of(form_now(visit.draft.form), visit.journey.group or ""),
            accepts_waiting=_accepts_waiting(),
        )
        sending = submissions.Sending(arriving, visit.sealed, visit.key.seal(plain, "copy"))
        try:
            with services().store.writing() as connection:
                return submissions.submit(connection, sending)
        except sa.exc.IntegrityError:
            continue  # the reference is taken, or a second click was quicker: ask again
    raise Unavailable("no free reference")


def _accepts_waiting() -> bool:
    return "waiting" in sent_inputs().get("place", ())


def _plain(visit: Visit, reference: str, sent_at: datetime) -> bytes:
    journey = visit.journey
    return write_plain(journey.ready.form, reference, g.language, sent_at, journey.rows, journey.files)


def _check_page(visit: Visit, status: int = 200, trouble: str = "") -> Response:
    journey: Journey = visit.journey
    if journey.exit is not None:
        return pages.page(
            "exit.html", journey.exit.title, form=visit.ready.form, leave=journey.exit, alerts=journey.alerts
        )
    title = _("Check your answers")
    return pages.page(
        "check.html",
        f"{_('Error')}: {title}" if status == 422 else title,
        status,
        form=visit.ready.form,
        journey=journey,
        sections=sections(visit.ready, journey.readings, journey.shown, journey.items, journey.files),
        alerts=journey.alerts,
        open_page=journey.open_page,
        blank=status == 422 and journey.open_page is None,
        csrf=csrf_token(services().secret, visit.key.lookup),
        trouble=trouble,
        offer=offers(form_now(visit.draft.form)).get(journey.group or ""),
    )


def _changed(form: str) -> Response:
    """409: another tab saved a page while this one sent; the answers as they are now, to be sent or changed."""
    visit = open_visit(form)
    if visit is None:
        return _to_receipt(form) or errors.gone()
    trouble = _("You changed an answer while you were sending. Nothing was sent yet. Look again, then send.")
    return _check_page(visit, status=409, trouble=trouble)


def _filled_up(visit: Visit, waitlist: bool) -> Response:
    """409: the group filled up meanwhile; the family chooses, and everything typed is kept."""
    field = visit.ready.form.fields[visit.ready.form.places.field] if visit.ready.form.places else None
    heading = _("This group has just filled up")
    return pages.page(
        "filled_up.html",
        heading,
        409,
        heading=heading,
        form=visit.ready.form,
        group=field.label_of(visit.journey.group or "") if field else "",
        page=visit.ready.form.page_of(field.name) if field else None,
        waitlist=waitlist,
        csrf=csrf_token(services().secret, visit.key.lookup),
    )


def _try_again(form: str) -> Response:
    """503: nothing was sent, everything is still in the draft."""
    return pages.message(
        _("We could not send your answers just now"),
        _("Nothing was sent yet. Your answers are still saved. Wait a moment, then try again."),
        status=503,
        retry_post=local_url("check", form=form),
        accepts_waiting=_accepts_waiting(),
        csrf=csrf_token(services().secret, key_of(code_on_device(form) or "").lookup),
        call_clinic=True,
    )


def _to_receipt(form: str) -> Response | None:
    """A second click on "send": the same done page, the same reference."""
    code = code_on_device(form)
    if code is None or receipt_of(form, code) is None:
        return None
    return keep_code(redirect(local_url("done", form=form), 303), form, code, RECEIPT_SECONDS)
