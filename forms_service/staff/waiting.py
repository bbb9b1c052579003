"""The answer to somebody who tried too often: how long to wait, and that nobody else is kept out."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug import Response

from forms_service.staff.pages import message


def wait_page(seconds: int) -> Response:
    """429 with `Retry-After`."""
    minutes = -(-seconds // 60)
    if seconds < 60:
        wait = ngettext(
            "Wait %(num)s second, then try again.", "Wait %(num)s seconds, then try again.", seconds
        )
    else:
        wait = ngettext(
            "Wait %(num)s minute, then try again.", "Wait %(num)s minutes, then try again.", minutes
        )
    response = message(
        _("Too many wrong tries"),
        wait,
        _("Only tries from here are slowed down: you can still sign in from another place."),
        status=429,
    )
    response.headers["Retry-After"] = str(seconds)
    return response
