"""What families type in these tests (words that stand nowhere else), and how they walk through a form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.serve.browser import Answers, Browser, Page

NAME, CHILD = "Ximzena Ñandúyoc", "Zoraïde Quérubinax"
EMAIL, PHONE = "ximzena.nanduyoc+kb@quetzalmail.example", "(555) 0147-8823"
WORRY = "Brúmolaz «tharíkwe» & nodruxéme: 100 % zyspiérta\nMölkwartz süßlankém"
STRENGTH, HELPS = "Qharangósh señoríwal", "ogoúnlandexi kaçhórrel"
GOAL = "Jzuevésko pesadíllumba"
SPEAKS, SCHOOL = "Kíchwaxol ñoqanchíz", "Sëptimósh-Größex"
TYPED = (NAME, CHILD, EMAIL, PHONE, WORRY, STRENGTH, HELPS, GOAL, SPEAKS, SCHOOL)

INTAKE: Mapping[str, Answers] = {
    "you": {
        "your_name": NAME,
        "relation": "mother",
        "contact_by": "phone",
        "phone": PHONE,
        "email": EMAIL,
        "best_time": ["morning", "evening"],
    },
    "child": {
        "child_name": CHILD,
        "birth_date-day": "3",
        "birth_date-month": "2",
        "birth_date-year": "2015",
        "school_year": SCHOOL,
        "languages": SPEAKS,
    },
    "worries": {"worry": WORRY},
    "changes": {"change_mood": "3", "change_sleep": "dont-know"},
    "safety": {"self_harm": "yes", "harm_by_others": "prefer-not-to-say"},
    "strengths": {"strengths": STRENGTH, "helps": HELPS},
    "goals": {"goal_1": GOAL, "goal_1_now": "2"},
    "needs": {"needs": ["interpreter", "travel"], "interpreter_language": SPEAKS},
    "consent": {"consent": "true"},
}
# A small form without dates or places, for what must hold at any time and for any number of families.
QUESTION_FORM: dict[str, Any] = {
    "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
    "name": "question",
    "title": "Ask us a question",
    "version": "1.0.0",
    "languages": ["en"],
    "resources": [
        {
            "name": "questions",
            "path": "questions.csv",
            "encoding": "utf-8",
            "schema": {
                "fields": [
                    {"name": "name", "type": "string", "title": "Name", "constraints": {"required": True}},
                    {"name": "email", "type": "string", "title": "Email"},
                    {"name": "words", "type": "string", "title": "Question", "form": {"widget": "textarea"}},
                    {"name": "answer", "type": "boolean", "title": "Shall we write to you?"},
                ]
            },
        }
    ],
    "form": {
        "pages": [
            {"name": "you", "title": "You", "fields": ["name", "email"]},
            {"name": "ask", "title": "Your question", "fields": ["words"]},
            {"name": "reply", "title": "Our answer", "fields": ["answer"]},
        ]
    },
}
QUESTION: Mapping[str, Answers] = {
    "you": {"name": NAME, "email": EMAIL},
    "ask": {"words": WORRY},
    "reply": {"answer": "true"},
}
FORMS = {"intake": INTAKE, "question": QUESTION}


def begin(browser: Browser, form: str) -> Page:
    """The first page of a form that was just started."""
    page = browser.send(browser.open(f"/forms/{form}/").form)
    assert page.status == 200, page.text
    return page


def walk(browser: Browser, page: Page, answers: Mapping[str, Answers], until: str = "check") -> Page:
    """Answer page after page, from `page` until the one named."""
    while page.name != until:
        page = browser.send(page.form, answers.get(page.name, {}))
        assert page.status == 200, f"{page.status} {page.address}: {page.text}"
    return page


def complete(browser: Browser, form: str) -> Page:
    """A whole form, sent: its done page."""
    page = browser.send(walk(browser, begin(browser, form), FORMS[form]).form)
    assert page.status == 200, page.text
    assert page.name == "done"
    return page


def patiently(send: Callable[[], Page]) -> Page:
    """Tries again as long as the page asks for it: on a busy machine many families wait for one disk."""
    for _ in range(20):
        page = send()
        if page.status != 503:
            assert page.status == 200, page.text
            return page
    raise AssertionError(page.text)
