"""Pages for what goes wrong: each says what happened, what was kept, and what to do next."""

from __future__ import annotations

import logging

from flask import Flask, g, request
from flask_babel import gettext as _
from werkzeug import Response
from werkzeug.exceptions import HTTPException

from forms_service.public import pages
from forms_service.public.release import NotPublished
from forms_service.public.requests import sent_inputs
from forms_service.sealing.recipients import NoRecipients
from forms_service.store import Unavailable

_log = logging.getLogger("kinbridge.public")


def register(app: Flask) -> None:
    """Hang the error pages on the app."""
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(Exception, unexpected)
    app.register_error_handler(NotPublished, not_published)
    app.register_error_handler(NoRecipients, no_recipients)
    app.register_error_handler(Unavailable, unavailable)


def http_error(error: HTTPException) -> Response:
    """A page for each kind of refusal; the shell is missing only before the first publish."""
    if error.code is None or error.code < 400:
        return error.get_response(request.environ)
    try:
        return _page(error.code)
    except NotPublished as missing:
        return not_published(missing)


def _page(code: int) -> Response:
    if code == 404:
        return pages.message(_("Page not found"), _("This page does not exist, or it has moved."), status=404)
    if code == 403:
        return refused()
    if code == 413:
        return pages.message(
            _("That was too much text"),
            _("Go back and make your answers shorter. Nothing was sent."),
            status=413,
        )
    if code == 429:
        return pages.message(
            _("Too many tries"), _("Wait an hour, then try your code again. Nothing was lost."), status=429
        )
    if code == 405:
        return pages.message(_("Start from the form"), _("This page cannot be opened this way."), status=405)
    return pages.message(
        _("We could not read that"), _("Go back and try again. Nothing was sent."), status=code
    )


def refused() -> Response:
    """403: the page belongs to another form or site; what was typed is shown to be copied."""
    return pages.message(
        _("We could not accept that"),
        _("This page was open too long, or it belongs to another form. Nothing was sent."),
        _("Open the form again and go on. What you typed is shown below so that you can copy it."),
        status=403,
        typed=typed_text(),
    )


def gone() -> Response:
    """410: no draft on this device; what was typed is shown to be copied."""
    form = (request.view_args or {}).get("form")
    return pages.message(
        _("Your form is not open on this device"),
        _(
            "It may have been closed here, or 14 days have passed since you last saved. Nothing more was sent."
        ),
        _("If you wrote down your code, you can go on where you stopped."),
        status=410,
        typed=typed_text(),
        start=form,
    )


def unexpected(error: Exception) -> Response:
    """500, logged without anything a family typed."""
    _log.error("A page failed", exc_info=error)  # the log tells type and place, never a value
    if "language" not in g:
        return Response("Something went wrong on our side. Please try again.\n", 500, mimetype="text/plain")
    return pages.message(
        _("Something went wrong on our side"),
        _("Please try again in a few minutes. Nothing was sent."),
        status=500,
        typed=typed_text(),
        call_clinic=True,
    )


def not_published(_error: NotPublished) -> Response:
    """503 before the first publish."""
    return Response("This site is being set up. Please come back soon.\n", 503, mimetype="text/plain")


def no_recipients(_error: NoRecipients) -> Response:
    """503: nobody could open what is sent, so nothing is taken."""
    return pages.message(
        _("We cannot take forms right now"),
        _("Please call us instead. We are sorry for the trouble."),
        status=503,
        retry=_this_address(),
        call_clinic=True,
        typed=typed_text(),
    )


def unavailable(_error: Unavailable) -> Response:
    """503 where there was nothing to keep: the same address can be tried again."""
    return pages.message(
        _("We could not reach our records"),
        _("Nothing was sent and nothing was lost. Please try again in a minute."),
        status=503,
        retry=_this_address(),
        typed=typed_text(),
        call_clinic=True,
    )


def _this_address() -> str:
    """What "Try again" opens: this page; every address that takes a POST shows a page, too."""
    return request.full_path.rstrip("?") if request.method == "GET" else request.path


def typed_text() -> list[str]:
    """What was typed on the page that could not be kept, to be shown again (never logged)."""
    if request.method != "POST":
        return []
    try:
        inputs = sent_inputs()
    except HTTPException:
        return []
    return [
        value for name, values in inputs.items() if name != "csrf_token" for value in values if value.strip()
    ]
