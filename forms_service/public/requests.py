"""What a browser sends, read strictly: nothing is guessed, nothing is spooled to disk."""

from __future__ import annotations

from functools import cached_property
from urllib.parse import parse_qsl, urlsplit

from flask import Request, request
from werkzeug.exceptions import BadRequest, Forbidden, UnsupportedMediaType

MOST_BYTES = 4 * 1024 * 1024  # of one POST; 1 MB of text in another script is 3 MB percent-encoded
MOST_INPUTS = 1_000  # of one POST


class FormRequest(Request):
    """A request whose form is urlencoded UTF-8; broken bytes survive as lone surrogates for the judge to refuse."""

    max_content_length = MOST_BYTES

    @cached_property
    def inputs(self) -> dict[str, list[str]]:
        """Every input by name. Raises BadRequest, RequestEntityTooLarge or UnsupportedMediaType."""
        if self.mimetype not in ("application/x-www-form-urlencoded", ""):
            raise UnsupportedMediaType
        body = self.get_data(cache=False).decode("utf-8", "surrogateescape")
        try:
            pairs = parse_qsl(
                body, keep_blank_values=True, errors="surrogateescape", max_num_fields=MOST_INPUTS
            )
        except ValueError:
            raise BadRequest from None
        inputs: dict[str, list[str]] = {}
        for name, value in pairs:
            inputs.setdefault(name, []).append(value)
        return inputs


def sent_inputs() -> dict[str, list[str]]:
    """The inputs of this request, by name. Raises as `FormRequest.inputs` does."""
    found: dict[str, list[str]] = request.inputs  # type: ignore[attr-defined]
    return found


def require_same_origin() -> None:
    """Refuse a POST that another site caused (design 7, "CSRF without a session"). Raises Forbidden."""
    origin = request.headers.get("Origin")
    site = request.headers.get("Sec-Fetch-Site")
    if origin not in (None, "null") and urlsplit(origin or "").netloc != request.host:
        raise Forbidden
    if origin == "null" and site != "same-origin":
        raise Forbidden
    if site is not None and site not in ("same-origin", "none"):
        raise Forbidden


def visible(text: str) -> str:
    """Typed text that can be shown again: what UTF-8 or HTML cannot carry becomes a replacement mark."""
    return text.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
