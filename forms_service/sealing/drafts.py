"""Sealing drafts and family copies under a key that only the family's code gives (HKDF, AES-256-GCM)."""

from __future__ import annotations

import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE = 12  # bytes, NIST SP 800-38D
_PADDING_STEP = 2048  # bytes: the length of a sealed page tells little about it


class DraftDamaged(Exception):
    """A sealed draft that its code does not open."""


@dataclass(frozen=True)
class DraftKey:
    """What a code gives: the id the server finds a draft by, and the key that opens it."""

    lookup: str
    key: bytes

    def seal(self, plain: bytes, bound_to: str) -> bytes:
        """JSON bytes, padded with spaces and sealed; it opens only with the same `bound_to` (the page it belongs to)."""
        nonce = os.urandom(_NONCE)
        return nonce + AESGCM(self.key).encrypt(
            nonce, plain + b" " * (-len(plain) % _PADDING_STEP), self._associated(bound_to)
        )

    def open(self, sealed: bytes, bound_to: str) -> bytes:
        """The plain bytes. Raises DraftDamaged."""
        try:
            return AESGCM(self.key).decrypt(sealed[:_NONCE], sealed[_NONCE:], self._associated(bound_to))
        except (InvalidTag, ValueError):
            raise DraftDamaged("the draft cannot be opened") from None

    def _associated(self, bound_to: str) -> bytes:
        return f"{self.lookup}/{bound_to}".encode()


def key_of(code: str) -> DraftKey:
    """The look-up id (hexadecimal) and key of a code; neither gives the other or the code (RFC 5869)."""
    return DraftKey(_derive(code, b"kinbridge draft lookup 1").hex(), _derive(code, b"kinbridge draft key 1"))


def _derive(code: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(code.encode())
