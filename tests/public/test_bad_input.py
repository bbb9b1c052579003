"""Nonsense, attacks and accidents: each is refused with a page that says what to do next."""

from __future__ import annotations

import pytest

from tests.families import INTAKE, SUPPORT_GROUP, Family, errors_of
from tests.instances import Instance

YOU = dict(INTAKE["you"])
CHILD = dict(INTAKE["child"])


@pytest.mark.parametrize(
    ("page", "answers", "error"),
    [
        ("you", {**YOU, "your_name": ""}, "Write an answer to “What is your name?”"),
        ("you", {**YOU, "your_name": "  \n "}, "Write an answer to “What is your name?”"),
        (
            "you",
            {**YOU, "your_name": "x" * 121},
            "“What is your name?”: make it shorter, at most 120 characters",
        ),
        (
            "you",
            {**YOU, "your_name": "x" * 1_000_000},
            "“What is your name?”: take out",
        ),
        (
            "you",
            {**YOU, "relation": "dragon"},
            "“Who are you to the child?”: choose one of the answers offered",
        ),
        (
            "you",
            {**YOU, "best_time": ["dragon"]},
            "“When is a good time to reach you?”: choose from the answers offered",
        ),
        (
            "you",
            {**YOU, "contact_by": "email", "email": "ana.example.org"},
            "“What is your email address?”: write an e-mail address, such as name@example.org",
        ),
        (
            "child",
            {**CHILD, "birth_date-day": "31"},
            "“When was your child born?”: write a real date with day, month and a four-figure year, such as 27 3 2015",
        ),
        (
            "child",
            {**CHILD, "birth_date-year": ""},
            "“When was your child born?”: write a real date with day, month and a four-figure year, such as 27 3 2015",
        ),
    ],
)
def test_an_answer_that_does_not_fit_is_named(
    intake: Family, page: str, answers: dict[str, str], error: str
) -> None:
    if page == "child":
        intake.answer("you", YOU)
    answer = intake.answer(page, answers)
    assert answer.status_code == 422
    (found,) = errors_of(answer)
    if len(str(answers.get("your_name", ""))) < 1_000_000:
        assert found == error
    else:
        assert "x" * 1_000_000 in answer.text, "the typed text is kept, however long"


@pytest.mark.parametrize("bad", [b"Ana%00", b"Ana%ff", b"Ana\xff", b"Ana%ed%a0%80"])
def test_text_that_no_file_can_hold_is_refused_and_the_rest_kept(intake: Family, bad: bytes) -> None:
    body = b"csrf_token=" + intake.token.encode() + b"&your_name=" + bad
    answer = intake.client.post(
        "/forms/intake/you", data=body, content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 422
    assert "take out the characters" in errors_of(answer)[0]
    assert 'value="Ana' in answer.text


def test_too_large_a_body_is_refused(intake: Family) -> None:
    answer = intake.answer("worries", {"worry": "x" * 5_000_000})
    assert answer.status_code == 413 and "Nothing was sent" in answer.text


def test_ten_thousand_inputs_are_refused(intake: Family) -> None:
    answer = intake.answer("you", {f"input-{number}": "x" for number in range(10_000)})
    assert answer.status_code == 400


def test_unknown_inputs_are_ignored(intake: Family) -> None:
    answer = intake.answer("you", {**YOU, "dragon": "x", "__proto__": "x"})
    assert answer.status_code == 303
    assert "dragon" not in intake.open("/forms/intake/check").text


@pytest.mark.parametrize("token", ["", "nonsense", "0" * 64, "é"])
def test_a_missing_or_wrong_token_is_refused_and_the_typed_text_shown(intake: Family, token: str) -> None:
    answer = intake.client.post("/forms/intake/you", data={"csrf_token": token, "your_name": "Ana Quispe"})
    assert answer.status_code == 403 and "Ana Quispe" in answer.text


def test_another_familys_token_is_refused(instance: Instance, intake: Family) -> None:
    other = Family(instance.app().test_client(), "intake")
    other.start()
    answer = intake.client.post("/forms/intake/you", data={**YOU, "csrf_token": other.token})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "null", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}, 303),
        ({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, 303),
        ({}, 303),
    ],
)
def test_only_our_own_pages_may_start_a_form(
    instance: Instance, headers: dict[str, str], status: int
) -> None:
    answer = instance.app().test_client().post("/forms/intake/", headers=headers)
    assert answer.status_code == status
    assert ("Set-Cookie" in answer.headers) == (status == 303)


@pytest.mark.parametrize(
    "address",
    [
        "/forms/dragon/",
        "/forms/dragon/you",
        "/forms/intake/dragon",
        "/fr/forms/intake/",
        "/en/forms/intake/",
        "/forms/intake/datapackage.xml",
        "/forms/../secret",
        "/forms/intake/%00",
    ],
)
def test_an_unknown_address_is_not_found(instance: Instance, address: str) -> None:
    family = Family(instance.app().test_client(), "intake")
    family.start()
    answer = family.client.get(address)
    assert answer.status_code == 404 and "Page not found" in answer.text


def test_a_method_that_makes_no_sense_is_refused(instance: Instance) -> None:
    assert instance.app().test_client().put("/forms/intake/").status_code == 405


def test_a_page_of_a_form_that_is_not_open_here_says_so(instance: Instance) -> None:
    client = instance.app().test_client()
    for answer in (client.get("/forms/intake/you"), client.post("/forms/intake/you", data=YOU)):
        assert answer.status_code == 410
        assert "Type my code" in answer.text
    assert "Ana Quispe" in answer.text


def test_a_nonsense_cookie_is_as_good_as_none(instance: Instance) -> None:
    client = instance.app().test_client()
    client.set_cookie("kb-intake", "'; drop table drafts; --")
    assert client.get("/forms/intake/you").status_code == 410
    assert client.get("/forms/intake/").status_code == 200


def test_without_recipients_no_form_is_taken_and_the_phone_number_is_shown(
    instance: Instance, signup: Family
) -> None:
    signup.walk(SUPPORT_GROUP)
    instance.settings.recipients_file.unlink()
    started = signup.client.get("/forms/support-group/")
    sent = signup.client.post("/forms/support-group/check", data={"csrf_token": signup.token})
    for answer in (started, sent):
        assert answer.status_code == 503
        assert "555 0100" in answer.text and "We have your answers" not in answer.text


def test_no_page_of_a_form_may_be_kept_by_a_cache(intake: Family) -> None:
    for page in ("you", "check", "save", "leave"):
        answer = intake.client.get(f"/forms/intake/{page}")
        assert answer.headers["Cache-Control"] == "no-store"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_what_was_typed_is_escaped_wherever_it_is_shown(intake: Family) -> None:
    nasty = '"><script>alert(1)</script>'
    pages = [
        intake.answer("you", {"your_name": nasty}).text,
        intake.client.post("/forms/intake/you", data={"your_name": nasty}).text,
        intake.open("/forms/intake/check").text,
    ]
    for page in pages:
        assert "<script>" not in page
