"""Submissions are sealed to everyone the clinic names, and to nobody else."""

from __future__ import annotations

from pathlib import Path

import pyrage
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms_service.sealing.identity import CannotOpen, open_with
from forms_service.sealing.recipients import NoRecipients, Recipients, read_recipients
from tests.properties.runs import run_of

TEXT = "Zoé no duerme".encode()


def test_every_recipient_opens_it_and_no_stranger(tmp_path: Path) -> None:
    clinic = [pyrage.x25519.Identity.generate() for _ in range(3)]
    stranger = pyrage.x25519.Identity.generate()
    file = tmp_path / "recipients.txt"
    lines = ["# the clinic", "", *(f"  {one.to_public()}  " for one in clinic)]
    file.write_text("\r\n".join(lines), "utf-8")
    sealed = read_recipients(file).seal(TEXT)
    assert [open_with(sealed, [one]) for one in clinic] == [TEXT] * 3
    assert TEXT not in sealed and sealed.startswith(b"age-encryption.org/v1")
    with pytest.raises(CannotOpen):
        open_with(sealed, [stranger])


def test_the_same_answers_are_never_sealed_the_same() -> None:
    recipients = Recipients((pyrage.x25519.Identity.generate().to_public(),))
    assert len({recipients.seal(TEXT) for _ in range(50)}) == 50


@run_of(50)
@given(st.binary(max_size=200))
def test_what_is_not_sealed_is_refused(noise: bytes) -> None:
    identity = pyrage.x25519.Identity.generate()
    for damaged in (noise, b"age-encryption.org/v1\n" + noise):
        with pytest.raises(CannotOpen):
            open_with(damaged, [identity])


def test_every_cut_and_every_changed_byte_is_noticed() -> None:
    identity = pyrage.x25519.Identity.generate()
    sealed = Recipients((identity.to_public(),)).seal(TEXT)
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        for damaged in (sealed[:place], bytes(changed)):
            with pytest.raises(CannotOpen):
                open_with(damaged, [identity])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "cannot read"),
        (b"", "names no recipient"),
        (b"# nobody\n\n", "names no recipient"),
        (b"age1nonsense\n", "no age recipient"),
        (b"\xff\xfe\n", "no age recipient"),
        (b"AGE-SECRET-KEY-1QQPQYQSZQ\n", "no age recipient"),
    ],
)
def test_recipients_that_cannot_be_used_are_told_with_the_mend(
    tmp_path: Path, content: bytes | None, words: str
) -> None:
    file = tmp_path / "recipients.txt"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(NoRecipients) as told:
        read_recipients(file)
    (line,) = str(told.value).splitlines()
    assert words in line and str(file) in line
    assert "run `kinbridge keys new`" in line or "mend or remove it" in line


def test_one_bad_line_takes_no_answers_rather_than_leave_a_reader_out(tmp_path: Path) -> None:
    file = tmp_path / "recipients.txt"
    file.write_text(f"{pyrage.x25519.Identity.generate().to_public()}\nage1nonsense\n")
    with pytest.raises(NoRecipients):
        read_recipients(file)
