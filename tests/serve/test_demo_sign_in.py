"""The demo's ready sign-in: on this machine alone, and closed as soon as the instance is no demo."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.serve.browser import Browser, Page
from tests.serve.clinic import STAFF, Clinic, make_clinic, serving
from tests.staff.colleague import app_code

SIGN_IN = re.compile(r"/staff/login as (\S+), password (\S+), authenticator key (\S+)\n")
LINK = re.compile(r"(/staff/invitation/\S+)\n")
FLASK_SECURITY = "import sys; {}; sys.exit('flask_security' in sys.modules)"


def by_hand(server_words: str, browser: Browser) -> Page:
    """Sign in with what the terminal shows."""
    found = SIGN_IN.search(server_words)
    assert found, server_words
    email, password, key = found.groups()
    page = browser.open("/staff/login")
    form = next(form for form in page.forms if form.action == "/staff/login")
    page = browser.send(form, {"email": email, "password": password})
    form = next(form for form in page.forms if form.action == "/staff/login/code")
    return browser.send(form, {"code": app_code(key, later=1)})


def test_the_terminal_shows_a_link_and_a_sign_in_that_work_and_how_to_turn_them_off(tmp_path: Path) -> None:
    clinic = make_clinic(tmp_path)
    with serving(clinic, "--staff-only") as server:
        words = server.words()
        link = LINK.search(words)
        assert link and "set `demo: false` in mkdocs.yml" in words
        for _ in range(2):
            page = Browser(server.port(STAFF)).open(link[1])
            assert (page.address, page.heading) == ("/staff/", "Answers")
        assert by_hand(words, Browser(server.port(STAFF))).address == "/staff/"
    with serving(clinic, "--staff-only") as server:
        assert SIGN_IN.findall(server.words()) == SIGN_IN.findall(words)
        assert Browser(server.port(STAFF)).open(link[1]).status == 410


def no_demo(clinic: Clinic) -> tuple[str, ...]:
    file = clinic.instance.root / "mkdocs.yml"
    config = json.loads(file.read_text("utf-8"))
    config["extra"]["clinic"]["demo"] = False
    file.write_text(json.dumps(config), "utf-8")
    return ("--staff-only",)


def not_loopback(_: Clinic) -> tuple[str, ...]:
    return ("--staff-only", "--host", "0.0.0.0")


@pytest.mark.parametrize("change", [no_demo, not_loopback])
def test_where_it_is_no_demo_nothing_is_shown_and_what_was_shown_is_closed(
    tmp_path: Path, change: object
) -> None:
    clinic = make_clinic(tmp_path)
    with serving(clinic, "--staff-only") as server:
        words = server.words()
    link = LINK.search(words)
    assert link
    assert callable(change)
    with serving(clinic, *change(clinic)) as server:
        assert "Demo" not in server.words() and "/staff/" not in server.words()
        browser = Browser(server.port(STAFF))
        assert browser.open(link[1]).status == 410
        found = SIGN_IN.search(words)
        assert found
        page = browser.open("/staff/login")
        form = next(form for form in page.forms if form.action == "/staff/login")
        assert browser.send(form, {"email": found[1], "password": found[2]}).status == 422


def test_no_token_or_address_is_in_the_log_of_a_failing_console(tmp_path: Path) -> None:
    clinic = make_clinic(tmp_path, demo=False)
    printed = clinic.run("staff", "add", "ana@clinic.example", "--role", "reader").output
    link = LINK.search(printed)
    assert link
    with serving(clinic, "--staff-only") as server:
        clinic.change("ALTER TABLE staff_users RENAME TO gone")
        page = Browser(server.port(STAFF)).open(link[1])
        assert page.status >= 500 and "Traceback" not in page.text
        for word in (link[1].rsplit("/", 1)[1], "ana@clinic.example", "invitation/"):
            assert word not in server.words()


@pytest.mark.parametrize(
    "does",
    [
        "import forms_service.public.app",
        "import forms_service.cli, click.testing as c; c.CliRunner().invoke(forms_service.cli.main, ['--help'])",
        "import forms_service.staff",
    ],
)
def test_the_accounts_library_is_loaded_by_the_console_alone(does: str) -> None:
    assert subprocess.run([sys.executable, "-c", FLASK_SECURITY.format(does)], check=False).returncode == 0
