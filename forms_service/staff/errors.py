"""Pages for what goes wrong in the console: what happened, and who can help."""

from __future__ import annotations

import logging

from flask import Flask, g, redirect, request, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug import Response
from werkzeug.exceptions import HTTPException, Unauthorized

from forms_service.sealing.recipients import NoRecipients
from forms_service.staff import accounts, pages
from forms_service.staff.access import RoleTooLow
from forms_service.staff.console import parts, reading
from forms_service.staff.opened import Closed
from forms_service.staff.readable import Unreadable
from forms_service.staff.words import ROLE_NAMES
from forms_service.store import Unavailable

_log = logging.getLogger("kinbridge.staff")


def register(app: Flask) -> None:
    """Hang the error pages on the app."""
    app.register_error_handler(RoleTooLow, role_too_low)
    app.register_error_handler(Closed, closed)
    app.register_error_handler(CSRFError, stale_page)
    app.register_error_handler(Unauthorized, signed_out)
    app.register_error_handler(Unavailable, unavailable)
    app.register_error_handler(NoRecipients, no_recipients)
    app.register_error_handler(Unreadable, unreadable)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(Exception, unexpected)


def role_too_low(error: RoleTooLow) -> Response:
    """403, with those who can help."""
    with reading():
        helpers = accounts.admins(parts().sessions())
    return pages.message(
        _("Your role does not open this page"),
        _("This page is for the role “%(role)s”.", role=ROLE_NAMES[error.role]),
        _("One of these people can do it for you, or give you the role:"),
        status=403,
        people=helpers,
    )


def closed(error: Closed) -> Response:
    """A submission that is not shown: why, or the way to where it can be opened."""
    return error.answer


def stale_page(_error: CSRFError) -> Response:
    """403: the page was open too long, or another site sent the form."""
    return pages.message(
        _("This page was open too long"),
        _("Nothing was changed. Go back, reload the page and try again."),
        status=403,
    )


def signed_out(_error: Unauthorized) -> Response:
    """Somebody who is not signed in any more."""
    return redirect(url_for("staff.login"), 303)


def unavailable(_error: Unavailable) -> Response:
    """503: the database does not answer."""
    g.setdefault("person", None)
    return pages.message(
        _("We could not reach the records"),
        _("Nothing was changed. Please try again in a minute."),
        status=503,
    )


def no_recipients(_error: NoRecipients) -> Response:
    """503: nothing can be sealed, so nothing is kept."""
    return pages.message(
        _("There is no key to seal answers to"),
        _("Nothing was kept. Whoever runs Kinbridge for you makes one with `kinbridge keys new`."),
        status=503,
    )


def unreadable(_error: Unreadable) -> Response:
    """400: a character that no keyboard types."""
    return pages.message(
        _("We could not read that"),
        _("There is a character in it that no keyboard types. Nothing was changed."),
        _("Go back, type the text yourself instead of pasting it, and try again."),
        status=400,
    )


def http_error(error: HTTPException) -> Response:
    """A page for every other refusal."""
    if error.code is None or error.code < 400:
        return error.get_response(request.environ)
    g.setdefault("person", None)
    if error.code == 404:
        return pages.message(_("Page not found"), _("This page does not exist, or it has moved."), status=404)
    return pages.message(
        _("We could not read that"), _("Go back and try again. Nothing was changed."), status=error.code
    )


def unexpected(error: Exception) -> Response:
    """500, logged without a value."""
    _log.error("A page of the console failed", exc_info=error)
    g.setdefault("person", None)
    return pages.message(
        _("Something went wrong on our side"),
        _("Please try again in a few minutes. If it happens again, tell whoever runs Kinbridge for you."),
        status=500,
    )
