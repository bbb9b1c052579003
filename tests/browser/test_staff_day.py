"""A day of somebody who works at the clinic, in a real browser, from the invitation to signing out."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, expect

from forms_service.packages.validate import validate
from tests.browser.test_console import Desk, served
from tests.commands.running import send
from tests.serve.clinic import Clinic

__all__ = ["served"]


def test_a_day_from_the_invitation_to_signing_out(
    browser: Browser, served: tuple[Clinic, str], tmp_path: Path
) -> None:
    clinic, _base = served
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
    # Take it up, and write a note.
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
    desk.press("Sign out")
    desk.open(f"/staff/answers/{reference}")
    desk.shows("Sign in")
    assert desk.noise == []
    desk.context.close()
    assert clinic.run("audit", "verify").exit_code == 0
