"""Long work behind a page, one piece a visit: begun by a POST, looked at by the same browser until it is done."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from threading import Lock, Thread
from typing import Any

from werkzeug import Response

from forms_service.store.staff_sessions import IDLE

_log = logging.getLogger("kinbridge.staff")


@dataclass
class Work:
    """How far it is: `done` of `whole` steps; when `finished`, `result` holds, or `failed` says that nothing does."""

    kind: str
    done: int = 0
    whole: int = 0
    finished: bool = False
    failed: bool = False
    stopped: bool = False
    result: Any = None
    begun: float = field(default_factory=time.monotonic)

    def at(self, done: int, whole: int) -> None:
        """Say how far it is. Raises Stopped when nobody waits for it any more."""
        self.done, self.whole = done, whole
        if self.stopped:
            raise Stopped


def looked_at_again(response: Response, work: Work | None, seconds: int) -> Response:
    """The page that shows the work; while it goes on, the browser asks anew after so many seconds."""
    if work is not None and not work.finished:
        response.headers["Refresh"] = str(seconds)
    return response


class Stopped(Exception):
    """The work is not wanted any more."""


@dataclass
class Works:
    """The work of every visit, in memory; what it found goes when the visit's keys go."""

    _held: dict[tuple[str, str], Work] = field(default_factory=dict, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def start(self, visit: str, kind: str, run: Callable[[Work], Any]) -> None:
        """Begin it in a thread of its own; what this visit did before of that kind is stopped."""
        self.drop(visit, kind)
        work = Work(kind)
        with self._lock:
            self._tidy()
            self._held[visit, kind] = work
        Thread(target=_run, args=(work, run), name=kind, daemon=True).start()

    def of(self, visit: str, kind: str) -> Work | None:
        """The visit's work of that kind as it stands now, or None; it does not change while a page is made of it."""
        with self._lock:
            self._tidy()
            work = self._held.get((visit, kind))
        return replace(work) if work else None

    def drop(self, visit: str, kind: str | None = None) -> None:
        """Stop and forget a visit's work, of one kind or of all."""
        with self._lock:
            for key in [key for key in self._held if key[0] == visit and kind in (None, key[1])]:
                self._held.pop(key).stopped = True

    def _tidy(self) -> None:
        oldest = time.monotonic() - IDLE.total_seconds()
        for key in [key for key, work in self._held.items() if work.finished and work.begun < oldest]:
            del self._held[key]


def _run(work: Work, run: Callable[[Work], Any]) -> None:
    try:
        work.result = run(work)
    except Stopped:
        pass
    except Exception as error:
        work.failed = True
        _log.error("Work behind a page failed: %s", work.kind, exc_info=error)
    finally:
        work.finished = True
