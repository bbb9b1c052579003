"""A form to fill in by hand: every question, numbered, with room for the answer."""

from __future__ import annotations

import re

import pytest

from forms_service.definition import build, load
from tests.instances import REPOSITORY, Instance


def sheet(instance: Instance, form: str, language: str = "") -> str:
    prefix = f"/{language}" if language else ""
    answer = instance.app().test_client().get(f"{prefix}/forms/{form}/paper.html")
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize("form", ["intake", "support-group"])
def test_a_printed_form_asks_every_question_once_for_each_item(instance: Instance, form: str) -> None:
    text = sheet(instance, form)
    for page in build(load(REPOSITORY / "datapackages" / form), "en").pages:
        assert page.title in text
        for name in page.fields:
            assert f'data-field="{name}"' in text
    numbers = [int(number) for number in re.findall(r'<p class="kb-label">(\d+)\.', text)]
    assert sorted(set(numbers)) == list(range(1, max(numbers) + 1))


def test_a_printed_form_says_in_words_when_a_question_applies(instance: Instance) -> None:
    text = sheet(instance, "support-group")
    assert re.search(r"Answer this only if your answer to question \d+ is “Email”\.", text), text
    assert "<input" not in text and "csrf_token" not in text


def test_a_printed_form_speaks_spanish(instance: Instance) -> None:
    text = sheet(instance, "support-group", "es")
    assert re.search(r"Responda solo si su respuesta a la pregunta \d+ es «[^»]+»\.", text), text


def test_the_start_page_leads_to_the_printed_form(instance: Instance) -> None:
    start = instance.app().test_client().get("/forms/intake/").text
    assert 'href="/forms/intake/paper.html"' in start
