"""Log lines for operators that cannot carry what a visitor sent."""

from __future__ import annotations

import logging
import sys
import threading
import time
import traceback
from pathlib import Path
from types import TracebackType

TRUSTED = "kinbridge"
FRAMES = 6


class SafeFormatter(logging.Formatter):
    """Words only from our own loggers; from all others where it happened, because their words
    may quote an address, a form's path or an answer. Exceptions: type and place, never the value."""

    def __init__(self, process: str) -> None:
        super().__init__(datefmt="%Y-%m-%dT%H:%M:%SZ")
        self.converter = time.gmtime
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        ours = record.name.split(".")[0] == TRUSTED
        words = record.getMessage() if ours else f"{record.name} at {_short(record.pathname)}:{record.lineno}"
        parts = [self.formatTime(record, self.datefmt), self._process, record.levelname, words]
        if record.exc_info and record.exc_info[1] is not None:
            parts.append(describe(record.exc_info[1]))
        return " ".join(parts)


def describe(error: BaseException) -> str:
    """Type and places of an exception and what caused it, without any value."""
    told: list[str] = []
    seen: BaseException | None = error
    while seen is not None and len(told) < FRAMES:
        frames = traceback.extract_tb(seen.__traceback__, limit=-FRAMES)
        places = (f"{_short(frame.filename)}:{frame.lineno} in {frame.name}" for frame in reversed(frames))
        told.append(f"{type(seen).__name__} ({' < '.join(places)})")
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return " from ".join(told)


def configure(process: str) -> None:
    """Sends every log line and every uncaught exception of this process to stderr, made safe."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(SafeFormatter(process))
    logging.root.handlers[:] = [handler]
    logging.root.setLevel(logging.WARNING)
    logging.getLogger(TRUSTED).setLevel(logging.INFO)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    logging.captureWarnings(True)
    log = logging.getLogger(TRUSTED)

    def uncaught(kind: type[BaseException], error: BaseException, _: TracebackType | None) -> None:
        log.critical("Uncaught", exc_info=(kind, error, error.__traceback__))

    def in_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            uncaught(args.exc_type, args.exc_value, args.exc_traceback)

    def unraisable(args: sys.UnraisableHookArgs) -> None:
        if args.exc_value is not None:
            uncaught(args.exc_type, args.exc_value, args.exc_traceback)

    sys.excepthook = uncaught
    threading.excepthook = in_thread
    sys.unraisablehook = unraisable


def _short(path: str) -> str:
    return "/".join(Path(path).parts[-3:])
