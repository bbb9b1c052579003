"""Whose page a POST comes from: the draft on this device, or nobody's."""

from __future__ import annotations

from werkzeug.exceptions import Forbidden

from forms_service.public.device import code_on_device
from forms_service.public.requests import require_same_origin, sent_inputs
from forms_service.public.services import services
from forms_service.rendering.questions import csrf_matches
from forms_service.sealing.drafts import key_of


def require_own_page(form: str) -> str | None:
    """The look-up id of the draft a POST belongs to; None: no code on this device. Raises Forbidden."""
    require_same_origin()
    code = code_on_device(form)
    if code is None:
        return None
    lookup = key_of(code).lookup
    token = "".join(sent_inputs().get("csrf_token", [])[:1])
    if not csrf_matches(services().secret, lookup, token):
        raise Forbidden
    return lookup
