"""Keeps request bodies in memory only, within a limit for each and for all together."""

from __future__ import annotations

from io import BytesIO
from threading import Lock
from typing import NoReturn

from werkzeug.exceptions import HTTPException, RequestEntityTooLarge, ServiceUnavailable


class Room:
    """The memory that all bodies of this process share."""

    def __init__(self, size: int) -> None:
        self._free = size
        self._lock = Lock()

    def take(self, count: int) -> bool:
        with self._lock:
            if count > self._free:
                return False
            self._free -= count
            return True

    def give_back(self, count: int) -> None:
        with self._lock:
            self._free += count


HEAD = 512 * 1024  # bytes kept of a body that is not


class Refusal:
    """Stands for a body that was read but not kept: reading it is a clear error, never an empty form.

    So the application answers in its own look, and the browser, having sent everything, shows the answer.
    `head` is how a body that was too large begins: the answers typed before its file.
    """

    def __init__(self, error: type[HTTPException], head: bytes) -> None:
        self._error = error
        self.head = head

    def read(self, size: int = -1, /) -> NoReturn:
        raise self._error

    readline = readlines = read

    def __iter__(self) -> NoReturn:
        raise self._error


class MemoryBody:
    """A body as waitress' receivers fill it; never a file (unsealed answers must not touch a disk)."""

    def __init__(self, limit: int, room: Room) -> None:
        self._limit = limit
        self._room = room
        self._bytes = BytesIO()
        self._kept = 0
        self._length = 0
        self._error: type[HTTPException] | None = None
        self._head = b""

    def __len__(self) -> int:
        return self._length

    def append(self, data: bytes) -> None:
        self._length += len(data)
        if self._error is not None:
            return
        if self._length > self._limit:
            self._refuse(RequestEntityTooLarge)
        elif self._room.take(len(data)):
            self._kept += len(data)
            self._bytes.write(data)
        else:
            self._refuse(ServiceUnavailable)

    def getfile(self) -> BytesIO | Refusal:
        if self._error is not None:
            return Refusal(self._error, self._head)
        self._bytes.seek(0)
        return self._bytes

    def close(self) -> None:
        self._bytes = BytesIO()
        self._room.give_back(self._kept)
        self._kept = 0

    def _refuse(self, error: type[HTTPException]) -> None:
        self._error = error
        self._head = self._bytes.getvalue()[:HEAD]
        self.close()


class Beginning:
    """Receives the beginning of a body that is too large to be read to its end, and is then done with it."""

    error = None

    def __init__(self) -> None:
        self._bytes = b""
        self.completed = False

    def __len__(self) -> int:
        return len(self._bytes)

    def received(self, data: bytes) -> int:
        """Take in some of the body; what comes after the beginning is dropped."""
        self._bytes += data[: HEAD - len(self._bytes)]
        self.completed = len(self._bytes) >= HEAD
        return len(data)

    def getfile(self) -> Refusal:
        return Refusal(RequestEntityTooLarge, self._bytes)

    def getbuf(self) -> Beginning:
        return self

    def close(self) -> None:
        self._bytes = b""
