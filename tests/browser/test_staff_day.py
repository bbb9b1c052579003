"""A day of somebody who works at the clinic, in a real browser, from the invitation to signing out."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from forms_service.packages.validate import validate
from tests.browser.barriers import barriers, too_small
from tests.browser.test_console import Desk
from tests.commands.running import send
from tests.instances import REPOSITORY
from tests.serve.clinic import Clinic, make_clinic, serving

GROUP = "/staff/groups/support-group/worries-2027-01"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Clinic, str]]:
    """A clinic with groups whose console is served at http://localhost, where passkeys work."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    clinic = make_clinic(tmp_path / "clinic")
    for folder in (clinic.instance.release / "private" / "forms", clinic.instance.root / "datapackages"):
        shutil.copytree(REPOSITORY / "datapackages" / "support-group", folder / "support-group")
    with serving(clinic, "--staff-only", "--staff-port", port):
        yield clinic, f"http://localhost:{port}"


def look_again(page: Page) -> None:
    """What a browser says when its tab is looked at again: no test waits for the script's minute."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_a_day_from_the_invitation_to_signing_out(
    browser: Browser, served: tuple[Clinic, str], tmp_path: Path
) -> None:
    clinic, _base = served
    signed_up = send(clinic.instance)
    reference, other = send(clinic.instance, "intake"), send(clinic.instance, "intake")
    desk = Desk(browser, *served)
    page = desk.page
    desk.has_an_authenticator()
    desk.invite("day@clinic.example", "admin")
    desk.choose_password()
    desk.press("Make a passkey")
    desk.keep_codes()
    desk.shows("Answers")
    # Unlock, and read.
    page.get_by_role("link", name=reference).click()
    desk.shows("Unlock the answers")
    desk.press("Unlock")
    desk.shows(reference)
    expect(page.get_by_text("Ana Quispe")).to_be_visible()
    # A sign-up goes to the end of the line, is first there and offered the place it left, and is confirmed.
    desk.open(GROUP)
    row = page.get_by_role("row").filter(has_text=signed_up)
    for choice, state in (("end of the waiting list", "is offered a place"), ("give a place", "has a place")):
        row.get_by_role("combobox").select_option(label=choice)
        row.get_by_role("button", name="Move").click()
        expect(row).to_contain_text(state)
    # The family phones that it cannot come.
    row.get_by_role("link", name="Cancel").click()
    desk.shows(f"Do you want to cancel the sign-up {signed_up}?")
    assert barriers(page) + too_small(page) == []
    desk.press("Cancel the sign-up")
    expect(row).to_contain_text("sign-up cancelled")
    assert barriers(page) + too_small(page) == []
    # Take it up, and write a note.
    desk.open(f"/staff/answers/{reference}")
    page.get_by_label("State").select_option("in-progress")
    page.get_by_label("Who takes care of it").select_option(label="day@clinic.example")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_label("State")).to_have_value("in-progress")
    page.get_by_label("A note for your colleagues").fill("Phoned. First visit on Monday.")
    desk.press("Keep the note")
    expect(page.get_by_text("Phoned. First visit on Monday.")).to_be_visible()
    # Correct an answer.
    page.get_by_role("link", name="Correct an answer").click()
    page.get_by_label("What is your name?").fill("Ana Quispe Mamani")
    page.get_by_label("Why do you change it?").fill("Full name, told by phone")
    desk.press("Keep the correction")
    desk.shows(reference)
    expect(page.locator("del")).to_have_text("Ana Quispe")
    expect(page.locator("ins")).to_have_text("Ana Quispe Mamani")
    # Find the family again by name.
    desk.open("/staff/search")
    page.get_by_label("Name, or a part of it").fill("mamani")
    page.get_by_label("Form", exact=True).select_option("intake")
    desk.press("Find")
    expect(page.get_by_role("heading", name="1 found")).to_be_visible()
    # Export.
    page.get_by_role("link", name="Exports").click()
    page.get_by_role("link", name="Questions before your first visit").click()
    with page.expect_download() as downloaded:
        desk.press("Download")
    package = tmp_path / "intake.zip"
    downloaded.value.save_as(package)
    assert validate(package) == []
    # Erase the other one.
    desk.open(f"/staff/answers/{other}")
    page.get_by_role("link", name="Erase it").click()
    desk.press("Erase it")
    desk.shows("Answers")
    expect(page.get_by_role("link", name=other)).to_have_count(0)
    # What comes now appears by itself, but not under somebody's hands.
    said = page.get_by_role("status")
    first = send(clinic.instance, "intake")
    look_again(page)
    expect(page.get_by_role("link", name=first)).to_be_visible()
    expect(said).to_have_text("1 new answer has come.", use_inner_text=True)
    page.get_by_role("link", name=first).focus()
    second = send(clinic.instance, "intake")
    look_again(page)
    expect(said).to_have_text("2 new answers have come. Show them", use_inner_text=True)
    expect(page.get_by_role("link", name=second)).to_have_count(0)
    expect(page.get_by_role("link", name=first)).to_be_focused()
    page.get_by_label("Reference").focus()
    look_again(page)
    expect(page.get_by_role("link", name=second)).to_be_visible()
    expect(page.get_by_label("Reference")).to_be_focused()
    assert barriers(page) == []
    desk.press("Sign out")
    desk.open(f"/staff/answers/{reference}")
    desk.shows("Sign in")
    assert desk.noise == []
    desk.context.close()
    assert clinic.run("audit", "verify").exit_code == 0
