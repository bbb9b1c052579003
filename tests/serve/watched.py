"""The public application, in a process that notes every file it makes or writes below its temporary folder."""

from __future__ import annotations

import os
import sys
import tempfile

from flask import Flask

from forms_service.public import create_app
from forms_service.settings import Settings


def notes_temporary_files(settings: Settings) -> Flask:
    """Our application; the notes stand beside the instance. One file is of the watch itself: so it is seen to see."""
    notes = os.open(settings.instance.parent / "notes", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    folder = tempfile.gettempdir()

    def note(event: str, arguments: tuple[object, ...]) -> None:
        if event == "open" and str(arguments[0]).startswith(folder):
            os.write(notes, f"{arguments[0]}\n".encode())

    sys.addaudithook(note)
    tempfile.TemporaryFile().close()
    return create_app(settings)
