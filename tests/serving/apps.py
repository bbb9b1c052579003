"""Small WSGI applications that the served processes of these tests run."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from flask import Flask, request
from werkzeug.exceptions import HTTPException, NotFound

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

LARGE = 6_000_000


def plain() -> WSGIApplication:
    """An application whose addresses below /forms/ each do one thing."""

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        action = ACTIONS.get(environ["PATH_INFO"])
        try:
            if action is None:
                raise NotFound
            chunks = action(environ)
        except HTTPException as error:
            return error(environ, start_response)
        headers = [("Content-Type", "text/plain")]
        if not isinstance(chunks, bytes):
            start_response("200 OK", headers)
            return chunks
        start_response("200 OK", [*headers, ("Content-Length", str(len(chunks)))])
        return [chunks]

    return application


def watched() -> WSGIApplication:
    """The same, in a process that notes each file Python opens below TMPDIR (unnamed ones, too)."""
    notes = os.open(os.environ["KB_TEST_NOTES"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    folder = os.environ["TMPDIR"]

    def note(event: str, arguments: tuple[object, ...]) -> None:
        if event == "open" and str(arguments[0]).startswith(folder):
            os.write(notes, f"{arguments[0]}\n".encode())

    sys.addaudithook(note)
    return plain()


def settings() -> dict[str, str]:
    """Stands for the settings an application is made from."""
    return {"greeting": os.environ.get("KB_TEST_GREETING", "none")}


def with_settings(given: dict[str, str]) -> WSGIApplication:
    """An application that answers with a setting."""

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [given["greeting"].encode()]

    return application


def form() -> WSGIApplication:
    """A Flask application that reads a form and has words of its own for what is too large."""
    app = Flask(__name__)

    @app.post("/forms/intake/about")
    def about() -> str:
        return f"{len(request.form)} answers"

    @app.errorhandler(413)
    def too_large(error: Exception) -> tuple[str, int]:
        return "That was too much. Everything you saved is still here.", 413

    return app


def broken() -> WSGIApplication:
    """Cannot be made."""
    raise ValueError("there is no descriptor\nanywhere")


def _pid(environ: WSGIEnvironment) -> bytes:
    return str(os.getpid()).encode()


def _digest(environ: WSGIEnvironment) -> bytes:
    return hashlib.sha256(environ["wsgi.input"].read()).hexdigest().encode()


def _echo(environ: WSGIEnvironment) -> bytes:
    body: bytes = environ["wsgi.input"].read()
    return body


def _slow(environ: WSGIEnvironment) -> bytes:
    time.sleep(1.0)
    return b"slow and done"


def _stream(environ: WSGIEnvironment) -> Iterator[bytes]:
    for number in range(10):
        time.sleep(0.1)
        yield f"part {number}\n".encode()


def _large(environ: WSGIEnvironment) -> bytes:
    return b"x" * LARGE


def _fail(environ: WSGIEnvironment) -> bytes:
    raise ValueError(f"typed: {environ['QUERY_STRING']}")


def _environ(environ: WSGIEnvironment) -> bytes:
    return json.dumps({name: value for name, value in environ.items() if isinstance(value, str)}).encode()


def _settings_seen(environ: WSGIEnvironment) -> bytes:
    return json.dumps(sorted(name for name in os.environ if name.startswith("KINBRIDGE_"))).encode()


ACTIONS: dict[str, Callable[[WSGIEnvironment], bytes | Iterator[bytes]]] = {
    "/forms/pid": _pid,
    "/forms/digest": _digest,
    "/forms/echo": _echo,
    "/forms/slow": _slow,
    "/forms/stream": _stream,
    "/forms/large": _large,
    "/forms/fail": _fail,
    "/forms/environ": _environ,
    "/forms/settings": _settings_seen,
    "/health/live": lambda environ: b"alive",
}
