"""Files that are there whole or not at all, also after a power cut, and locks that end with their process."""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


def write_whole(file: Path, content: bytes, mode: int = 0o600) -> None:
    """Write or replace `file` in one step; its mode is `mode`. Raises OSError, and then nothing has changed."""
    with writing_whole(file, mode) as out:
        out.write(content)


@contextmanager
def writing_whole(file: Path, mode: int = 0o600) -> Iterator[IO[bytes]]:
    """A stream whose content takes the name `file` when the block ends well. Raises OSError."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = _part(file)
    try:
        with _opened(part, mode) as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
    sync_folder(file.parent)


def create_whole(file: Path, content: bytes, mode: int = 0o600) -> None:
    """Write a file that is not there yet. Raises FileExistsError (the first of two writers wins) and OSError."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = _part(file)
    try:
        with _opened(part, mode) as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        os.link(part, file)
    finally:
        part.unlink(missing_ok=True)
    sync_folder(file.parent)


def sync_folder(folder: Path) -> None:
    """Returns when the names in `folder` are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def locked(file: Path, wait: bool = True) -> Iterator[None]:
    """Hold the lock `file` against other processes and threads. Raises BlockingIOError when not to `wait`, OSError."""
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield
    finally:
        os.close(descriptor)


def _part(file: Path) -> Path:
    return file.with_name(f".{file.name}.{secrets.token_hex(4)}.part")


def _opened(part: Path, mode: int) -> contextlib.AbstractContextManager[IO[bytes]]:
    return os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb")
