"""The clinic's identity: the one thing that opens submissions. Closed to the public process (import-linter)."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pyrage

AskPassphrase = Callable[[], str]
Identity: TypeAlias = Any  # pyrage.x25519.Identity: pyrage ships no types


class IdentityError(Exception):
    """The identity cannot be used; the message says the cause and the mend in one line."""


class CannotOpen(Exception):
    """A sealed row that this identity does not open: another key, or damage."""


def new_identity(identity_file: Path, recipients_file: Path, passphrase: str | None) -> str:
    """Make an identity, write it (wrapped when a passphrase is given) and add its recipient; returns the recipient.

    The bare key is never written when a passphrase is given. Raises IdentityError when the file exists.
    """
    identity = pyrage.x25519.Identity.generate()
    recipient = str(identity.to_public())
    text = f"# public key: {recipient}\n{identity}\n".encode()
    content = text if passphrase is None else pyrage.passphrase.encrypt(text, passphrase)
    for folder in {identity_file.parent, recipients_file.parent}:
        folder.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(identity_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise IdentityError(f"{identity_file} exists: move it away first, or keep using it") from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    _append_line(recipients_file, recipient)
    return recipient


def _append_line(file: Path, line: str) -> None:
    """A line of its own, also after a last line that an editor left without an end."""
    before = file.read_bytes() if file.exists() else b""
    with file.open("ab") as end:
        end.write(b"" if before.endswith(b"\n") or not before else b"\n")
        end.write(line.encode() + b"\n")
        end.flush()
        os.fsync(end.fileno())


def read_identity(file: Path, ask_passphrase: AskPassphrase) -> Identity:
    """The identity in `file`; a wrapped one is opened with the passphrase. Raises IdentityError."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise IdentityError(
            f"cannot read the identity {file} ({error.strerror}): give --identity FILE"
        ) from None
    if content.startswith(b"age-encryption.org/"):
        try:
            content = pyrage.passphrase.decrypt(content, ask_passphrase())
        except pyrage.DecryptError:
            raise IdentityError("the passphrase does not open the identity: try again") from None
    for line in content.decode("utf-8", "replace").splitlines():
        if line.startswith("AGE-SECRET-KEY-"):
            try:
                return pyrage.x25519.Identity.from_str(line.strip())
            except pyrage.IdentityError:
                break
    raise IdentityError(f"{file} holds no age identity: give the file that `kinbridge keys new` made")


def open_sealed(sealed: bytes, identity: Identity) -> bytes:
    """The plain bytes of a sealed row. Raises CannotOpen."""
    try:
        plain: bytes = pyrage.decrypt(sealed, [identity])
    except pyrage.DecryptError:
        raise CannotOpen("the key does not open it, or it is damaged") from None
    return plain
