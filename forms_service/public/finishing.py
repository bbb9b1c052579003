"""Check your answers, send them sealed, and what a family sees after."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import g, redirect
from flask_babel import gettext as _
from werkzeug import Response

from forms_service.answers import ReadyForm, prepare
from forms_service.answers.conditions import Values
from forms_service.packages.submission import read_plain, write_plain
from forms_service.public import errors, pages
from forms_service.public.blueprint import blueprint
from forms_service.public.device import RECEIPT_SECONDS, code_on_device, keep_code
from forms_service.public.journey import Journey
from forms_service.public.own_page import require_own_page
from forms_service.public.pages import local_url
from forms_service.public.services import Visit, open_visit, published, release, services
from forms_service.rendering.questions import csrf_token
from forms_service.rendering.summary import sections
from forms_service.sealing.codes import new_reference
from forms_service.sealing.drafts import DraftDamaged, DraftKey, key_of
from forms_service.store import Unavailable, copies, descriptors, submissions
from forms_service.store.times import now

TRIES = 5  # at a reference nobody has yet


@dataclass(frozen=True)
class Receipt:
    """What a family's code still shows after sending."""

    code: str
    submission: submissions.Submission
    plain: dict[str, Any] | None
    ready: ReadyForm


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
        sent = _send(visit)
    except Unavailable:
        return _try_again(form)
    if sent is None:
        return _to_receipt(form) or errors.gone()
    return keep_code(redirect(local_url("done", form=form), 303), form, visit.code, RECEIPT_SECONDS)


@blueprint.get("/<form>/done")
def done(form: str) -> Response:
    """The reference, the code, and what happens next."""
    published(form)
    receipt = receipt_of(form)
    if receipt is None:
        visit = open_visit(form)
        return redirect(local_url("check", form=form), 303) if visit else errors.gone()
    plain = receipt.plain
    values = receipt.ready.values(_readings(receipt.ready, plain)) if plain else {}
    return pages.page(
        "done.html",
        _("Sent"),
        form=receipt.ready.form,
        receipt=receipt,
        alerts=receipt.ready.alerts(values),
        guides=_guides(receipt.ready, values),
        copy_hours=int(copies.LIFETIME.total_seconds() // 3600),
    )


@blueprint.get("/<form>/print")
def own_copy(form: str) -> Response:
    """The family's own copy: to print or save, for 24 hours."""
    published(form)
    receipt = receipt_of(form)
    if receipt is None or receipt.plain is None:
        return errors.gone()
    answered = sections(receipt.ready, _readings(receipt.ready, receipt.plain))
    return pages.page(
        "print.html", _("Your answers"), form=receipt.ready.form, receipt=receipt, sections=answered
    )


def _guides(ready: ReadyForm, values: Values) -> list[tuple[str, str]]:
    """Address and title of each guide to offer, in the reader's language; a guide that is not built is left out."""
    titles = release().guides.get(g.language, {})
    prefix = "" if g.language == release().languages[0] else f"/{g.language}"
    return [(f"{prefix}/{name}/", titles[name]) for name in ready.reading(values) if name in titles]


def sent_before(form: str) -> Response | None:
    """The page for a form that was sent already (the back button after sending), or None."""
    receipt = receipt_of(form)
    if receipt is None:
        return None
    return pages.page("sent.html", _("You have sent this form"), form=receipt.ready.form, receipt=receipt)


def receipt_of(form: str, code: str | None = None) -> Receipt | None:
    """What was sent with the device's code (or `code`), or None."""
    code = code or code_on_device(form)
    if code is None:
        return None
    key = key_of(code)
    with services().store.reading() as connection:
        found = submissions.find_by_lookup(connection, key.lookup)
        if found is None or found.form != form:
            return None
        sealed = copies.find(connection, key.lookup)
        kept = descriptors.fetch(connection, found.descriptor)
    current = published(form)
    ready = (
        prepare(kept, g.language)
        if kept and found.descriptor != current.digest
        else current.ready(g.language)
    )
    return Receipt(code, found, _opened(key, sealed), ready)


def _send(visit: Visit) -> str | None:
    """The reference under which the submission is kept; None: the draft is gone."""
    recipients, sent_at = services().recipients(), now()
    for _try in range(TRIES):
        reference = new_reference()
        plain = _plain(visit, reference, sent_at)
        sending = submissions.Sending(
            reference=reference,
            draft=visit.draft,
            version=visit.ready.form.version,
            language=g.language,
            submitted_at=sent_at,
            urgent=any(alert.level == "urgent" for alert in visit.journey.alerts),
            sealed=recipients.seal(plain),
            copy=visit.key.seal(plain, "copy"),
        )
        try:
            with services().store.writing() as connection:
                return submissions.submit(connection, sending)
        except sa.exc.IntegrityError:
            continue  # the reference is taken, or a second click was quicker: ask again
    raise Unavailable("no free reference")


def _plain(visit: Visit, reference: str, sent_at: datetime) -> bytes:
    form = visit.ready.form
    return write_plain(form, reference, g.language, sent_at, {form.resource: [visit.journey.row]})


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
        sections=sections(visit.ready, journey.readings, journey.shown),
        alerts=journey.alerts,
        open_page=journey.open_page,
        blank=status == 422 and journey.open_page is None,
        csrf=csrf_token(services().secret, visit.key.lookup),
        trouble=trouble,
    )


def _try_again(form: str) -> Response:
    """503: nothing was sent, everything is still in the draft."""
    return pages.message(
        _("We could not send your answers just now"),
        _("Nothing was sent yet. Your answers are still saved. Wait a moment, then try again."),
        status=503,
        retry_post=local_url("check", form=form),
        csrf=csrf_token(services().secret, key_of(code_on_device(form) or "").lookup),
        call_clinic=True,
    )


def _to_receipt(form: str) -> Response | None:
    """A second click on "send": the same done page, the same reference."""
    code = code_on_device(form)
    if code is None or receipt_of(form, code) is None:
        return None
    return keep_code(redirect(local_url("done", form=form), 303), form, code, RECEIPT_SECONDS)


def _opened(key: DraftKey, sealed: bytes | None) -> dict[str, Any] | None:
    try:
        return read_plain(key.open(sealed, "copy")) if sealed else None
    except (DraftDamaged, json.JSONDecodeError):
        return None


def _readings(ready: ReadyForm, plain: dict[str, Any]) -> dict[str, Any]:
    (row,) = plain["rows"][ready.form.resource]
    return {name: ready.judge.read(name, row.get(name)) for name in ready.form.fields}
