"""Drafts open with their code, in their place, and with nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms_service.sealing.codes import new_code
from forms_service.sealing.drafts import DraftDamaged, key_of
from tests.properties.runs import run_of

TEXT = b'{"worry": ["Llora por la noche"]}'


@run_of(50)
@given(st.text(max_size=3_000))
def test_a_draft_comes_back_as_it_was_typed(text: str) -> None:
    key = key_of(new_code())
    plain = text.encode("utf-8", "replace")
    assert key.open(key.seal(plain, "you"), "you").rstrip(b" ") == plain.rstrip(b" ")


def test_what_the_server_keeps_leads_neither_to_the_code_nor_to_the_key() -> None:
    code = new_code()
    key = key_of(code)
    assert len(key.lookup) == 64 and len(key.key) == 32
    assert code not in key.lookup and key.key.hex() != key.lookup
    assert key_of(code) == key
    other = key_of(code[:-1] + ("0" if code[-1] != "0" else "1"))
    assert other.lookup != key.lookup and other.key != key.key


def test_a_draft_opens_with_its_own_code_and_in_its_own_place_only() -> None:
    key, stranger = key_of(new_code()), key_of(new_code())
    sealed = key.seal(TEXT, "worries")
    for other, page in ((stranger, "worries"), (key, "goals"), (key, "copy")):
        with pytest.raises(DraftDamaged):
            other.open(sealed, page)


@run_of(50)
@given(st.integers(0, 2_075), st.integers(1, 255))
def test_a_changed_byte_is_noticed(place: int, change: int) -> None:
    key = key_of(new_code())
    sealed = bytearray(key.seal(TEXT, "worries"))
    assert len(sealed) == 12 + 2_048 + 16
    sealed[place] ^= change
    with pytest.raises(DraftDamaged):
        key.open(bytes(sealed), "worries")


@pytest.mark.parametrize("length", [0, 1, 7, 11, 12, 27, 28, 2_000])
def test_a_draft_cut_short_is_noticed(length: int) -> None:
    key = key_of(new_code())
    with pytest.raises(DraftDamaged):
        key.open(key.seal(TEXT, "worries")[:length], "worries")


def test_the_same_words_are_never_sealed_the_same_and_never_tell_their_length() -> None:
    key = key_of(new_code())
    sealed = {key.seal(b"yes, she did", "safety") for _ in range(100)} | {key.seal(b"x" * 2_048, "safety")}
    assert len(sealed) == 101
    assert len({one[:12] for one in sealed}) == 101, "a nonce is used once"
    assert {len(one) for one in sealed} == {12 + 2_048 + 16}
    assert not any(b"yes, she did" in one or b"xxxx" in one for one in sealed)
