"""What stays on the family's device: one cookie a form, which holds its code."""

from __future__ import annotations

from flask import request
from werkzeug import Response

from forms_service.sealing.codes import read_code
from forms_service.store import drafts

RECEIPT_SECONDS = 30 * 60  # after sending
DRAFT_SECONDS = int(drafts.LIFETIME.total_seconds())


def code_on_device(form: str) -> str | None:
    """The code of the form begun or just sent in this browser, or None."""
    return read_code(request.cookies.get(_name(form), ""))


def keep_code(response: Response, form: str, code: str, seconds: int = DRAFT_SECONDS) -> Response:
    """Keep a code on this device for `seconds`."""
    response.set_cookie(
        _name(form), code, max_age=seconds, path="/", httponly=True, samesite="Lax", secure=request.is_secure
    )
    return response


def forget_code(response: Response, form: str) -> Response:
    """Clear this device."""
    response.delete_cookie(_name(form), path="/", httponly=True, samesite="Lax", secure=request.is_secure)
    return response


def _name(form: str) -> str:
    return f"__Host-kb-{form}" if request.is_secure else f"kb-{form}"
