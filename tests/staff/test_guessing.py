"""Guessing passwords and codes is slowed down, and nobody else is kept out by it."""

from __future__ import annotations

from flask import Flask
from limits.storage import MemoryStorage

from forms_service.staff.throttle import FREE, throttle
from tests.staff.colleague import PASSWORD, Colleague, errors_of, heading_of, path_of
from tests.staff.conftest import Invite


def test_whoever_guesses_a_password_must_wait_and_the_owner_elsewhere_need_not(
    invited: Invite, console: Flask
) -> None:
    ana = invited()
    ana.send("/staff/logout")
    stranger = Colleague(console.test_client(), address="198.51.100.7")
    for number in range(FREE):
        page = stranger.enter_password(f"a guess of mine {number}")
        assert page.status_code == 422
    slowed = stranger.enter_password(PASSWORD)
    assert slowed.status_code == 429 and int(slowed.headers["Retry-After"]) > 0
    assert heading_of(slowed) == "Too many wrong tries"
    assert path_of(ana.sign_in()) == "/staff/"


def test_the_delay_grows_up_to_a_quarter_of_an_hour_and_is_forgotten_after_the_right_one() -> None:
    counters = MemoryStorage()
    tries = throttle(counters, "password", "ana@clinic.example", "198.51.100.7")
    delays = [tries.wrong() for _ in range(14)]
    assert delays == [0, 0, 0, 0, 10, 20, 40, 80, 160, 320, 640, 900, 900, 900]
    assert 0 < tries.wait <= 901
    assert throttle(counters, "password", "ana@clinic.example", "192.0.2.1").wait == 0
    assert "ana" not in str(counters.storage)
    tries.right()
    assert (tries.wait, tries.wrong()) == (0, 0)


def test_an_unknown_address_is_answered_like_a_wrong_password(invited: Invite, console: Flask) -> None:
    invited()
    known = Colleague(console.test_client()).enter_password("wrong wrong wrong")
    unknown = Colleague(console.test_client(), "nobody@clinic.example").enter_password("wrong wrong wrong")
    assert known.status_code == unknown.status_code == 422
    assert errors_of(known) == errors_of(unknown)


def test_guessing_codes_ends_the_visit_and_is_slowed_down(invited: Invite, console: Flask) -> None:
    ana = invited()
    thief = Colleague(console.test_client(), app_key=ana.app_key)
    thief.enter_password()
    wrong = [
        code for code in ("000000", "000001", "000002", "000003", "000004", "000005") if code != thief.code(1)
    ]
    for code in wrong[:4]:
        assert thief.send("/staff/login/code", code=code).status_code == 422
    page = thief.send("/staff/login/code", code=wrong[4])
    assert "Sign in again from the start" in errors_of(page)[0]
    assert path_of(thief.open("/staff/login/second")) == "/staff/login"
    thief.enter_password()
    assert thief.send("/staff/login/code", code=thief.code(1)).status_code == 429


def test_a_disabled_account_cannot_sign_in_and_is_signed_out(invited: Invite, console: Flask) -> None:
    ana, boss = invited(), invited("admin", "boss@clinic.example")
    page = boss.open("/staff/people")
    number = (
        page.text.partition("ana@clinic.example</th>")[2].partition("/staff/people/")[2].partition("/")[0]
    )
    boss.send(f"/staff/people/{number}/disable")
    assert path_of(ana.open("/staff/account")) == "/staff/login"
    assert ana.enter_password().status_code == 422
    boss.send(f"/staff/people/{number}/enable")
    assert path_of(ana.enter_password()) == "/staff/login/second"
