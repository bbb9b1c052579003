"""Getting in with an invitation, signing in, signing out."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from forms_service.store import Store
from forms_service.store.tables import staff_links, staff_sessions
from forms_service.store.times import now, stamp
from tests.instances import Instance
from tests.staff.colleague import PASSWORD, Colleague, errors_of, heading_of, link_for, path_of, run
from tests.staff.conftest import Invite


def change(instance: Instance, statement: sa.Update | sa.Delete) -> None:
    store = Store(instance.settings.database_url)
    with store.writing() as connection:
        connection.execute(statement)
    store.close()


def test_an_invitation_leads_through_password_second_factor_and_codes_into_the_console(
    instance: Instance, console: Flask
) -> None:
    ana = Colleague(console.test_client())
    page = ana.accept(link_for(instance, "ana@clinic.example"))
    assert (path_of(page), heading_of(page)) == ("/staff/", "Answers")
    assert "Nothing has come yet." in page.text
    assert len(set(ana.codes)) == 10
    assert "ready" in run(instance, "staff", "list").output


def test_the_token_of_a_link_leaves_the_address_bar_at_once(instance: Instance, console: Flask) -> None:
    ana = Colleague(console.test_client())
    page = ana.open(link_for(instance, "ana@clinic.example"))
    assert path_of(page) == "/staff/welcome/password"


def test_a_link_that_was_used_works_no_more(instance: Instance, console: Flask) -> None:
    link = link_for(instance, "ana@clinic.example")
    early = Colleague(console.test_client())
    early.open(link)
    Colleague(console.test_client()).accept(link)
    late = early.send("/staff/welcome/password", password=PASSWORD, again=PASSWORD)
    assert path_of(late) == "/staff/login"
    page = Colleague(console.test_client()).open(link)
    assert (page.status_code, heading_of(page)) == (410, "This link does not work any more")


def test_looking_at_a_link_uses_nothing_up(instance: Instance, console: Flask) -> None:
    link = link_for(instance, "ana@clinic.example")
    for _ in range(3):
        Colleague(console.test_client()).open(link)
    assert path_of(Colleague(console.test_client()).accept(link)) == "/staff/"


def test_a_link_ends_after_seven_days_and_when_a_newer_one_is_made(
    instance: Instance, console: Flask
) -> None:
    old, new = link_for(instance, "ana@clinic.example"), link_for(instance, "ana@clinic.example")
    assert Colleague(console.test_client()).open(old).status_code == 410
    change(instance, staff_links.update().values(expires_at=stamp(now() - timedelta(seconds=1))))
    assert Colleague(console.test_client()).open(new).status_code == 410


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short words", "at least 12"),
        ("x" * 201, "at most 200"),
        ("Password1234!", "easy to guess"),
        ("contraseña2027", "easy to guess"),
        ("abcabcabcabcabc", "easy to guess"),
        ("abcdefghijklmnop", "easy to guess"),
        ("ana-clinic-example", "easy to guess"),
        ("Kinbridge 2027 !!", "easy to guess"),
    ],
)
def test_a_bad_password_is_refused_with_the_reason(
    instance: Instance, console: Flask, password: str, why: str
) -> None:
    ana = Colleague(console.test_client())
    ana.open(link_for(instance, "ana@clinic.example"))
    page = ana.send("/staff/welcome/password", password=password, again=password)
    assert page.status_code == 422
    (error,) = errors_of(page)
    assert why in error


@pytest.mark.parametrize(
    "password", ["ñandú en la orilla", "8417209455137766", "aaaa bbbb kestrel", " lots of spaces "]
)
def test_any_other_long_password_is_taken_whatever_it_is_made_of(
    instance: Instance, console: Flask, password: str
) -> None:
    ana = Colleague(console.test_client(), password=password)
    assert path_of(ana.accept(link_for(instance, "ana@clinic.example"))) == "/staff/"


def test_two_different_passwords_are_not_taken(instance: Instance, console: Flask) -> None:
    ana = Colleague(console.test_client())
    ana.open(link_for(instance, "ana@clinic.example"))
    page = ana.send("/staff/welcome/password", password=PASSWORD, again=PASSWORD + "s")
    assert (page.status_code, errors_of(page)) == (422, ["Type the same password twice."])


def test_nobody_gets_past_the_gate_without_a_second_factor(instance: Instance, console: Flask) -> None:
    ana = Colleague(console.test_client())
    ana.open(link_for(instance, "ana@clinic.example", "admin"))
    assert path_of(ana.open("/staff/people")) == "/staff/welcome/password"
    ana.send("/staff/welcome/password", password=PASSWORD, again=PASSWORD)
    for address in ("/staff/", "/staff/people", "/staff/audit", "/staff/welcome/codes"):
        assert path_of(ana.open(address)) == "/staff/welcome/factor"
    other = Colleague(console.test_client())
    assert path_of(other.enter_password()) == "/staff/welcome/factor"


def test_a_wrong_first_app_code_sets_nothing_up(instance: Instance, console: Flask) -> None:
    ana = Colleague(console.test_client())
    ana.open(link_for(instance, "ana@clinic.example"))
    ana.send("/staff/welcome/password", password=PASSWORD, again=PASSWORD)
    before = ana.open("/staff/welcome/app").text.partition('class="kb-key">')[2][:40]
    for code in ("000000", "", "12", "abcdef", "１２３４５６"):
        page = ana.send("/staff/welcome/app", code=code)
        assert page.status_code == 422 and errors_of(page)
        assert page.text.partition('class="kb-key">')[2][:40] == before, "the key that was scanned stays"


def test_a_password_alone_opens_nothing(invited: Invite, console: Flask) -> None:
    invited("admin")
    thief = Colleague(console.test_client())
    assert path_of(thief.enter_password()) == "/staff/login/second"
    for address in ("/staff/", "/staff/people", "/staff/account", "/staff/audit"):
        assert path_of(thief.open(address)) == "/staff/login/second"
    for address in ("/staff/people", "/staff/logout-everywhere", "/staff/account/codes"):
        assert path_of(thief.send(address, email="x@example.org", role="admin")) == "/staff/login/second"


def test_signing_in_leads_to_the_page_that_was_asked_for(invited: Invite, console: Flask) -> None:
    ana = invited("admin")
    ana.send("/staff/logout")
    assert path_of(ana.open("/staff/audit")) == "/staff/login"
    assert path_of(ana.sign_in()) == "/staff/audit"


def test_a_wrong_code_is_refused_and_the_right_one_works_once(invited: Invite, console: Flask) -> None:
    ana = invited()
    other = Colleague(console.test_client(), app_key=ana.app_key)
    other.enter_password()
    wrong = "000000" if other.code(1) != "000000" else "000001"
    assert other.send("/staff/login/code", code=wrong).status_code == 422
    code = other.code(later=1)
    assert path_of(other.send("/staff/login/code", code=code)) == "/staff/"
    again = Colleague(console.test_client())
    again.enter_password()
    page = again.send("/staff/login/code", code=code)
    assert page.status_code == 422
    assert "used already" in errors_of(page)[0]


def test_the_code_of_the_set_up_does_not_sign_in(invited: Invite, console: Flask) -> None:
    ana = invited()
    other = Colleague(console.test_client(), app_key=ana.app_key)
    other.enter_password()
    assert other.send("/staff/login/code", code=ana.first_code).status_code == 422


def test_a_recovery_code_works_once_however_it_is_typed(invited: Invite, console: Flask) -> None:
    ana = invited()
    code = ana.codes[3]
    other = Colleague(console.test_client())
    other.enter_password()
    typed = code.replace("-", " ").upper()
    assert path_of(other.send("/staff/login/recovery", recovery=typed)) == "/staff/"
    assert "<dd>9</dd>" in other.open("/staff/account").text
    again = Colleague(console.test_client())
    again.enter_password()
    assert again.send("/staff/login/recovery", recovery=code).status_code == 422


def test_new_recovery_codes_need_the_password_and_end_the_old_ones(invited: Invite, console: Flask) -> None:
    ana = invited()
    ana.open("/staff/account")
    assert ana.send("/staff/account/codes", password="not the password").status_code == 422
    page = ana.send("/staff/account/codes", password=PASSWORD)
    assert page.status_code == 200 and page.text.count("<li><code>") == 10
    other = Colleague(console.test_client())
    other.enter_password()
    assert other.send("/staff/login/recovery", recovery=ana.codes[0]).status_code == 422


def test_the_database_holds_no_password_code_token_or_app_key(
    instance: Instance, console: Flask, invited: Invite
) -> None:
    link = link_for(instance, "eva@clinic.example")
    ana = invited()
    cookie = ana.client.get_cookie("kb-staff")
    assert cookie is not None
    store = Store(instance.settings.database_url)
    with store.reading() as connection:
        rows = [
            str(connection.execute(sa.text(f"SELECT * FROM {table}")).all())
            for table in ("staff_users", "staff_links", "staff_sessions", "audit")
        ]
    store.close()
    plain = "".join(code.replace("-", "") for code in ana.codes)
    for secret in (PASSWORD, ana.app_key, link.rsplit("/", 1)[1], *ana.codes, plain[:12], cookie.value):
        assert not any(secret in text for text in rows)


def test_a_cookie_that_is_sent_again_after_signing_out_is_refused(invited: Invite, console: Flask) -> None:
    ana = invited()
    cookie = ana.client.get_cookie("kb-staff")
    assert cookie is not None
    assert path_of(ana.open("/staff/account")) == "/staff/account"
    ana.send("/staff/logout")
    thief = Colleague(console.test_client())
    thief.client.set_cookie("kb-staff", cookie.value)
    assert path_of(thief.open("/staff/account")) == "/staff/login"


def test_signing_out_everywhere_ends_every_visit(invited: Invite, console: Flask) -> None:
    ana = invited()
    other = Colleague(console.test_client(), app_key=ana.app_key)
    assert path_of(other.sign_in()) == "/staff/"
    other.open("/staff/account")
    assert path_of(other.send("/staff/logout-everywhere")) == "/staff/login"
    assert path_of(ana.open("/staff/account")) == "/staff/login"


@pytest.mark.parametrize("column", ["seen_at", "started_at"])
def test_a_visit_ends_when_it_is_idle_or_lasts_too_long(
    instance: Instance, invited: Invite, column: str
) -> None:
    ana = invited()
    past = {"seen_at": timedelta(minutes=15), "started_at": timedelta(hours=12)}[column]
    nearly = stamp(now() - past + timedelta(seconds=30))
    change(instance, staff_sessions.update().values({column: nearly}))
    assert path_of(ana.open("/staff/account")) == "/staff/account"
    change(instance, staff_sessions.update().values({column: stamp(now() - past)}))
    page = ana.open("/staff/account")
    assert path_of(page) == "/staff/login"
    assert "nothing happened for 15 minutes" in page.text


def test_a_visit_is_over_when_the_clock_was_set_back_behind_it(instance: Instance, invited: Invite) -> None:
    ana = invited()
    change(instance, staff_sessions.update().values(seen_at=stamp(now() + timedelta(seconds=30))))
    assert path_of(ana.open("/staff/account")) == "/staff/account"
    change(instance, staff_sessions.update().values(seen_at=stamp(now() + timedelta(hours=2))))
    assert path_of(ana.open("/staff/account")) == "/staff/login"


def test_signing_in_takes_a_new_cookie_so_that_a_planted_one_is_worth_nothing(
    invited: Invite, console: Flask
) -> None:
    ana = invited()
    other = Colleague(console.test_client(), app_key=ana.app_key)
    other.enter_password()
    planted = other.client.get_cookie("kb-staff")
    assert planted is not None
    other.send("/staff/login/code", code=other.code(later=1))
    thief = Colleague(console.test_client())
    thief.client.set_cookie("kb-staff", planted.value)
    assert path_of(thief.open("/staff/account")) == "/staff/login"


def test_a_new_link_replaces_password_factor_and_visits(
    instance: Instance, console: Flask, invited: Invite
) -> None:
    ana = invited()
    other = Colleague(console.test_client(), password="another heron wades here")
    assert path_of(other.accept(link_for(instance, ana.email))) == "/staff/"
    assert path_of(ana.open("/staff/account")) == "/staff/login"
    assert ana.enter_password().status_code == 422


def test_somebody_changes_their_own_password_and_other_visits_end(invited: Invite, console: Flask) -> None:
    ana = invited()
    other = Colleague(console.test_client(), app_key=ana.app_key)
    other.sign_in()
    ana.open("/staff/account")
    fresh = "seven slow otters sing"
    wrong = ana.send("/staff/account/password", old="not this one", new=fresh, again=fresh)
    assert errors_of(wrong) == ["That password is not right."]
    short = ana.send("/staff/account/password", old=PASSWORD, new="short", again="short")
    assert short.status_code == 422 and "at least 12 characters" in errors_of(short)[0]
    assert errors_of(ana.send("/staff/account/password", old=PASSWORD, new=fresh, again="else")) == [
        "Type the same password twice."
    ]
    page = ana.send("/staff/account/password", old=PASSWORD, new=fresh, again=fresh)
    assert path_of(page) == "/staff/account" and "Your password is changed" in page.text
    assert path_of(other.open("/staff/account")) == "/staff/login", "the other visit has ended"
    assert other.enter_password(PASSWORD).status_code == 422
    assert heading_of(other.enter_password(fresh)) == "Confirm that it is you"
