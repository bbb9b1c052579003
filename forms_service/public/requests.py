"""What a browser sends, read strictly: nothing is guessed, nothing is spooled to disk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO
from typing import IO
from urllib.parse import parse_qsl, urlsplit

from flask import Request, request
from werkzeug.exceptions import BadRequest, Forbidden, RequestEntityTooLarge, UnsupportedMediaType
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData, Preamble

from forms_service.answers.cleaning import MOST_BYTES as MOST_OF_A_FILE

MOST_BYTES = 4 * 1024 * 1024  # of one POST; 1 MB of text in another script is 3 MB percent-encoded
MOST_WITH_FILE = MOST_OF_A_FILE + 1024 * 1024  # of one POST that sends a file
MOST_INPUTS = 1_000  # of one POST
HEAD = 512 * 1024  # bytes looked at of a POST that is too large: what was typed above the file stands there
_CHUNK = 64 * 1024


@dataclass(frozen=True)
class SentFile:
    """A file as a browser sent it."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Sent:
    """The inputs and files of a POST by name; `whole` is False when only its beginning was looked at."""

    inputs: dict[str, list[str]] = field(default_factory=dict)
    files: dict[str, SentFile] = field(default_factory=dict)
    whole: bool = True


class FormRequest(Request):
    """A request whose form is UTF-8; broken bytes survive as lone surrogates for the judge to refuse."""

    @property
    def sends_file(self) -> bool:
        """Whether the form is of the kind that can hold a file."""
        return bool(self.mimetype == "multipart/form-data")

    @property  # type: ignore[misc]
    def max_content_length(self) -> int:  # type: ignore[override]
        """How many bytes are read."""
        return MOST_WITH_FILE if self.sends_file else MOST_BYTES

    @property
    def is_too_large(self) -> bool:
        """Whether more was sent than is read."""
        return (self.content_length or 0) > self.max_content_length

    @cached_property
    def sent(self) -> Sent:
        """All that was sent; of a form with too large a file what stands above it.

        Raises BadRequest, RequestEntityTooLarge or UnsupportedMediaType.
        """
        if self.sends_file:
            return _parts(self)
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
        return Sent(inputs)


def _parts(form: FormRequest) -> Sent:
    """The parts of a multipart form, in memory. Raises BadRequest."""
    boundary = form.mimetype_params.get("boundary", "")
    sent = Sent(whole=not form.is_too_large)
    stream: IO[bytes] = form.stream if sent.whole else _beginning(form)
    decoder = MultipartDecoder(boundary.encode("ascii", "replace"), max_parts=MOST_INPUTS)
    try:
        for part, content in _whole_parts(decoder, stream, ends=sent.whole):
            if isinstance(part, Field):
                sent.inputs.setdefault(part.name, []).append(content.decode("utf-8", "surrogateescape"))
            elif part.filename:  # no file was chosen where there is no name
                sent.files[part.name] = SentFile(part.filename, content)
    except ValueError:  # no boundary, a part without a name, an end that never came
        raise BadRequest from None
    return sent


def _whole_parts(
    decoder: MultipartDecoder, stream: IO[bytes], ends: bool
) -> Iterator[tuple[Field | File, bytes]]:
    """Each part that arrived whole. Raises ValueError."""
    part: Field | File | None = None
    content: list[bytes] = []
    while True:
        event = decoder.next_event()
        if isinstance(event, Field | File):
            part, content = event, []
        elif isinstance(event, Data):
            content.append(event.data)
            if not event.more_data and part is not None:
                yield part, b"".join(content)
        elif isinstance(event, NeedData):
            chunk = stream.read(_CHUNK)
            if not chunk and not ends:
                return
            decoder.receive_data(chunk or None)
        elif isinstance(event, Epilogue):
            return
        elif not isinstance(event, Preamble):
            raise ValueError(event)


def _beginning(form: FormRequest) -> IO[bytes]:
    """The first bytes of a body that is not read to its end."""
    raw = form.environ["wsgi.input"]
    head = getattr(raw, "head", None)  # our server keeps it of a body that it does not keep
    return BytesIO(head if head is not None else raw.read(HEAD))


def sent_inputs() -> dict[str, list[str]]:
    """The inputs of this request, by name. Raises as `FormRequest.sent` does."""
    return sent_form().inputs


def sent_form() -> Sent:
    """All that this request sends. Raises as `FormRequest.sent` does."""
    found: Sent = request.sent  # type: ignore[attr-defined]
    return found


def refuse_too_much() -> None:
    """Refuse a body over the limit even where no view reads it; a page can say it of its file itself.

    Raises RequestEntityTooLarge.
    """
    too_large = request.is_too_large  # type: ignore[attr-defined]
    on_page = request.endpoint is not None and request.endpoint.endswith(".answer")
    if too_large and not (on_page and request.sends_file):  # type: ignore[attr-defined]
        raise RequestEntityTooLarge


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
