"""What each role may open, how colleagues are invited, and that no other route exists."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor, wait

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from forms_service.staff.accounts import Actor, by_address, disable
from forms_service.store import Store
from tests.instances import Instance
from tests.staff.colleague import Colleague, errors_of, heading_of, link_for, link_in, path_of, run
from tests.staff.conftest import Invite

# Every address of the console. A new page is added here on purpose: nothing that a library brings may slip in.
ROUTES = {
    "/",
    "/health/live",
    "/metrics",
    "/staff/",
    "/staff/account",
    "/staff/account/codes",
    "/staff/account/password",
    "/staff/answers/<reference>",
    "/staff/answers/<reference>/cancel",
    "/staff/answers/<reference>/correct",
    "/staff/answers/<reference>/erase",
    "/staff/answers/<reference>/package.zip",
    "/staff/answers/<reference>/notes",
    "/staff/assets/<path:path>",
    "/staff/audit",
    "/staff/dates/<form>",
    "/staff/enter",
    "/staff/enter/<form>",
    "/staff/exports",
    "/staff/exports/<form>",
    "/staff/glance",
    "/staff/glance/guides",
    "/staff/groups",
    "/staff/groups/<form>/<group>",
    "/staff/invitation/<token>",
    "/staff/keys",
    "/staff/keys/drill",
    "/staff/keys/first",
    "/staff/keys/passphrase",
    "/staff/keys/readers/<any(admit, refuse, remove):what>",
    "/staff/keys/rotate",
    "/staff/keys/sheet",
    "/staff/language",
    "/staff/lock",
    "/staff/login",
    "/staff/login/code",
    "/staff/login/passkey",
    "/staff/login/recovery",
    "/staff/login/second",
    "/staff/logout",
    "/staff/logout-everywhere",
    "/staff/new",
    "/staff/people",
    "/staff/people/<int:number>/<any(disable, enable):what>",
    "/staff/retention",
    "/staff/search",
    "/staff/unlock",
    "/staff/welcome/app",
    "/staff/welcome/codes",
    "/staff/welcome/done",
    "/staff/welcome/factor",
    "/staff/welcome/passkey",
    "/staff/welcome/password",
}
LIBRARYS_OWN = (
    "register",
    "reset",
    "change",
    "confirm",
    "tf-setup",
    "tf-validate",
    "mf-recovery",
    "wan-signin",
)


def test_these_addresses_and_no_others_answer(console: Flask) -> None:
    assert {rule.rule for rule in console.url_map.iter_rules()} == ROUTES


@pytest.mark.parametrize("name", LIBRARYS_OWN)
def test_no_page_of_the_library_answers(console: Flask, name: str) -> None:
    client = console.test_client()
    assert client.get(f"/staff/{name}").status_code == 404
    assert client.get(f"/{name}").status_code == 404


def test_whoever_is_not_signed_in_is_sent_to_sign_in(console: Flask) -> None:
    client = console.test_client()
    for rule in console.url_map.iter_rules():
        view = console.view_functions[rule.endpoint]
        access = getattr(view, "access", None)
        if access is None or not access.anyone:
            address = rule.rule.replace("<int:number>", "1").replace("<any(disable, enable):what>", "disable")
            if "GET" in (rule.methods or set()):
                answer = client.get(address)
                assert (answer.status_code, answer.headers["Location"]) == (303, "/staff/login"), address


@pytest.mark.parametrize("role", ["reader", "manager"])
@pytest.mark.parametrize("address", ["/staff/people", "/staff/audit"])
def test_a_role_that_is_too_low_is_told_who_can_help(invited: Invite, role: str, address: str) -> None:
    invited("admin", "boss@clinic.example")
    ana = invited(role)
    page = ana.open(address)
    assert (page.status_code, heading_of(page)) == (403, "Your role does not open this page")
    assert "boss@clinic.example" in page.text and "ana@clinic.example" not in page.text
    assert address not in ana.open("/staff/").text, "the menu shows only what the role may open"


def test_a_reader_can_neither_invite_nor_disable(invited: Invite, instance: Instance) -> None:
    ana = invited()
    ana.open("/staff/account")
    assert ana.send("/staff/people", email="friend@example.org", role="admin").status_code == 403
    assert ana.send("/staff/people/1/disable").status_code == 403
    assert len(json.loads(run(instance, "staff", "list", "--json").output)) == 1


def test_an_admin_invites_in_the_browser(invited: Invite, console: Flask, instance: Instance) -> None:
    boss = invited("admin", "boss@clinic.example")
    boss.open("/staff/people")
    page = boss.send("/staff/people", email=" Eva@Clinic.example ", role="manager")
    assert page.status_code == 200
    eva = Colleague(console.test_client(), "eva@clinic.example")
    assert path_of(eva.accept(link_in(page.text))) == "/staff/"
    people = json.loads(run(instance, "staff", "list", "--json").output)
    assert {"email": "eva@clinic.example", "role": "manager", "state": "ready"} in people


@pytest.mark.parametrize(
    ("email", "role"), [("no address", "reader"), ("", "admin"), ("a@b.example", "owner")]
)
def test_a_bad_invitation_is_refused_beside_its_field(invited: Invite, email: str, role: str) -> None:
    boss = invited("admin")
    boss.open("/staff/people")
    page = boss.send("/staff/people", email=email, role=role)
    assert page.status_code == 422 and errors_of(page)


def test_the_last_admin_stays(invited: Invite, instance: Instance) -> None:
    boss = invited("admin", "boss@clinic.example")
    boss.open("/staff/people")
    page = boss.send("/staff/people/1/disable")
    assert (page.status_code, path_of(page)) == (422, "/staff/people/1/disable")
    assert boss.send("/staff/people", email="boss@clinic.example", role="reader").status_code == 422
    refused = run(instance, "staff", "disable", "boss@clinic.example")
    assert (refused.exit_code, refused.output.count("\n")) == (2, 1)
    assert run(instance, "staff", "add", "boss@clinic.example", "--role", "reader").exit_code == 2


def test_an_admin_who_cannot_sign_in_yet_is_no_other_admin(invited: Invite, instance: Instance) -> None:
    boss = invited("admin", "boss@clinic.example")
    link_for(instance, "eva@clinic.example", "admin")
    assert run(instance, "staff", "disable", "boss@clinic.example").exit_code == 2
    boss.open("/staff/people")
    page = boss.send("/staff/people/1/disable")
    assert page.status_code == 422 and "No other admin can sign in." in page.text
    assert run(instance, "staff", "disable", "eva@clinic.example").exit_code == 0


def test_of_two_admins_who_disable_each_other_at_once_one_stays(invited: Invite, instance: Instance) -> None:
    boss, eva = invited("admin", "boss@clinic.example"), invited("admin", "eva@clinic.example")
    boss.open("/staff/people")
    store = Store(instance.settings.database_url)
    with ThreadPoolExecutor() as pool:
        with store.writing() as connection, Session(bind=connection) as session:
            actor = Actor("cli:test", instance.settings.secret())
            first = by_address(session, boss.email)
            assert first is not None
            disable(connection, session, actor, first)
            second = pool.submit(boss.send, "/staff/people/2/disable")
            wait([second], timeout=0.5)
        second.result()
    store.close()
    people = json.loads(run(instance, "staff", "list", "--json").output)
    states = {person["email"]: person["state"] for person in people}
    assert states == {"boss@clinic.example": "disabled", "eva@clinic.example": "ready"}
    assert path_of(eva.open("/staff/people")) == "/staff/people"


def test_the_command_line_refuses_in_one_line(instance: Instance) -> None:
    for words in (("add", "nobody", "--role", "admin"), ("disable", "nobody@clinic.example")):
        result = run(instance, "staff", *words)
        assert (result.exit_code, result.output.count("\n")) == (2, 1)
    assert run(instance, "staff", "add", "a@b.example", "--role", "owner").exit_code == 2
    assert run(instance, "staff", "list", "--json").output.strip() == "[]"


def test_a_form_without_its_token_changes_nothing(invited: Invite, instance: Instance) -> None:
    boss = invited("admin")
    for address in ("/staff/people", "/staff/logout", "/staff/logout-everywhere", "/staff/language"):
        boss.token = "made up"
        page = boss.send(address, email="friend@example.org", role="admin", language="es")
        assert (page.status_code, heading_of(page)) == (403, "This page was open too long")
    assert path_of(boss.open("/staff/account")) == "/staff/account"


def test_the_cookie_and_every_page_are_closed(invited: Invite, console: Flask) -> None:
    boss = invited("admin")
    for address in ("/staff/", "/staff/people", "/staff/audit", "/staff/account", "/staff/nowhere"):
        page = boss.open(address)
        assert page.headers["Cache-Control"] == "no-store"
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
        assert "<script>" not in page.text and "style=" not in page.text and "onclick" not in page.text
    login = console.test_client().get("/staff/login")
    assert "HttpOnly" in login.headers["Set-Cookie"] and "SameSite=Lax" in login.headers["Set-Cookie"]


def test_behind_tls_the_cookie_is_secure(instance: Instance) -> None:
    from forms_service.settings import read_settings
    from forms_service.staff import create_app

    environment = {**instance.environment, "KINBRIDGE_STAFF_URL": "https://staff.clinic.example"}
    cookie = create_app(read_settings(environment)).test_client().get("/staff/login").headers["Set-Cookie"]
    assert cookie.startswith("__Host-kb-staff=") and "Secure" in cookie and "Path=/" in cookie


def test_the_console_speaks_spanish_and_remembers_it(invited: Invite, console: Flask) -> None:
    ana = invited()
    ana.open("/staff/account")
    page = ana.send("/staff/language", language="es", here="/staff/account")
    assert (path_of(page), heading_of(page)) == ("/staff/account", "Su cuenta")
    ana.send("/staff/logout")
    other = Colleague(console.test_client(), app_key=ana.app_key)
    assert heading_of(other.sign_in()) == "Respuestas"


@pytest.mark.parametrize(
    "here", ["https://evil.example/staff/", "//evil.example", "/\\evil.example", "javascript:1"]
)
def test_the_language_leads_to_no_other_site(console: Flask, here: str) -> None:
    ana = Colleague(console.test_client())
    ana.open("/staff/login")
    assert (
        ana.send("/staff/language", follow=False, language="es", here=here).headers["Location"] == "/staff/"
    )
