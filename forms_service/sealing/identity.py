"""The clinic's identity: the one thing that opens submissions. Closed to the public process (import-linter)."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import pyrage

from forms_service.durable import create_whole

AskPassphrase = Callable[[], str]
Key: TypeAlias = Any  # pyrage.x25519.Identity: pyrage ships no types
_OWN = "# the own key of who has this file: "
_WRAPPED = b"age-encryption.org/"


class IdentityError(Exception):
    """The identity cannot be used; the message says the cause and the mend in one line."""


class WrongPassphrase(IdentityError):
    """The passphrase opens nothing here."""


class CannotOpen(Exception):
    """A sealed row that this identity does not open: another key, or damage."""


@dataclass(frozen=True)
class Identity:
    """The clinic's keys, unlocked in memory: the current one first, then those that were current before.

    `own` is the key of the reader whose passphrase unlocked them: it finds the new key after a rotation.
    """

    keys: tuple[Key, ...] = field(repr=False)
    own: Key | None = field(default=None, repr=False)
    reader: str | None = None

    @property
    def recipient(self) -> str:
        """The public half of the current key."""
        return str(self.keys[0].to_public())

    @property
    def recipients(self) -> tuple[str, ...]:
        """The public halves of all keys, the current one first."""
        return tuple(str(key.to_public()) for key in self.keys)

    def as_text(self, own: Key | None = None) -> bytes:
        """An age identity file, never to be written as it is."""
        lines = [line for key in self.keys for line in (f"# public key: {key.to_public()}", str(key))]
        if own is not None:
            lines += [f"{_OWN}{own.to_public()}", str(own)]
        return ("\n".join(lines) + "\n").encode()


def new_key() -> Key:
    """A fresh age key."""
    return pyrage.x25519.Identity.generate()


def new_identity(identity_file: Path, recipients_file: Path, passphrase: str | None) -> str:
    """Make an identity, write it (wrapped when a passphrase is given) and add its recipient; returns the recipient.

    The bare key is never written when a passphrase is given. Raises IdentityError when the file exists.
    """
    return make_identity(identity_file, recipients_file, passphrase).recipient


def make_identity(identity_file: Path, recipients_file: Path, passphrase: str | None) -> Identity:
    """As `new_identity`; the identity itself. A wrapped file also holds a key of its owner's own."""
    own = None if passphrase is None else new_key()
    identity = Identity((new_key(),), own)
    text = identity.as_text(own)
    recipients_file.parent.mkdir(parents=True, exist_ok=True)
    try:
        create_whole(identity_file, text if passphrase is None else wrapped(text, passphrase))
    except FileExistsError:
        raise IdentityError(f"{identity_file} exists: move it away first, or keep using it") from None
    _append_line(recipients_file, identity.recipient)
    return identity


def wrapped(text: bytes, passphrase: str) -> bytes:
    """`text` as an age file that only the passphrase opens (scrypt; seconds of work, on purpose)."""
    sealed: bytes = pyrage.passphrase.encrypt(text, passphrase)
    return sealed


def unwrapped(content: bytes, passphrase: str) -> bytes:
    """The inverse of `wrapped`. Raises WrongPassphrase."""
    try:
        text: bytes = pyrage.passphrase.decrypt(content, passphrase)
    except pyrage.DecryptError:
        raise WrongPassphrase("the passphrase does not open the identity: try again") from None
    return text


def is_wrapped(content: bytes) -> bool:
    """Whether an identity file needs a passphrase."""
    return content.startswith(_WRAPPED)


def read_identity(file: Path, ask_passphrase: AskPassphrase) -> Identity:
    """The identity in `file`; a wrapped one is opened with the passphrase. Raises IdentityError."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise IdentityError(
            f"cannot read the identity {file} ({error.strerror}): give --identity FILE"
        ) from None
    if is_wrapped(content):
        content = unwrapped(content, ask_passphrase())
    identity = parse(content)
    if identity is None:
        raise IdentityError(f"{file} holds no age identity: give the file that `kinbridge keys new` made")
    return identity


def parse(text: bytes) -> Identity | None:
    """The keys of an age identity file, or None when it holds none that can be read."""
    keys: list[Key] = []
    own = None
    before = ""
    for line in text.decode("utf-8", "replace").splitlines():
        if line.startswith("AGE-SECRET-KEY-"):
            try:
                key = pyrage.x25519.Identity.from_str(line.strip())
            except pyrage.IdentityError:
                return None
            if before.startswith(_OWN):
                own = key
            else:
                keys.append(key)
        before = line
    return Identity(tuple(keys), own) if keys else None


def open_sealed(sealed: bytes, identity: Identity) -> bytes:
    """The plain bytes of a sealed row. Raises CannotOpen."""
    return open_with(sealed, identity.keys)


def open_with(sealed: bytes, keys: Iterable[Key]) -> bytes:
    """The plain bytes of what is sealed to one of these keys. Raises CannotOpen."""
    try:
        plain: bytes = pyrage.decrypt(sealed, list(keys))
    except pyrage.DecryptError:
        raise CannotOpen("the key does not open it, or it is damaged") from None
    return plain


def _append_line(file: Path, line: str) -> None:
    """A line of its own, also after a last line that an editor left without an end."""
    before = file.read_bytes() if file.exists() else b""
    with file.open("ab") as end:
        end.write(b"" if before.endswith(b"\n") or not before else b"\n")
        end.write(line.encode() + b"\n")
        end.flush()
        os.fsync(end.fileno())
