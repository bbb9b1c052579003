"""Guessing passwords and codes is slowed down, and nobody else is kept out by it."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from limits.storage import MemoryStorage

from forms_service.staff.throttle import (
    FREE,
    FREE_AT_ACCOUNT,
    FREE_IN_NETWORK,
    network_of,
    of_known,
    of_stranger,
)
from forms_service.store import Store
from tests.instances import Instance
from tests.staff.colleague import PASSWORD, Colleague, errors_of, heading_of, link_for, path_of
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
    assert "A browser that signed in to this account in the last 90 days does not have to wait" in slowed.text
    assert path_of(ana.sign_in()) == "/staff/"


def test_the_delay_grows_up_to_a_quarter_of_an_hour_and_is_forgotten_after_the_right_one() -> None:
    counters = MemoryStorage()
    tries = of_stranger(counters, "password", "ana@clinic.example", "198.51.100.7")
    delays = [tries.wrong() for _ in range(14)]
    assert delays == [0, 0, 0, 0, 10, 20, 40, 80, 160, 320, 640, 900, 900, 900]
    assert 0 < tries.wait <= 901
    assert of_stranger(counters, "password", "ana@clinic.example", "192.0.2.1").wait == 0
    assert not any(word in str(counters.storage) for word in ("ana", "198.51"))
    tries.right()
    assert (tries.wait, tries.wrong()) == (0, 0)


def test_guesses_at_one_account_from_many_addresses_slow_down_strangers_alone() -> None:
    counters = MemoryStorage()
    for number in range(FREE_AT_ACCOUNT):
        tries = of_stranger(counters, "password", "ana@clinic.example", f"198.51.100.{number}")
        assert tries.wait == 0
        tries.wrong()
    assert of_stranger(counters, "password", "ana@clinic.example", "203.0.113.9").wait > 0
    assert of_known(counters, "password", "ana@clinic.example", "her browser").wait == 0
    assert of_stranger(counters, "password", "eva@clinic.example", "203.0.113.9").wait == 0


def test_guesses_at_many_accounts_from_one_network_are_slowed_down() -> None:
    counters = MemoryStorage()
    for number in range(FREE_IN_NETWORK):
        tries = of_stranger(counters, "password", f"{number}@clinic.example", f"2001:db8:1:2::{number:x}")
        assert tries.wait == 0
        tries.wrong()
    assert of_stranger(counters, "password", "ana@clinic.example", "2001:db8:1:2:ffff::1").wait > 0
    assert of_stranger(counters, "password", "ana@clinic.example", "2001:db8:1:3::1").wait == 0


def test_somebody_who_has_an_account_does_not_free_a_network_by_signing_in_to_it() -> None:
    counters = MemoryStorage()
    for number in range(FREE_IN_NETWORK):
        of_stranger(counters, "password", f"{number}@clinic.example", "198.51.100.7").wrong()
    of_stranger(counters, "password", "thief@clinic.example", "198.51.100.7").right()
    assert of_stranger(counters, "password", "ana@clinic.example", "198.51.100.7").wait > 0


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unknown", ""),
        ("", ""),
    ],
)
def test_an_address_counts_as_what_one_customer_has(address: str, network: str) -> None:
    assert network_of(address) == network


def test_guesses_from_many_addresses_slow_down_the_sign_in_and_a_known_browser_gets_in(
    invited: Invite, console: Flask
) -> None:
    ana = invited()
    ana.send("/staff/logout")
    for number in range(FREE_AT_ACCOUNT):
        stranger = Colleague(console.test_client(), address=f"198.51.100.{number}")
        assert stranger.enter_password("a guess of mine").status_code == 422
    late = Colleague(console.test_client(), address="203.0.113.9")
    assert late.enter_password(PASSWORD).status_code == 429
    assert path_of(ana.sign_in()) == "/staff/"


def test_guesses_from_one_ipv6_network_are_slowed_down(invited: Invite, console: Flask) -> None:
    invited()
    for number in range(FREE):
        thief = Colleague(console.test_client(), address=f"2001:db8:1:2::{number}")
        assert thief.enter_password("a guess of mine").status_code == 422
    assert Colleague(console.test_client(), address="2001:db8:1:2::ff").enter_password().status_code == 429


def test_a_thief_with_the_password_and_wrong_codes_does_not_keep_the_owner_out(
    invited: Invite, console: Flask
) -> None:
    ana = invited()
    ana.send("/staff/logout")
    thief = Colleague(console.test_client(), address="198.51.100.7")
    thief.enter_password()
    for _ in range(FREE):
        thief.send("/staff/login/code", code="12")
    thief.enter_password()
    assert thief.send("/staff/login/code", code=ana.code(1)).status_code == 429
    assert path_of(ana.sign_in()) == "/staff/"


def test_a_known_browser_has_its_own_wrong_tries_and_is_told_so(invited: Invite, console: Flask) -> None:
    ana = invited()
    ana.send("/staff/logout")
    for number in range(FREE):
        ana.address = f"198.51.100.{number}"
        assert ana.enter_password("not mine at all").status_code == 422
    slowed = ana.enter_password()
    assert slowed.status_code == 429
    assert "Only this browser is slowed down: nobody else has to wait." in slowed.text
    other = Colleague(console.test_client(), app_key=ana.app_key)
    assert path_of(other.sign_in()) == "/staff/"


def test_a_browser_is_known_only_after_both_steps_and_by_no_cookie_of_its_own_making(
    invited: Invite, console: Flask
) -> None:
    ana = invited()
    thief = Colleague(console.test_client())
    thief.enter_password()
    assert thief.client.get_cookie("kb-known", path="/staff") is None
    cookie = ana.client.get_cookie("kb-known", path="/staff")
    assert cookie is not None and cookie.http_only and not cookie.secure
    assert (cookie.same_site, cookie.max_age) == ("Lax", 90 * 24 * 3600)
    thief.client.set_cookie("kb-known", cookie.value[:-2], path="/staff")
    for _ in range(FREE):
        thief.enter_password("a guess of mine")
    assert "A browser that signed in to this account" in thief.enter_password().text


def test_a_new_link_makes_known_browsers_strangers(
    instance: Instance, invited: Invite, console: Flask
) -> None:
    ana = invited()
    mended = Colleague(console.test_client(), password="another heron wades here")
    mended.accept(link_for(instance, ana.email))
    for _ in range(FREE):
        ana.enter_password("a guess of mine")
    assert "A browser that signed in to this account" in ana.enter_password().text


def test_a_shared_browser_is_known_to_each_account(invited: Invite, console: Flask) -> None:
    ana, eva = invited(), invited(email="eva@clinic.example")
    ana.send("/staff/logout")
    shared = Colleague(ana.client, eva.email, app_key=eva.app_key)
    assert path_of(shared.sign_in()) == "/staff/"
    shared.send("/staff/logout")
    for _ in range(FREE):
        Colleague(console.test_client()).enter_password("a guess of mine")
    assert path_of(ana.sign_in()) == "/staff/"


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


@pytest.mark.parametrize("step", ["sign in", "new codes", "new password"])
def test_nobody_who_writes_waits_while_a_password_is_proved(
    instance: Instance, invited: Invite, console: Flask, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    ana = invited()
    written: list[str] = []
    store = Store(instance.settings.database_url, lock_wait=0.1)
    security = console.extensions["kinbridge-staff"].security
    monkeypatch.setattr(security, "pwd_context", WritesMeanwhile(security.pwd_context, store, written))
    fresh = "seven slow otters sing"
    if step == "sign in":
        page = Colleague(console.test_client(), app_key=ana.app_key).enter_password()
        assert path_of(page) == "/staff/login/second"
    else:
        ana.open("/staff/account")
        if step == "new codes":
            assert ana.send("/staff/account/codes", password=PASSWORD).status_code == 200
        else:
            page = ana.send("/staff/account/password", old=PASSWORD, new=fresh, again=fresh)
            assert "Your password is changed" in page.text
    store.close()
    assert "verify" in written and all(each in ("verify", "hash") for each in written)


class WritesMeanwhile:
    """The library that hashes passwords, while somebody else writes, to the same account even."""

    def __init__(self, real: Any, store: Store, written: list[str]) -> None:
        self._real, self._store, self._written = real, store, written

    def __getattr__(self, name: str) -> Any:
        if name in ("verify", "hash"):
            with self._store.writing() as connection:
                connection.execute(sa.text("UPDATE staff_users SET language = 'en'"))
            self._written.append(name)
        return getattr(self._real, name)
