"""The key on paper: what was printed is typed in again, and a slip is found in its line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms_service.sealing.identity import Identity, new_key
from forms_service.sealing.sheet import Mistyped, as_code, lines_of, read_sheet
from tests.properties.runs import run_of

IDENTITY = Identity((new_key(),))
LINES = lines_of(IDENTITY)


def test_a_sheet_is_read_again_whatever_way_it_is_typed() -> None:
    for typed in (
        LINES,
        [line.lower() for line in LINES],
        [line.replace(" ", "") for line in LINES],
        [line.replace(" ", "-").replace("0", "o").replace("8", "b").replace("L", "1") for line in LINES],
        [as_code(IDENTITY)],
        [as_code(IDENTITY).lower()],
    ):
        assert read_sheet(typed).recipient == IDENTITY.recipient


@run_of(200)
@given(st.integers(0, len(LINES) - 1), st.data())
def test_a_slip_never_gives_another_key_and_is_told_in_one_line(number: int, data: st.DataObject) -> None:
    line = LINES[number].replace(" ", "")
    place = data.draw(st.integers(0, len(line) - 1))
    sign = data.draw(
        st.sampled_from("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L").filter(lambda one: one != line[place])
    )
    typed = [*LINES[:number], line[:place] + sign + line[place + 1 :], *LINES[number + 1 :]]
    with pytest.raises(Mistyped) as told:
        read_sheet(typed)
    assert "\n" not in str(told.value)


def test_lines_that_changed_places_or_are_missing_are_found() -> None:
    with pytest.raises(Mistyped, match="line 1"):
        read_sheet([LINES[1], LINES[0], *LINES[2:]])
    with pytest.raises(Mistyped, match="4 lines"):
        read_sheet(LINES[:3])
    with pytest.raises(Mistyped, match="line 4 has"):
        read_sheet([*LINES[:3], LINES[3][:-1]])
