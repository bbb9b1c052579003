"""Rotating the clinic's key: every sealed row is sealed anew, and any moment is one to stop at and go on from."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from forms_service.durable import locked
from forms_service.sealing.identity import CannotOpen, Identity, IdentityError, open_sealed, open_with
from forms_service.sealing.keyring import Keys
from forms_service.sealing.recipients import NoRecipients, Recipients, read_recipients
from forms_service.store import Store
from forms_service.store.sealed import SEALED, SealedColumn, SealedRow, batch, count, replace

BATCH = 100  # rows in one transaction: families who send meanwhile wait for no more than that
SETTLED = 3.0  # seconds a request that read the former recipients may still take to commit

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Rotated:
    """What a rotation did: rows sealed anew, and the names of those that no key of the clinic opens."""

    identity: Identity
    resealed: int
    unopened: tuple[str, ...]


def rotate(
    keys: Keys,
    store: Store,
    identity: Identity,
    progress: Progress = lambda done, whole: None,
    settled: float = SETTLED,
) -> Rotated:
    """Make a new clinic key, or go on with a rotation that was interrupted, until no row needs a former key.

    `progress` is told rows looked at and rows in all. Former keys stay sealed to the readers: they open
    back-ups, and whatever another machine still seals to them. Raises IdentityError and Unavailable; what was
    done until then stands, and the next call goes on.
    """
    try:
        with locked(keys.rotation_lock, wait=False):
            found = keys.begin_rotation(identity)
            begun = time.monotonic()
            try:
                rotation = _Rotation(store, found, read_recipients(keys.recipients_file), progress)
            except NoRecipients as error:
                raise IdentityError(str(error)) from None
            rotation.run()
            time.sleep(max(0.0, begun + settled - time.monotonic()))
            while rotation.run():
                pass
            keys.end_rotation()
    except BlockingIOError:
        raise IdentityError("another rotation is running: wait until it is done") from None
    store.forget_erased()
    return Rotated(found, rotation.resealed, tuple(sorted(rotation.unopened)))


class _Rotation:
    """One process' passes over all that is sealed."""

    def __init__(self, store: Store, identity: Identity, to: Recipients, progress: Progress) -> None:
        self._store = store
        self._identity = identity
        self._to = to
        self._progress = progress
        self.resealed = 0
        self.unopened: set[str] = set()

    def run(self) -> int:
        """One pass; how many rows it sealed anew."""
        before = self.resealed
        with self._store.reading() as connection:
            whole = sum(count(connection, column) for column in SEALED)
        done = 0
        for column in SEALED:
            last = None
            while rows := self._next(column, last):
                self._reseal(column, rows)
                last = rows[-1].key
                done += len(rows)
                self._progress(done, max(done, whole))
        return self.resealed - before

    def _next(self, column: SealedColumn, last: object) -> list[SealedRow]:
        with self._store.reading() as connection:
            return batch(connection, column, last, BATCH)

    def _reseal(self, column: SealedColumn, rows: list[SealedRow]) -> None:
        fresh = [(row, content) for row in rows if (content := self._anew(row)) is not None]
        if fresh:
            with self._store.writing() as connection:
                self.resealed += sum(replace(connection, column, row, content) for row, content in fresh)

    def _anew(self, row: SealedRow) -> bytes | None:
        """The row's content under the new key; None when it stands so already, or nothing opens it."""
        new, *former = self._identity.keys
        try:
            open_with(row.content, [new])
            return None
        except CannotOpen:
            pass
        try:
            return self._to.seal(open_with(row.content, former))
        except CannotOpen:
            self.unopened.add(row.name)
            return None


def opens(identity: Identity, rows: list[SealedRow]) -> int:
    """How many of the rows the identity opens."""
    return sum(_opens(identity, row) for row in rows)


def _opens(identity: Identity, row: SealedRow) -> bool:
    try:
        open_sealed(row.content, identity)
    except CannotOpen:
        return False
    return True
