"""Public applications with a fault planted in them: each must make a proof fail."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pyrage
import sqlalchemy as sa
from flask import Flask, request

from forms_service.public import answering, create_app
from forms_service.public.services import services
from forms_service.settings import Settings


def opens_the_identity(settings: Settings) -> Flask:
    """Reads the identity when it starts."""
    settings.identity_file.read_bytes()
    return create_app(settings)


def reaches_for_the_identity(settings: Settings) -> Flask:
    """Tries every other way to it when it starts, and goes on when refused."""
    link = settings.var / "harmless.txt"
    link.symlink_to(settings.identity_file)
    with contextlib.suppress(PermissionError):
        os.close(os.open(link, os.O_RDONLY))
    subprocess.run(["cat", settings.identity_file], stdout=subprocess.DEVNULL)
    importlib.import_module("forms_service.sealing.identity")
    return create_app(settings)


def opens_the_identity_later(settings: Settings) -> Flask:
    """Reads it when a family comes to one form, and for another lets native code open it, which no hook sees."""
    app = create_app(settings)

    def open_it() -> None:
        if request.path == "/forms/intake/":
            settings.identity_file.read_text()
        elif request.path == "/forms/question/":
            with contextlib.suppress(pyrage.DecryptError, OSError):
                pyrage.decrypt_file(str(settings.identity_file), str(settings.var / "out"), [])

    app.before_request(open_it)
    return app


def raises_what_was_typed(settings: Settings) -> Flask:
    """Fails with an error whose words quote the family, and whose cause does too."""

    def save(*_: object) -> bool:
        try:
            raise KeyError(request.get_data(), dict(request.headers), request.sent.inputs)  # type: ignore[attr-defined]
        except KeyError as error:
            raise ValueError(f"cannot keep {request.sent.inputs!r}") from error  # type: ignore[attr-defined]

    answering.save = save  # type: ignore[assignment]
    return create_app(settings)


def leaks_what_was_typed(settings: Settings) -> Flask:
    """Prints it, spools it into a file without a name, names a file after it, and keeps it without sealing."""
    app = create_app(settings)
    spool = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the process

    def leak() -> None:
        spool.write(request.get_data())
        spool.flush()
        print(request.get_data().decode(), file=sys.stderr, flush=True)
        inputs: dict[str, list[str]] = request.sent.inputs  # type: ignore[attr-defined]
        for words in inputs.get("your_name", []):
            (Path(tempfile.gettempdir()) / words).touch()
            with services().store.writing() as connection:
                connection.execute(
                    sa.text("UPDATE drafts SET language = :plain"), {"plain": json.dumps(words)}
                )

    app.before_request(leak)
    return app
