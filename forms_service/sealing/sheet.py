"""The clinic's key as text on paper: lines of groups, each with a check, typed in again without a slip."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import pyrage

from forms_service.sealing.identity import Identity, IdentityError

_PREFIX = "AGE-SECRET-KEY-1"
_ALPHABET = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"  # bech32 (BIP 173): no 1, B, I, O
_READ_AS = str.maketrans({"O": "0", "I": "L", "1": "L", "B": "8"})
_LENGTH = 58  # characters after the prefix, their own checksum among them
_GROUP, _LINE, _CHECK = 4, 16, 2


class Mistyped(IdentityError):
    """A line that does not match its check; the message names it, and so does `line`, unless it is about all."""

    def __init__(self, told: str, line: int | None = None) -> None:
        super().__init__(told)
        self.line = line


def lines_of(identity: Identity) -> tuple[str, ...]:
    """The current key in lines of four groups and a check of two characters."""
    body = str(identity.keys[0]).removeprefix(_PREFIX)
    parts = [body[start : start + _LINE] for start in range(0, len(body), _LINE)]
    return tuple(f"{_grouped(part)}  {_check(number, part)}" for number, part in enumerate(parts, 1))


def number_of_lines() -> int:
    """How many lines a key has."""
    return -(-_LENGTH // _LINE)


def read_line(number: int, typed: str) -> str:
    """The part of the key in line `number`, as somebody typed it. Raises Mistyped."""
    signs = _signs(typed)
    part, check = signs[:-_CHECK], signs[-_CHECK:]
    wanted = min(_LINE, _LENGTH - (number - 1) * _LINE)
    if len(part) != wanted:
        raise Mistyped(
            f"line {number} has {len(signs)} letters and digits, not {wanted + _CHECK}: look at it again",
            number,
        )
    if check != _check(number, part):
        raise Mistyped(f"line {number} does not match its last two letters: look at it again", number)
    return part


def read_sheet(lines: Sequence[str]) -> Identity:
    """The key from the lines of a sheet, or from its QR code as one line. Raises IdentityError."""
    typed = [line for line in lines if line.strip()]
    if len(typed) == 1 and is_code(typed[0]):
        return _identity(typed[0].strip().upper())
    if len(typed) != number_of_lines():
        raise Mistyped(f"a sheet has {number_of_lines()} lines of the key, not {len(typed)}: type them all")
    return _identity(_PREFIX + "".join(read_line(number, line) for number, line in enumerate(typed, 1)))


def is_code(line: str) -> bool:
    """Whether a line is the QR code's text, all of the key."""
    return line.strip().upper().startswith(_PREFIX)


def as_code(identity: Identity) -> str:
    """What the QR code holds: the key as age writes it."""
    return str(identity.keys[0])


def _identity(text: str) -> Identity:
    try:
        return Identity((pyrage.x25519.Identity.from_str(text),))
    except pyrage.IdentityError:
        raise Mistyped("this is no key: look at the sheet again, line by line") from None


def _signs(typed: str) -> str:
    return "".join(sign for sign in typed.upper().translate(_READ_AS) if sign.isalnum())


def _grouped(part: str) -> str:
    return " ".join(part[start : start + _GROUP] for start in range(0, len(part), _GROUP))


def _check(number: int, part: str) -> str:
    """Two characters that differ for lines that were mistyped or changed places (1 in 1,024 does not)."""
    digest = hashlib.sha256(f"kinbridge sheet 1/{number}/{part}".encode()).digest()
    return "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in digest[:_CHECK])
