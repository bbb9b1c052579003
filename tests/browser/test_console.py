"""The console in a real browser: a passkey, an app without JavaScript, and no barrier on any page."""

from __future__ import annotations

import json
import os
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from tests.browser.barriers import barriers, tab_through, too_small
from tests.browser.visitor import DESK, HEIGHTS, PHONE, Scheme
from tests.commands.running import send
from tests.instances import REPOSITORY
from tests.public.test_places import GROUPS, sign_up, write_groups
from tests.serve.clinic import Clinic, make_clinic, serving
from tests.staff.colleague import PASSWORD, app_code, link_in

pytestmark = pytest.mark.browser
_STATUS = re.compile(r"Failed to load resource: the server responded with a status of [45]\d\d ")


class Desk:
    """A colleague's browser at the console, which writes down all that goes wrong behind the page."""

    def __init__(
        self,
        browser: Browser,
        clinic: Clinic,
        base: str,
        *,
        width: int = DESK,
        scheme: Scheme = "light",
        javascript: bool = True,
    ) -> None:
        self.clinic, self.base = clinic, base
        self.noise: list[str] = []
        self.context: BrowserContext = browser.new_context(
            viewport={"width": width, "height": HEIGHTS[width]},
            color_scheme=scheme,
            java_script_enabled=javascript,
            locale="en-US",
        )
        self.context.set_default_timeout(20_000)
        self.page: Page = self.context.new_page()
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.noise.append(str(error)))

    def open(self, path: str) -> None:
        self.page.goto(self.base + path)

    def has_an_authenticator(self) -> None:
        """Chromium's own virtual one, which says yes to everything."""
        devtools = self.context.new_cdp_session(self.page)
        devtools.send("WebAuthn.enable")
        options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True}
        options |= {"hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True}
        devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})

    def invite(self, email: str, role: str = "reader") -> None:
        """Open the link that the command line prints."""
        self.open(link_in(self.clinic.run("staff", "add", email, "--role", role).output))

    def choose_password(self) -> None:
        self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        self.page.get_by_label("The same password again").fill(PASSWORD)
        self.press("Continue")

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name).click()

    def read_key(self) -> str:
        return (self.page.locator(".kb-key").text_content() or "").replace(" ", "").replace("-", "")

    def enter_code(self, key: str, button: str, later: int = 0) -> None:
        self.page.get_by_label("Code from your app").fill(app_code(key, later))
        self.press(button)

    def keep_codes(self) -> None:
        self.press("Show my recovery codes")
        expect(self.page.locator(".kb-codes li")).to_have_count(10)
        self.press("I have kept them")

    def enter_password(self, email: str) -> None:
        self.page.get_by_label("E-mail address").fill(email)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.press("Continue")

    def shows(self, heading: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(heading)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not _STATUS.match(message.text):
            self.noise.append(message.text)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Clinic, str]]:
    """A clinic whose console is served at http://localhost, where passkeys work."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    clinic = make_clinic(tmp_path_factory.mktemp("console"))
    with serving(clinic, "--staff-only", "--staff-port", port):
        yield clinic, f"http://localhost:{port}"


def test_a_passkey_is_made_after_the_invitation_and_signs_in(
    browser: Browser, served: tuple[Clinic, str]
) -> None:
    desk = Desk(browser, *served)
    desk.has_an_authenticator()
    desk.invite("passkey@clinic.example")
    desk.choose_password()
    desk.press("Make a passkey")
    desk.keep_codes()
    desk.shows("Answers")
    desk.press("Sign out")
    desk.enter_password("passkey@clinic.example")
    desk.press("Use my passkey")
    desk.shows("Answers")
    assert desk.noise == []
    desk.context.close()


def test_an_answer_of_a_passkey_cannot_be_sent_again(browser: Browser, served: tuple[Clinic, str]) -> None:
    desk = Desk(browser, *served)
    desk.has_an_authenticator()
    desk.invite("again@clinic.example")
    desk.choose_password()
    desk.press("Make a passkey")
    desk.keep_codes()
    desk.press("Sign out")
    desk.enter_password("again@clinic.example")
    with desk.page.expect_request(lambda request: request.url.endswith("/login/passkey")) as sent:
        desk.press("Use my passkey")
    desk.shows("Answers")
    body = sent.value.post_data or ""
    desk.press("Sign out")
    desk.enter_password("again@clinic.example")
    desk.shows("Confirm that it is you")
    token = desk.page.locator("form[data-passkey] input[name=csrf_token]").get_attribute("value") or ""
    answer = desk.page.request.post(
        f"{desk.base}/staff/login/passkey",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        data=re.sub(r"csrf_token=[^&]*", f"csrf_token={token}", body),
    )
    assert answer.status == 422
    assert "That passkey did not work" in answer.text()
    desk.context.close()


def test_an_app_does_the_same_without_javascript(browser: Browser, served: tuple[Clinic, str]) -> None:
    desk = Desk(browser, *served, javascript=False)
    desk.invite("app@clinic.example")
    desk.choose_password()
    desk.page.get_by_role("link", name="Use an app").click()
    key = desk.read_key()
    desk.enter_code(key, "Continue")
    desk.keep_codes()
    desk.shows("Answers")
    desk.press("Sign out")
    desk.enter_password("app@clinic.example")
    desk.enter_code(key, "Sign in", later=1)
    desk.shows("Answers")
    desk.context.close()


@dataclass
class Looking:
    """Looks for barriers page by page; what it finds stands in `faults`, its pictures in `folder`."""

    desk: Desk
    view: str
    folder: Path
    faults: dict[str, list[str]] = field(default_factory=dict)

    def __call__(self, name: str) -> None:
        page = self.desk.page
        page.screenshot(path=self.folder / f"{name}-{self.view}.png", full_page=True)
        too_wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        stops = [stop["name"] for stop in tab_through(page) if not (stop["ringed"] and stop["uncovered"])]
        found = barriers(page) + too_small(page) + stops + (["too wide"] if too_wide else [])
        if found:
            self.faults[name] = found


# Every page twice; a long run looks at it in each light and width.
VIEWS: list[tuple[int, Scheme]] = [(PHONE, "light"), (DESK, "dark")]
VIEWS += [(PHONE, "dark"), (DESK, "light")] if "KINBRIDGE_TEST_LONG" in os.environ else []


@pytest.mark.parametrize(("width", "scheme"), VIEWS)
def test_no_page_has_a_barrier(
    browser: Browser, served: tuple[Clinic, str], width: int, scheme: Scheme, tmp_path: Path
) -> None:
    desk = Desk(browser, *served, width=width, scheme=scheme)
    email = f"barriers-{width}-{scheme}@clinic.example"
    look = Looking(desk, f"{width}-{scheme}", tmp_path)
    desk.open("/staff/login")
    look("login")
    desk.press("Continue")
    look("login-error")
    desk.invite(email, "admin")
    look("password")
    desk.press("Continue")
    look("password-error")
    desk.choose_password()
    look("factor")
    desk.page.get_by_role("link", name="Use an app").click()
    look("app")
    key = desk.read_key()
    desk.enter_code(key, "Continue")
    look("codes-before")
    desk.press("Show my recovery codes")
    look("codes")
    desk.press("I have kept them")
    look("home")
    for name in ("account", "groups", "people", "audit", "nowhere"):
        desk.open(f"/staff/{name}")
        look(name)
    reference = send(served[0].instance, "intake")
    desk.open(f"/staff/answers/{reference}")
    look("unlock")
    desk.press("Unlock")
    look("submission")
    desk.page.get_by_role("link", name="Correct an answer").click()
    look("correct")
    desk.press("Keep the correction")
    look("correct-error")
    for name in ("enter", "enter/intake"):
        desk.open(f"/staff/{name}")
        look(name.replace("/", "-"))
    desk.press("Keep the form")
    look("enter-error")
    for name in (
        "exports",
        "exports/intake",
        "exports/intake?deidentified=yes&since=then",
        "retention",
        "search",
        "keys",
        "keys/drill",
        "keys/sheet",
        "glance",
        "glance/guides",
    ):
        desk.open(f"/staff/{name}")
        look(name.replace("/", "-").partition("?")[0] + "-error" * ("?" in name))
    desk.open("/staff/keys/sheet")
    desk.press("Show the key")
    look("keys-sheet-shown")
    desk.open("/staff/keys/drill")
    desk.press("Try it")
    look("keys-drill-error")
    desk.open(f"/staff/answers/{reference}")
    desk.page.get_by_role("link", name="Erase it").click()
    look("erase")
    desk.open("/staff/?reference=0000-0000&status=new")
    look("inbox-error")
    desk.open("/staff/people")
    desk.page.get_by_label("E-mail address").fill(f"friend-of-{email}")
    desk.press("Make a link")
    look("people-link")
    desk.press("Make a link")
    look("people-error")
    desk.open("/staff/invitation/unknown")
    look("dead-link")
    desk.press("Sign out")
    desk.enter_password(email)
    look("second")
    desk.page.get_by_role("link", name="Use a recovery code").click()
    look("recovery")
    assert look.faults == {}
    assert desk.noise == []
    desk.context.close()


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Clinic, str]]:
    """A console with something on every page: a full group, people in line, and urgent answers nobody opened."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    forms = {
        name: json.loads((REPOSITORY / "datapackages" / name / "datapackage.json").read_text("utf-8"))
        for name in ("intake", "support-group")
    }
    clinic = make_clinic(tmp_path_factory.mktemp("busy"), forms=forms)
    config = json.loads((clinic.instance.root / "mkdocs.yml").read_text("utf-8"))
    config["extra"]["clinic"]["languages"] = ["en", "es"]
    (clinic.instance.root / "mkdocs.yml").write_text(json.dumps(config), "utf-8")
    write_groups(clinic.instance, GROUPS)
    for _ in range(3):
        sign_up(clinic.instance, "small")
    for _ in VIEWS:
        send(clinic.instance, "intake")
    clinic.change("UPDATE submissions SET submitted_at = '2026-01-05T09:00:00Z', urgent = :yes", yes=True)
    with serving(clinic, "--staff-only", "--staff-port", port):
        yield clinic, f"http://localhost:{port}"


@pytest.mark.parametrize(("width", "scheme"), VIEWS)
def test_no_page_of_a_busy_day_has_a_barrier_in_either_language(
    browser: Browser, busy: tuple[Clinic, str], width: int, scheme: Scheme, tmp_path: Path
) -> None:
    clinic, _ = busy
    desk = Desk(browser, *busy, width=width, scheme=scheme)
    page = desk.page
    desk.invite(f"busy-{width}-{scheme}@clinic.example", "admin")
    desk.choose_password()
    page.get_by_role("link", name="Use an app").click()
    desk.enter_code(desk.read_key(), "Continue")
    desk.keep_codes()
    language = "es" if width == DESK else "en"
    if language == "es":
        page.locator("[name=language][value=es]").click()
    look = Looking(desk, f"{width}-{scheme}-{language}", tmp_path)
    look("inbox-with-urgent-answers")
    for name in (
        "groups",
        "groups/support-group/small",
        "dates/support-group",
        "dates/support-group?group=small",
    ):
        desk.open(f"/staff/{name}")
        look(re.sub(r"\W", "-", name))
    signed_up, answered = (  # each view has its own: what one corrects, another finds corrected
        clinic.query(f"SELECT reference FROM submissions WHERE form = '{form}' ORDER BY id")[nth]
        for form, nth in (("support-group", 0), ("intake", VIEWS.index((width, scheme))))
    )
    desk.open(f"/staff/answers/{signed_up}/cancel")
    look("cancel")
    desk.open(f"/staff/answers/{answered}")
    page.locator("form[action$='/unlock'] [type=submit]").click()
    page.locator("[name=note]").fill("They called; back on Monday.")
    page.locator("form[action$='/notes'] [type=submit]").click()
    look("submission-with-a-note")
    page.locator("a[href$='/correct']").click()
    page.locator("[name=your_name]").fill("Ana Maria Quispe")
    page.locator("[name=reason]").fill("They told us.")
    page.locator("form[action$='/correct'] [type=submit]").click()
    look("submission-with-a-correction")
    clinic.change("UPDATE submissions SET status = 'done' WHERE reference = :reference", reference=answered)
    page.locator("[name=status]").select_option("in-progress")
    page.locator(f"form[action$='/answers/{answered}'] [type=submit]").click()
    look("a-colleague-was-quicker")
    desk.open("/staff/search")
    page.locator("[name=form]").select_option("intake")
    page.locator("[name=name]").fill("Quispe")
    page.locator("form[action$='/search'] [type=submit]").click()
    page.locator(f"a[href$='{answered}']").wait_for()
    look("search-that-found")
    desk.open("/staff/enter/support-group")
    page.locator("[name=group]").first.check()
    page.locator("[name=your_name]").fill("Luz Rojas")
    page.locator("[name=contact_by][value=phone]").check()
    page.locator("[name=phone]").fill("555 0101")
    page.locator("form[action$='/enter/support-group'] [type=submit]").click()
    look("entered")
    clinic.change("UPDATE roles_users SET role_id = (SELECT id FROM staff_roles WHERE name = 'reader')")
    desk.open("/staff/people")
    look("not-for-readers")
    assert look.faults == {}
    assert desk.noise == []
    desk.context.close()
