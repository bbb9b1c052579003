"""Clearing this device and leaving."""

from __future__ import annotations

from flask import g, request
from flask_babel import gettext as _
from werkzeug import Response

from forms_service.public import errors, pages
from forms_service.public.blueprint import blueprint
from forms_service.public.device import code_on_device, forget_code
from forms_service.public.own_page import require_own_page
from forms_service.public.services import open_visit, published, release, services
from forms_service.rendering.questions import csrf_token
from forms_service.sealing.drafts import key_of
from forms_service.store import drafts


@blueprint.get("/<form>/leave")
def leave(form: str) -> Response:
    """What clearing this device does, with the code to keep."""
    published(form)
    code = code_on_device(form)
    if code is None:
        return errors.gone()
    return pages.page(
        "leave.html",
        _("Clear this device"),
        form=published(form).ready(g.language).form,
        code=code,
        draft=open_visit(form),
        csrf=csrf_token(services().secret, key_of(code).lookup),
    )


@blueprint.post("/<form>/leave")
def clear(form: str) -> Response:
    """Clear this device: `?erase` the draft too, `?exit` to the clinic's neutral page at once."""
    published(form)
    lookup = require_own_page(form)
    if lookup is not None and "erase" in request.args:
        with services().store.writing() as connection:
            drafts.discard(connection, lookup)
        services().store.forget_erased()
    if "exit" in request.args:
        return forget_code(_exit(), form)
    answer = pages.message(
        _("This device is cleared"),
        _("Nobody can open your form from here any more."),
        _("Close this window too if others use this device."),
        status=200,
        cleared=True,
    )
    return forget_code(answer, form)


def _exit() -> Response:
    """An empty page that moves on: a redirect of a form to another site is stopped by `form-action`."""
    target = str(release().clinic.get("quick_exit_url") or "/")
    response = Response("", mimetype="text/html")
    response.headers["Refresh"] = f"0; url={target}"
    return response
