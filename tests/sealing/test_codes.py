"""Codes and references: made by chance, read as people write them down."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from forms_service.sealing.codes import ALPHABET, grouped, new_code, new_reference, read_code
from tests.properties.runs import run_of

CODES = st.text(alphabet=ALPHABET, min_size=16, max_size=16)


def test_a_code_has_eighty_bits_that_are_never_the_same() -> None:
    codes = {new_code() for _ in range(2_000)}
    assert len(codes) == 2_000
    assert all(len(code) == 16 and set(code) <= set(ALPHABET) for code in codes)
    assert len(ALPHABET) == 32 and set("".join(codes)) == set(ALPHABET)


def test_a_reference_is_two_groups_of_four() -> None:
    first, _, second = new_reference().partition("-")
    assert len(first) == len(second) == 4
    assert set(first + second) <= set(ALPHABET)


@run_of(50)
@given(CODES, st.sampled_from(["-", " ", "", " - ", "\u2013", "\u00a0"]), st.booleans())
def test_a_code_is_read_however_it_is_written_down(code: str, between: str, small: bool) -> None:
    typed = grouped(code).replace("-", between)
    assert read_code(f"  {typed.lower() if small else typed}\n") == code


@run_of(50)
@given(CODES)
def test_letters_that_look_like_figures_are_read_as_figures(code: str) -> None:
    assert read_code(code.replace("0", "O").replace("1", "l")) == code
    assert read_code(code.replace("0", "o").replace("1", "I")) == code


@run_of(50)
@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_code_or_nothing(typed: str) -> None:
    code = read_code(typed)
    assert code is None or (len(code) == 16 and set(code) <= set(ALPHABET))


@run_of(50)
@given(CODES, st.integers(0, 15), st.sampled_from("U!é*_\0"))
def test_a_wrong_character_makes_it_no_code(code: str, place: int, wrong: str) -> None:
    assert read_code(code[:place] + wrong + code[place + 1 :]) is None
    assert read_code(code[:-1]) is None
    assert read_code(code + code[0]) is None
