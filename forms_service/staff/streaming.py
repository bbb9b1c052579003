"""A file sent while it is written: never whole in memory, never on a disk."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from queue import Full, Queue
from threading import Event, Thread
from typing import IO, cast

PIECE = 64 * 1024  # bytes a browser is sent at a time
AHEAD = 8  # pieces that wait for a slow browser


class Stopped(Exception):
    """Nobody takes the rest: the browser went away."""


def streamed(write: Callable[[IO[bytes]], None]) -> Iterator[bytes]:
    """The bytes that `write` writes, in pieces, from a thread of its own.

    The first piece is there when this returns, so what `write` raises before it is raised here. What it raises
    later ends the iterator with that error: the browser must not take a part for the whole.
    """
    pieces: Queue[bytes | BaseException | None] = Queue(AHEAD)
    gone = Event()
    Thread(target=_fill, args=(write, pieces, gone), name="export", daemon=True).start()
    first = _next(pieces)
    return _rest(first, pieces, gone)


class _Pipe(io.RawIOBase):
    """Hands on what is written, a piece at a time; it has no place to seek to."""

    def __init__(self, put: Callable[[bytes], None]) -> None:
        super().__init__()
        self._put = put
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: object, /) -> int:
        given = bytes(memoryview(data))  # type: ignore[arg-type]
        self._held += given
        if len(self._held) >= PIECE:
            self.flush()
        return len(given)

    def forget(self) -> None:
        """Drop what nobody takes any more, so that closing writes nothing."""
        self._held.clear()

    def flush(self) -> None:
        if self._held:
            held, self._held = bytes(self._held), bytearray()
            self._put(held)


def _fill(
    write: Callable[[IO[bytes]], None], pieces: Queue[bytes | BaseException | None], gone: Event
) -> None:
    def put(piece: bytes | BaseException | None) -> None:
        while not gone.is_set():
            try:
                return pieces.put(piece, timeout=1)
            except Full:
                continue
        raise Stopped

    pipe = _Pipe(put)
    try:
        try:
            write(cast(IO[bytes], pipe))
            pipe.flush()
            put(None)
        except Stopped:
            raise
        except Exception as error:
            put(error)
    except Stopped:
        pass
    finally:
        pipe.forget()


def _next(pieces: Queue[bytes | BaseException | None]) -> bytes | None:
    piece = pieces.get()
    if isinstance(piece, BaseException):
        raise piece
    return piece


def _rest(first: bytes | None, pieces: Queue[bytes | BaseException | None], gone: Event) -> Iterator[bytes]:
    try:
        piece = first
        while piece is not None:
            yield piece
            piece = _next(pieces)
    finally:
        gone.set()
