"""Watches a public worker from its first instruction: it must neither open the identity nor load what opens it.

Python imports this file by its name when its folder is on PYTHONPATH. What a worker does is noted in
KB_TEST_MARKS, one line each; opening KB_TEST_IDENTITY also fails.
"""

from __future__ import annotations

import json
import os
import sys

IDENTITY, MARKS = os.environ.get("KB_TEST_IDENTITY"), os.environ.get("KB_TEST_MARKS")
OPENS_IT = "forms_service/sealing/identity.py"
STARTS_A_PROCESS = {"os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.system", "subprocess.Popen"}


def _is_public_worker() -> bool:
    words = sys.orig_argv
    if "forms_service.serving.worker" not in words:
        return False
    return bool(json.loads(words[-1])["title"] == "Site and forms")


def _watch(identity: str, marks: str) -> None:
    secret = os.stat(identity)  # noqa: PTH116 - pathlib is not to be loaded before the worker's own code
    notes = os.open(marks, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def note(line: str) -> None:
        os.write(notes, f"{line}\n".encode())

    def is_secret(target: object) -> bool:
        try:
            found = os.stat(target)  # type: ignore[arg-type]  # noqa: PTH116
        except (OSError, TypeError, ValueError):
            return False
        return (found.st_dev, found.st_ino) == (secret.st_dev, secret.st_ino)

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event == "open" and is_secret(arguments[0]):
            note(f"opened {arguments[0]!r}")
            raise PermissionError("the public process must not open the identity")
        if event == "exec" and getattr(arguments[0], "co_filename", "").endswith(OPENS_IT):
            note(f"loaded {OPENS_IT}")
        elif event in STARTS_A_PROCESS:
            note(f"started a process: {event}")

    note(f"watching {os.getpid()}")
    sys.addaudithook(hook)


if IDENTITY and MARKS and _is_public_worker():
    _watch(IDENTITY, MARKS)
