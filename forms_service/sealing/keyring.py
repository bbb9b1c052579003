"""The clinic's readers: each has a key of their own under their own passphrase, and the clinic's keys sealed to it.

All of it stands in one file beside the identity, replaced in one step; nothing in it opens without a passphrase.
"""

from __future__ import annotations

import base64
import contextlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyrage

from forms_service.durable import locked, write_whole
from forms_service.sealing.identity import (
    AskPassphrase,
    CannotOpen,
    Identity,
    IdentityError,
    Key,
    WrongPassphrase,
    is_wrapped,
    make_identity,
    new_key,
    open_with,
    parse,
    read_identity,
    unwrapped,
    wrapped,
)
from forms_service.sealing.recipients import NoRecipients, read_recipients

FORMAT = "kinbridge-readers/1"
SHORTEST = 12  # characters of a passphrase; NIST SP 800-63B asks for length, not for kinds of characters
CLINIC = "clinic"  # the reader whose passphrase opens the identity file itself


class NobodyReads(IdentityError):
    """There is no key under a passphrase yet."""


class NoReader(IdentityError):
    """Nobody of that name reads, or asks to."""


class ReadsAlready(IdentityError):
    """Somebody of that name reads."""


class LastReader(IdentityError):
    """Without this reader nobody could read any more."""


class BadName(IdentityError):
    """No name that a reader can have."""


class NoOwnPassphrase(IdentityError):
    """Others read with passphrases of their own, and this account has none."""


@dataclass(frozen=True)
class Reader:
    """One who may read. `key` is public; `wrapped` is its secret half under the passphrase, in base64.

    `sealed` holds the clinic's keys, sealed to `key`. The clinic's own reader keeps its key in the identity file.
    """

    name: str
    key: str
    added: str
    sealed: str = field(repr=False)
    wrapped: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Keyring:
    """The public halves of the clinic's keys, the current one first, who may read, and who asks to."""

    recipients: tuple[str, ...]
    since: str
    readers: tuple[Reader, ...] = ()
    rotating: bool = False
    waiting: tuple[Reader, ...] = ()

    def reader(self, name: str) -> Reader | None:
        """The reader of that name, or None."""
        return next((reader for reader in self.readers if reader.name == name), None)

    def reader_of(self, address: str) -> Reader | None:
        """The reader in the name of the account with that address, or None."""
        return next((reader for reader in self.readers if reader.name.lower() == address.lower()), None)


@dataclass(frozen=True)
class Keys:
    """The key files of an instance."""

    identity_file: Path
    recipients_file: Path

    @property
    def file(self) -> Path:
        """Where the readers stand."""
        return self.identity_file.with_suffix(".readers.json")

    @property
    def rotation_lock(self) -> Path:
        """Held by the one process that rotates."""
        return self.identity_file.with_suffix(".rotating")

    def read(self) -> Keyring | None:
        """The keyring, or None while no reader was ever added. Raises IdentityError when it cannot be read."""
        try:
            facts = json.loads(self.file.read_bytes())
            if facts["format"] != FORMAT:
                raise ValueError
            readers = tuple(Reader(**reader) for reader in facts["readers"])
            waiting = tuple(Reader(**reader) for reader in facts.get("waiting", ()))
            return Keyring(tuple(facts["recipients"]), facts["since"], readers, facts["rotating"], waiting)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise IdentityError(
                f"cannot read {self.file} ({error.strerror}): mend its permissions, or restore a back-up"
            ) from None
        except (ValueError, KeyError, TypeError):
            raise IdentityError(f"{self.file} is damaged: restore it from a back-up") from None

    def create(self, passphrase: str) -> str:
        """The clinic's first key and its reader, `clinic`; the public half. Raises IdentityError."""
        _check(passphrase)
        identity = make_identity(self.identity_file, self.recipients_file, passphrase)
        if identity.own is not None:
            self._enter_clinic(replace(identity, own=None), identity.own)
        return identity.recipient

    def locks_with_passphrase(self) -> bool:
        """Whether the identity file needs a passphrase, or there is none. Raises IdentityError."""
        content = self._identity()
        return content is None or is_wrapped(content)

    def open(self, ask_passphrase: AskPassphrase) -> Identity:
        """The clinic's keys: at once when the identity is not wrapped, else by anyone's passphrase.

        Raises IdentityError.
        """
        if not self.locks_with_passphrase():
            return read_identity(self.identity_file, ask_passphrase)
        if self._identity() is None and self.read() is None:
            return read_identity(self.identity_file, ask_passphrase)  # says that there is none
        return self.unlock(ask_passphrase())

    def open_for(self, address: str, ask_passphrase: AskPassphrase) -> Identity:
        """The clinic's keys for an account: as `open`, but with no passphrase that is another's.

        Raises WrongPassphrase, NoOwnPassphrase, IdentityError.
        """
        name = self.entry_for(address)
        return self.open(ask_passphrase) if name is None else self.unlock(ask_passphrase(), name)

    def entry_for(self, address: str) -> str | None:
        """The name of the reader whose passphrase that account is asked for; None where none is needed.

        The clinic's first passphrase is for everybody only while nobody has one of their own.
        Raises NoOwnPassphrase, IdentityError.
        """
        keyring = self.read()
        if not self.locks_with_passphrase() or (keyring is None and self._identity() is None):
            return None
        readers = keyring.readers if keyring else ()
        own = keyring.reader_of(address) if keyring else None
        if own is None and any(reader.name != CLINIC for reader in readers):
            raise NoOwnPassphrase(f'"{address}" has no passphrase: `kinbridge keys add {address}` gives one')
        return own.name if own else CLINIC

    def unlock(self, passphrase: str, name: str | None = None) -> Identity:
        """The clinic's keys, in memory. Without a `name` the passphrase may be anyone's, which takes a try each.

        Raises WrongPassphrase when it opens nothing, IdentityError for all else.
        """
        if name in (None, CLINIC) and (content := self._identity()) is not None and is_wrapped(content):
            with contextlib.suppress(WrongPassphrase):
                return self._unlock_clinic(content, passphrase)
        keyring = self.read()
        for reader in keyring.readers if keyring else ():
            if reader.wrapped is not None and name in (None, reader.name):
                with contextlib.suppress(WrongPassphrase):
                    text = unwrapped(base64.b64decode(reader.wrapped), passphrase)
                    own = parse(text)
                    if own is not None:
                        return self._opened(reader, own.keys[0])
        raise WrongPassphrase("the passphrase does not open the clinic's key: try again")

    def refreshed(self, identity: Identity) -> Identity:
        """The same reader's keys as they are now: after a rotation the new one is among them. Raises IdentityError.

        Raises WrongPassphrase when the reader was removed since.
        """
        if identity.own is None:
            content = self._identity()
            bare = parse(content) if content is not None and not is_wrapped(content) else None
            return bare or identity
        keyring = self.read()
        reader = keyring.reader(identity.reader or "") if keyring else None
        if reader is None or reader.key != str(identity.own.to_public()):
            raise WrongPassphrase("this reader was removed: ask an admin to be added again")
        return self._opened(reader, identity.own)

    def add_reader(self, identity: Identity, name: str, passphrase: str) -> Reader:
        """Give `name` a key of their own and seal the clinic's keys to it. Raises IdentityError."""
        asking = _asking(name, passphrase)
        with self._changing(identity) as keyring:
            return self._admit(keyring, identity, asking)

    def ask_to_read(self, name: str, passphrase: str) -> None:
        """Make a key of one's own under one's own passphrase; it opens nothing until a reader lets it in.

        Raises IdentityError.
        """
        asking = _asking(name, passphrase)
        with self._locked():
            keyring = self.read()
            if keyring is None:
                raise NobodyReads("nobody reads with a passphrase here yet: run `kinbridge keys new`")
            if keyring.reader(name) is not None:
                raise ReadsAlready(f'"{name}" reads already: change the passphrase instead')
            others = tuple(each for each in keyring.waiting if each.name != name)
            self._write(replace(keyring, waiting=(*others, asking)))

    def admit(self, identity: Identity, name: str) -> None:
        """Seal the clinic's keys to somebody who asked to read. Raises IdentityError."""
        with self._changing(identity) as keyring:
            asking = next((each for each in keyring.waiting if each.name == name), None)
            if asking is None:
                raise NoReader(f'"{name}" does not ask to read any more')
            self._admit(keyring, identity, asking)

    def refuse(self, name: str) -> None:
        """Take somebody out of those who ask to read. Raises IdentityError."""
        with self._locked():
            keyring = self.read()
            if keyring is not None:
                left = tuple(each for each in keyring.waiting if each.name != name)
                self._write(replace(keyring, waiting=left))

    def _admit(self, keyring: Keyring, identity: Identity, asking: Reader) -> Reader:
        if keyring.reader(asking.name) is not None:
            raise ReadsAlready(
                f'there is a reader "{asking.name}": remove them first, or choose another name'
            )
        if identity.recipient not in keyring.recipients:
            raise IdentityError("this key is not this clinic's: unlock with another passphrase or sheet")
        if identity.recipient != keyring.recipients[0]:
            raise IdentityError("this key was replaced by a rotation: use the newest sheet or passphrase")
        reader = _resealed(asking, identity)
        left = tuple(each for each in keyring.waiting if each.name != asking.name)
        self._write(replace(keyring, readers=(*keyring.readers, reader), waiting=left))
        return reader

    def remove_reader(self, name: str) -> None:
        """Take a reader out. Whoever copied the clinic's key keeps it: only a rotation shuts them out of what comes.

        Raises IdentityError, also for the last one: nobody could read any more.
        """
        with self._locked():
            keyring = self.read()
            reader = keyring.reader(name) if keyring else None
            if keyring is None or reader is None:
                raise NoReader(f'there is no reader "{name}": see `kinbridge keys list`')
            if len(keyring.readers) == 1:
                raise LastReader(f'"{name}" is the last reader: add another first, or nobody can read')
            if reader.wrapped is None:
                self.identity_file.unlink(missing_ok=True)
            self._write(
                replace(keyring, readers=tuple(each for each in keyring.readers if each.name != name))
            )

    def change_passphrase(self, name: str, old: str, new: str) -> None:
        """Put a reader's key under a new passphrase. Raises WrongPassphrase, IdentityError."""
        _check(new)
        with self._locked():
            keyring = self.read()
            reader = keyring.reader(name) if keyring else None
            content = self._identity()
            if name == CLINIC and content is not None and is_wrapped(content):
                write_whole(self.identity_file, wrapped(unwrapped(content, old), new))
            elif keyring is not None and reader is not None and reader.wrapped is not None:
                text = unwrapped(base64.b64decode(reader.wrapped), old)
                changed = replace(reader, wrapped=base64.b64encode(wrapped(text, new)).decode())
                self._write(_with(keyring, changed))
            else:
                raise NoReader(f'there is no reader "{name}": see `kinbridge keys list`')

    def begin_rotation(self, identity: Identity) -> Identity:
        """A new clinic key, sealed to every reader and standing first; goes on with one that was begun.

        From its end on, new submissions are sealed to the new key, and all readers open both. Raises IdentityError.
        """
        if identity.own is None and self.locks_with_passphrase():
            raise IdentityError("a key from a sheet cannot rotate: add a reader with it, who then can")
        with self._changing(identity) as keyring:
            if not keyring.rotating:
                fresh = Identity((new_key(), *self.refreshed(identity).keys))
                self._write_bare(fresh)
                readers = tuple(_resealed(reader, fresh) for reader in keyring.readers)
                recipients = (fresh.recipient, *keyring.recipients)
                changed = replace(
                    keyring, recipients=recipients, since=_now(), readers=readers, rotating=True
                )
                self._write(changed)
        found = self.refreshed(identity)
        self._switch_recipients(found)
        return found

    def end_rotation(self) -> None:
        """Say that nothing is sealed to a former key any more."""
        with self._locked():
            keyring = self.read()
            if keyring is not None:
                self._write(replace(keyring, rotating=False))

    @contextmanager
    def _changing(self, identity: Identity) -> Iterator[Keyring]:
        """The keyring, made at first need, with no other process changing it."""
        with self._locked():
            yield self.read() or Keyring(identity.recipients, _now())

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            with locked(self.identity_file.with_suffix(".lock")):
                yield
        except OSError as error:
            raise IdentityError(
                f"cannot write {error.filename or self.file} ({error.strerror}): mend its permissions, or free space"
            ) from None

    def _unlock_clinic(self, content: bytes, passphrase: str) -> Identity:
        """By the passphrase of the identity file; its reader enters the keyring the first time."""
        found = parse(unwrapped(content, passphrase))
        if found is None:
            raise IdentityError(f"{self.identity_file} holds no age identity: restore it from a back-up")
        keyring = self.read()
        if keyring is None:
            own = found.own or new_key()
            with contextlib.suppress(IdentityError):  # a folder that is only read is no reason not to read
                if found.own is None:
                    write_whole(self.identity_file, wrapped(found.as_text(own), passphrase))
                self._enter_clinic(replace(found, own=None), own)
            return Identity(found.keys, own, CLINIC)
        reader = keyring.reader(CLINIC)
        if reader is None or found.own is None:
            return found
        return self._opened(reader, found.own)

    def _enter_clinic(self, identity: Identity, own: Key) -> None:
        with self._changing(identity) as keyring:
            if not keyring.readers:
                reader = Reader(CLINIC, str(own.to_public()), _now(), _sealed(identity, own))
                self._write(replace(keyring, readers=(reader,)))

    def _opened(self, reader: Reader, own: Key) -> Identity:
        try:
            found = parse(open_with(base64.b64decode(reader.sealed), [own]))
        except (CannotOpen, ValueError):
            found = None
        if found is None:
            raise IdentityError(f'the keys of "{reader.name}" in {self.file} are damaged: restore a back-up')
        return Identity(found.keys, own, reader.name)

    def _write_bare(self, identity: Identity) -> None:
        """The identity of a demo is not wrapped, and stays so."""
        content = self._identity()
        if content is not None and not is_wrapped(content):
            write_whole(self.identity_file, identity.as_text())

    def _switch_recipients(self, identity: Identity) -> None:
        """The new key takes the place of the clinic's former ones; other recipients and comments stay."""
        new, *former = identity.recipients
        try:
            lines = self.recipients_file.read_text("utf-8").splitlines()
            kept = [line for line in lines if line.strip() not in (new, *former)]
            wanted = "".join(f"{line}\n" for line in (new, *kept))
            if wanted.splitlines() != lines:
                write_whole(self.recipients_file, wanted.encode(), 0o644)
            read_recipients(self.recipients_file)
        except OSError as error:
            raise IdentityError(
                f"cannot change {self.recipients_file} ({error.strerror}): mend its permissions, then rotate again"
            ) from None
        except NoRecipients as error:
            raise IdentityError(str(error)) from None

    def _identity(self) -> bytes | None:
        try:
            return self.identity_file.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise IdentityError(
                f"cannot read the identity {self.identity_file} ({error.strerror}): mend its permissions"
            ) from None

    def _write(self, keyring: Keyring) -> None:
        facts: dict[str, Any] = {"format": FORMAT, **asdict(keyring)}
        write_whole(self.file, (json.dumps(facts, indent=1) + "\n").encode())


def _check(passphrase: str) -> None:
    if len(passphrase) < SHORTEST:
        raise IdentityError(
            f"the passphrase is too short: use at least {SHORTEST} characters, such as five words"
        )


def _check_name(name: str) -> None:
    if not name.strip() or len(name) > 100 or not name.isprintable():
        raise BadName("a reader's name is 1 to 100 characters on one line: choose another")


def _asking(name: str, passphrase: str) -> Reader:
    """Somebody with a key of their own, to which nothing is sealed yet. Raises IdentityError."""
    _check(passphrase)
    _check_name(name)
    own = new_key()
    wrapped_key = base64.b64encode(wrapped(f"{own}\n".encode(), passphrase)).decode()
    return Reader(name, str(own.to_public()), _now(), "", wrapped_key)


def _sealed(identity: Identity, own: Key) -> str:
    return _seal_to(identity, own.to_public())


def _resealed(reader: Reader, identity: Identity) -> Reader:
    return replace(reader, sealed=_seal_to(identity, pyrage.x25519.Recipient.from_str(reader.key)))


def _seal_to(identity: Identity, recipient: Any) -> str:
    return base64.b64encode(pyrage.encrypt(identity.as_text(), [recipient])).decode()


def _with(keyring: Keyring, changed: Reader) -> Keyring:
    readers = tuple(changed if reader.name == changed.name else reader for reader in keyring.readers)
    return replace(keyring, readers=readers)


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
