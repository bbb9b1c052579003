"""Sees every opening of a file by any process, in Python or not (Linux' inotify)."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

IN_ACCESS, IN_OPEN = 0x01, 0x20


@dataclass(frozen=True)
class Watch:
    """What the kernel notes about one file."""

    handle: int

    def was_opened(self) -> bool:
        """Whether the file was opened or read since the last look."""
        try:
            return bool(os.read(self.handle, 65536))
        except BlockingIOError:
            return False


@contextmanager
def watching(file: Path) -> Iterator[Watch]:
    """Watches `file` from now on."""
    libc = ctypes.CDLL(None, use_errno=True)
    handle = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        added = libc.inotify_add_watch(handle, os.fsencode(file), IN_ACCESS | IN_OPEN)
        assert added >= 0, os.strerror(ctypes.get_errno())
        yield Watch(handle)
    finally:
        os.close(handle)
