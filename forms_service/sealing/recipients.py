"""Sealing submissions to the clinic's age recipients (X25519), in memory."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyrage


class NoRecipients(Exception):
    """There is nobody to seal to: the forms must not take answers."""


@dataclass(frozen=True)
class Recipients:
    """The clinic's public keys."""

    keys: tuple[pyrage.x25519.Recipient, ...]

    def seal(self, plain: bytes) -> bytes:
        """`plain` as an age file that each recipient can open."""
        sealed: bytes = pyrage.encrypt(plain, list(self.keys))
        return sealed


def read_recipients(file: Path) -> Recipients:
    """The recipients in `file`, one a line, `#` for comments. Raises NoRecipients with cause and mend."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
        texts = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
        keys = tuple(pyrage.x25519.Recipient.from_str(text) for text in texts)
    except OSError as error:
        raise NoRecipients(f"cannot read {file} ({error.strerror}): run `kinbridge keys new`") from None
    except (pyrage.RecipientError, UnicodeDecodeError):
        raise NoRecipients(f"{file} holds a line that is no age recipient: mend or remove it") from None
    if not keys:
        raise NoRecipients(f"{file} names no recipient: run `kinbridge keys new`")
    return Recipients(keys)
