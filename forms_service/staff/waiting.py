"""The answer to somebody who tried too often: how long to wait, and who is not kept out by it."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug import Response

from forms_service.staff.pages import message
from forms_service.staff.throttle import Throttle


def wait_page(slow: Throttle) -> Response:
    """429 with `Retry-After`."""
    seconds = max(slow.wait, 1)
    minutes = -(-seconds // 60)
    if seconds < 60:
        wait = ngettext(
            "Wait %(num)s second, then try again.", "Wait %(num)s seconds, then try again.", seconds
        )
    else:
        wait = ngettext(
            "Wait %(num)s minute, then try again.", "Wait %(num)s minutes, then try again.", minutes
        )
    if slow.is_known:
        others = _("Only this browser is slowed down: nobody else has to wait.")
    else:
        others = _(
            "A browser that signed in to this account in the last 90 days does not have to wait because of this."
        )
    response = message(_("Too many wrong tries"), wait, others, status=429)
    response.headers["Retry-After"] = str(seconds)
    return response
