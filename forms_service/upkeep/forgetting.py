"""Emptying the log of the database of what was erased while somebody read it: tried again until it is done."""

from __future__ import annotations

import contextlib
import threading
import time

from forms_service.settings import Settings
from forms_service.store import Store

EVERY = 20.0  # seconds
_WAIT = 0.1  # seconds: families who send meanwhile wait no longer for it


def start(settings: Settings) -> None:
    """Try from now on, in a thread that ends with the process."""
    threading.Thread(target=_loop, args=(settings,), name="forgetting", daemon=True).start()


def forget_owed(settings: Settings) -> bool:
    """Try once, when something is owed; True when nothing is any more."""
    with contextlib.closing(Store(settings.database_url, lock_wait=_WAIT)) as store:
        return not store.owes_forgetting or store.forget_erased()


def _loop(settings: Settings) -> None:
    with contextlib.closing(Store(settings.database_url, lock_wait=_WAIT)) as store:
        if store.engine.dialect.name != "sqlite":
            return  # what PostgreSQL still holds goes with the purge
        store.forget_erased()  # a process that ended between erasing and forgetting left no mark
    while True:
        time.sleep(EVERY)
        forget_owed(settings)
