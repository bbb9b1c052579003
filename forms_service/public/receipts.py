"""What a family sees after sending: its reference, its place, what happens next."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from flask import g, redirect
from flask_babel import gettext as _
from werkzeug import Response

from forms_service.answers import ReadyForm, prepare
from forms_service.answers.conditions import Values
from forms_service.definition import Descriptor
from forms_service.packages.submission import read_plain
from forms_service.public import errors, pages
from forms_service.public.blueprint import blueprint
from forms_service.public.device import code_on_device
from forms_service.public.own_page import require_own_page
from forms_service.public.pages import local_url
from forms_service.public.requests import sent_inputs
from forms_service.public.services import form_now, open_visit, published, release, services
from forms_service.rendering.questions import csrf_token
from forms_service.sealing.drafts import DraftDamaged, DraftKey, key_of
from forms_service.store import copies, descriptors, places, submissions


@dataclass(frozen=True)
class Receipt:
    """What a family's code still shows after sending."""

    code: str
    submission: submissions.Submission
    plain: dict[str, Any] | None
    ready: ReadyForm
    descriptor: Descriptor
    place: places.Place | None = None
    ahead: int = 0


@blueprint.get("/<form>/done")
def done(form: str) -> Response:
    """The reference, the code, and what happens next."""
    published(form)
    receipt = receipt_of(form)
    if receipt is None:
        visit = open_visit(form)
        return redirect(local_url("check", form=form), 303) if visit else errors.gone()
    plain = receipt.plain
    values = _values(receipt.ready, plain) if plain else Values()
    return pages.page(
        "done.html",
        _("Sent"),
        form=receipt.ready.form,
        receipt=receipt,
        alerts=receipt.ready.alerts(values),
        guides=_guides(receipt.ready, values),
        csrf=csrf_token(services().secret, receipt.submission.lookup),
        group=_group_label(receipt),
        copy_hours=int(copies.LIFETIME.total_seconds() // 3600),
    )


@blueprint.post("/<form>/done")
def answer_offer(form: str) -> Response:
    """Take the place that was offered, or give it to the next in line."""
    published(form)
    if require_own_page(form) is None:
        return errors.gone()
    receipt = receipt_of(form)
    place = receipt.place if receipt else None
    limits = _limits(receipt) if receipt else None
    if place is not None and limits is not None and place.status != places.CANCELLED:
        with services().store.writing() as connection:
            if "decline" in sent_inputs():
                places.release(connection, place, limits)
            else:
                places.accept(connection, place, limits)
    return redirect(local_url("done", form=form), 303)


def _limits(receipt: Receipt) -> places.Limits | None:
    """What the group allows now; as it was at the time of sending when its row was taken out since."""
    if receipt.place is None:
        return None
    group = receipt.place.group_key
    now = places.limits_of(form_now(receipt.submission.form), group)
    return now or places.limits_of(receipt.ready.form, group)


def _group_label(receipt: Receipt) -> str:
    form = receipt.ready.form
    if receipt.place is None or form.places is None:
        return ""
    return form.fields[form.places.field].label_of(receipt.place.group_key)


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
        place = places.find(connection, found.reference)
        ahead = places.ahead(connection, place) if place else 0
    current = published(form, code)
    older = kept if kept and found.descriptor != current.digest else None
    ready = prepare(older, g.language) if older else current.ready(g.language)
    return Receipt(code, found, _opened(key, sealed), ready, older or current.descriptor, place, ahead)


def _opened(key: DraftKey, sealed: bytes | None) -> dict[str, Any] | None:
    try:
        return read_plain(key.open(sealed, "copy")) if sealed else None
    except (DraftDamaged, json.JSONDecodeError):
        return None


def _values(ready: ReadyForm, plain: dict[str, Any]) -> Values:
    (row,) = plain["rows"][ready.form.resource]
    return ready.values(ready.judge.row(row), ready.items(plain["rows"]))
