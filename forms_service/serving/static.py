"""Serves the published release's pages, and hands everything else to the application."""

from __future__ import annotations

import functools
import hashlib
import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import parsedate
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header, parse_etags
from whitenoise import WhiteNoise
from whitenoise.responders import StaticFile
from whitenoise.string_utils import decode_path_info

from forms_service.serving.headers import (
    search_worker,
    search_worker_policy,
    security_headers,
    with_default_headers,
)

if TYPE_CHECKING:
    from wsgiref.headers import Headers
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["RELEASE", "ReleaseSite", "security_headers"]

RELEASE = "kinbridge.release"
METHODS = ("GET", "HEAD", "POST")
# A letter is asked for: "minutes-20261124.pdf" carries a date, not a hash.
HASHED = re.compile(r"[.-](?=[0-9]*[a-f])[0-9a-f]{8,64}(\.min)?\.[a-z0-9]+$")
ASKS_FOR_A_PART = re.compile(r"bytes=(?:(?P<first>[0-9]+)-(?P<last>[0-9]*)|-(?P<tail>[0-9]+))$")
TYPES = {
    ".csv": "text/csv",
    ".ics": "text/calendar",
    ".md": "text/markdown",
    ".webmanifest": "application/manifest+json",
}
NOT_READY = (
    "This site is not ready yet",
    "Nothing has been published here so far. Please come back in a few minutes. "
    "If someone is in danger now, call your local emergency number.",
)
NOT_ALLOWED = ("This cannot be done here", "Please go back and try another way.")

_log = logging.getLogger("kinbridge.site")


@dataclass(frozen=True)
class _Release:
    """A release as the link named it, and its files by address."""

    target: str
    folder: Path
    files: dict[str, Any] | None


class ReleaseSite:
    """WSGI middleware: files of the release behind `current`, read anew when the link's target changes.

    The application finds the folder of the same release as `environ[RELEASE]`, so that page, shell and form
    of one request never come from two releases.
    """

    def __init__(self, app: WSGIApplication, current: Path) -> None:
        self._app = with_default_headers(app, {"Cache-Control": "no-store"})
        self._current = current
        self._lock = Lock()
        self._loaded: _Release | None = None
        self._release()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] not in METHODS:
            allow = [("Allow", ", ".join(METHODS))]
            return _plain(environ, start_response, "405 Method Not Allowed", NOT_ALLOWED, allow)
        path = decode_path_info(environ.get("PATH_INFO", ""))
        release = self._release()
        if release is None or release.files is None:
            if path.startswith("/health/"):
                return self._app(environ, start_response)
            later = [("Retry-After", "60")]
            return _plain(environ, start_response, "503 Service Unavailable", NOT_READY, later)
        file = release.files.get(path)
        if file is None:
            environ[RELEASE] = str(release.folder)
            return self._app(environ, start_response)
        return _sending(file, path)(environ, start_response)

    def holds(self, path_info: str) -> bool:
        """Whether the release last read answers this address: then no database is asked."""
        loaded = self._loaded
        return bool(loaded and loaded.files and decode_path_info(path_info) in loaded.files)

    def _release(self) -> _Release | None:
        try:
            target = str(self._current.readlink())
        except OSError:
            return None
        loaded = self._loaded
        if loaded is None or loaded.target != target:
            with self._lock:
                loaded = self._loaded
                if loaded is None or loaded.target != target:
                    loaded = self._loaded = _read_release(target, self._current.parent / target)
        return loaded


def _read_release(target: str, folder: Path) -> _Release:
    public = folder / "public"
    if not public.is_dir():
        _log.error("The release %s has no folder public: publish again.", folder.name)
        return _Release(target, folder, None)
    whitenoise = WhiteNoise(
        None,
        public,
        max_age=None,
        index_file=True,
        allow_all_origins=False,
        mimetypes=TYPES,
        add_headers_function=_describe,
    )
    return _Release(target, folder, whitenoise.files)


def _describe(headers: Headers, path: str, url: str) -> None:
    """By content, not by time: a rollback restores old times, a rebuild makes new ones."""
    digest = hashlib.sha256(Path(path).read_bytes()).hexdigest()
    headers["ETag"] = f'"{digest[:20]}"'
    lasting = HASHED.search(url)
    headers["Cache-Control"] = "public, max-age=31536000, immutable" if lasting else "no-cache"


def _sending(file: Any, path: str) -> WSGIApplication:
    """What answers with a file. Also a 304 must name the worker's policy: it replaces the one the browser kept."""
    send: WSGIApplication = functools.partial(_send, file)
    if search_worker.fullmatch(path):
        return with_default_headers(send, {"Content-Security-Policy": search_worker_policy})
    return send


def _send(file: Any, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
        return _plain(
            environ, start_response, "405 Method Not Allowed", NOT_ALLOWED, [("Allow", "GET, HEAD")]
        )
    if isinstance(file, StaticFile):
        _settle_conditions(file, environ)
        _settle_encodings(environ)
        _settle_range(file, environ)
    answer: Iterable[bytes] = WhiteNoise.serve(file, environ, start_response)
    return answer


def _settle_conditions(file: Any, environ: WSGIEnvironment) -> None:
    """WhiteNoise knows one strong tag, and dates by order; lists, weak tags and rollbacks need more."""
    tags = environ.get("HTTP_IF_NONE_MATCH")
    if tags and parse_etags(tags).contains_weak(file.etag.strip('"')):
        environ["HTTP_IF_NONE_MATCH"] = file.etag
    date = environ.get("HTTP_IF_MODIFIED_SINCE")
    if date and parsedate(date) != file.last_modified:
        del environ["HTTP_IF_MODIFIED_SINCE"]


def _settle_encodings(environ: WSGIEnvironment) -> None:
    """WhiteNoise looks for the word alone: `br;q=0` would get brotli."""
    accepted = environ.get("HTTP_ACCEPT_ENCODING", "").lower()
    if "q=" in accepted:
        wanted = (name for name, quality in parse_accept_header(accepted, Accept) if quality > 0)
        accepted = ",".join(wanted)
    environ["HTTP_ACCEPT_ENCODING"] = accepted


def _settle_range(file: Any, environ: WSGIEnvironment) -> None:
    """A range is of the plain bytes of this version; one that WhiteNoise would read wrongly is ignored."""
    wanted = environ.get("HTTP_RANGE")
    if wanted is None:
        return
    environ["HTTP_ACCEPT_ENCODING"] = ""
    match = ASKS_FOR_A_PART.match(wanted)
    backwards = match and match["last"] and int(match["last"]) <= int(match["first"])
    changed = environ.get("HTTP_IF_RANGE", file.etag) != file.etag
    if match is None or backwards or match["tail"] in ("0", "1") or changed:
        del environ["HTTP_RANGE"]


def _plain(
    environ: WSGIEnvironment,
    start_response: StartResponse,
    status: str,
    words: tuple[str, str],
    headers: list[tuple[str, str]],
) -> Iterable[bytes]:
    body = plain_page(*words)
    described = [
        ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
    ]
    start_response(status, [*described, *headers])
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def plain_page(title: str, text: str) -> bytes:
    """A page without the site's look, for answers that no application gives."""
    return (
        '<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title></head>\n<body><main><h1>{title}</h1><p>{text}</p></main></body>\n</html>\n"
    ).encode()
