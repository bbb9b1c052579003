"""The clinic's identity: made once, kept close, opened with its passphrase only."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import NoReturn

import pytest

from forms_service.sealing.identity import IdentityError, new_identity, open_sealed, read_identity
from forms_service.sealing.recipients import read_recipients

PASSPHRASE = "five words that nobody guesses"


@pytest.fixture
def keys(tmp_path: Path) -> tuple[Path, Path]:
    return tmp_path / "keys" / "clinic.age", tmp_path / "public" / "recipients.txt"


def nobody_is_asked() -> NoReturn:
    raise AssertionError("no passphrase is needed here")


def test_an_unwrapped_identity_opens_what_its_recipient_sealed(keys: tuple[Path, Path]) -> None:
    recipient = new_identity(*keys, passphrase=None)
    assert keys[1].read_text() == f"{recipient}\n"
    assert stat.S_IMODE(keys[0].stat().st_mode) == 0o600
    sealed = read_recipients(keys[1]).seal(b"answers")
    assert open_sealed(sealed, read_identity(keys[0], nobody_is_asked)) == b"answers"


def test_a_wrapped_identity_opens_with_its_passphrase_only_and_never_lies_bare(
    keys: tuple[Path, Path],
) -> None:
    new_identity(*keys, passphrase=PASSPHRASE)
    written = b"".join(path.read_bytes() for path in keys[0].parents[1].rglob("*") if path.is_file())
    assert b"AGE-SECRET-KEY" not in written and PASSPHRASE.encode() not in written
    assert stat.S_IMODE(keys[0].stat().st_mode) == 0o600
    with pytest.raises(IdentityError, match="passphrase does not open"):
        read_identity(keys[0], lambda: PASSPHRASE.upper())
    sealed = read_recipients(keys[1]).seal(b"answers")
    assert open_sealed(sealed, read_identity(keys[0], lambda: PASSPHRASE)) == b"answers"


def test_an_identity_is_never_overwritten(keys: tuple[Path, Path]) -> None:
    new_identity(*keys, passphrase=None)
    before = keys[0].read_bytes(), keys[1].read_bytes()
    with pytest.raises(IdentityError, match="exists"):
        new_identity(*keys, passphrase=None)
    assert (keys[0].read_bytes(), keys[1].read_bytes()) == before


def test_a_second_identity_joins_the_first_also_after_a_line_without_an_end(keys: tuple[Path, Path]) -> None:
    first = new_identity(*keys, passphrase=None)
    keys[1].write_text(f"# the clinic\n{first}")
    second = new_identity(keys[0].with_name("second.age"), keys[1], passphrase=None)
    assert [str(key) for key in read_recipients(keys[1]).keys] == [first, second]


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xff", b"age1qqqq\n", b"AGE-SECRET-KEY-1NONSENSE\n", b"# only a comment\n"]
)
def test_a_file_that_holds_no_identity_is_told_in_one_line(keys: tuple[Path, Path], content: bytes) -> None:
    keys[0].parent.mkdir()
    keys[0].write_bytes(content)
    with pytest.raises(IdentityError) as told:
        read_identity(keys[0], nobody_is_asked)
    assert str(told.value).count("\n") == 0 and "kinbridge keys new" in str(told.value)


def test_a_missing_identity_is_told_with_the_mend(keys: tuple[Path, Path]) -> None:
    with pytest.raises(IdentityError, match="give --identity FILE"):
        read_identity(keys[0], nobody_is_asked)


def test_a_damaged_wrapped_identity_is_told(keys: tuple[Path, Path]) -> None:
    keys[0].parent.mkdir()
    keys[0].write_bytes(b"age-encryption.org/v1\n-> scrypt nonsense 18\n")
    with pytest.raises(IdentityError):
        read_identity(keys[0], lambda: PASSPHRASE)
