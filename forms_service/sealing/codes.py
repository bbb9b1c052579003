"""Codes that families hold and references that everyone may know: Crockford base32, made to be read aloud."""

from __future__ import annotations

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: no I, L, O, U
CODE_LENGTH = 16  # 80 random bits
REFERENCE_LENGTH = 8
_READ_AS = str.maketrans({"I": "1", "L": "1", "O": "0", "-": "", " ": "", "\u2013": "", "\u00a0": ""})


def new_code() -> str:
    """A secret code of 80 random bits."""
    return _random(CODE_LENGTH)


def new_reference() -> str:
    """A reference such as `7H3K-9QWM`; not secret."""
    return grouped(_random(REFERENCE_LENGTH))


def read_code(typed: str) -> str | None:
    """The code in what somebody typed (any case, spaces, hyphens, O for 0), or None when it is none."""
    code = typed.strip().upper().translate(_READ_AS)
    return code if len(code) == CODE_LENGTH and set(code) <= set(ALPHABET) else None


def read_reference(typed: str) -> str:
    """A reference as it is kept, from what somebody typed: `7h3k9qwm` is `7H3K-9QWM`."""
    return grouped(typed.strip().upper().translate(_READ_AS))


def grouped(code: str) -> str:
    """The code in groups of four."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def _random(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
