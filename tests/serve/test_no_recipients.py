"""Without the clinic's public keys nobody could open what is sent, so nothing is taken, until they are there."""

from __future__ import annotations

from pathlib import Path

from forms_service.sealing.identity import new_identity
from tests.serve.browser import Browser, Page
from tests.serve.clinic import make_clinic, serving
from tests.serve.journeys import INTAKE, NAME, QUESTION, begin, walk


def sends_to_the_phone(page: Page) -> bool:
    """Whether the family is told to call the clinic instead."""
    assert page.status == 503, f"{page.status}: {page.text}"
    assert not page.shows("We have your answers") and "data-reference" not in page.text
    return page.shows("We cannot take forms right now") and 'href="tel:5550100"' in page.text


def test_forms_send_families_to_the_phone_until_keys_are_made(tmp_path: Path) -> None:
    clinic = make_clinic(tmp_path, keys=False, demo=False)
    with serving(clinic) as server:
        assert not clinic.identity.exists(), "a real clinic makes its keys itself"
        assert "no keys yet, so forms answer 503: run `kinbridge keys new`" in server.words()
        browser = Browser(server.site)
        for content in (None, "", "# nobody yet\n\n", "age1notakey\n", "\udcff"):
            if content is not None:
                clinic.recipients.parent.mkdir(exist_ok=True)
                clinic.recipients.write_text(content, "utf-8", "surrogateescape")
            assert sends_to_the_phone(browser.open("/forms/intake/"))
            assert sends_to_the_phone(browser.post("/forms/intake/", []))
            assert browser.open("/health/ready").text == "recipients: run `kinbridge keys new`\n"
        assert browser.cookies == {}
        assert browser.open("/").status == 200

        clinic.recipients.unlink()
        new_identity(clinic.identity, clinic.recipients, None)
        assert browser.open("/health/ready").status == 200
        assert begin(browser, "intake").status == 200


def test_keys_that_go_away_in_the_middle_stop_a_form_without_losing_its_words(tmp_path: Path) -> None:
    clinic = make_clinic(tmp_path)
    with serving(clinic) as server:
        writing, sending = Browser(server.site), Browser(server.site)
        page = begin(writing, "intake")
        check = walk(sending, begin(sending, "question"), QUESTION)
        aside = clinic.recipients.rename(tmp_path / "aside")

        unsaved = writing.send(page.form, INTAKE["you"])
        assert sends_to_the_phone(unsaved)
        assert unsaved.shows(NAME)
        unsent = sending.send(check.form)
        assert sends_to_the_phone(unsent)
        assert clinic.query("SELECT count(*) FROM submissions") == [0]

        aside.rename(clinic.recipients)
        saved = writing.send(unsaved.form)
        assert (saved.status, saved.name) == (200, "child")
        assert 'href="/forms/question/check">Try again' in unsent.text
        assert sending.send(sending.open("/forms/question/check").form).reference
