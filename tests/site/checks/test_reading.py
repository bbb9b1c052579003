"""Long sentences and hard pages."""

from __future__ import annotations

import time

import pytest

from site_src.checks.document import parse
from site_src.checks.front_matter import read_front_matter
from site_src.checks.page import Page
from site_src.checks.running_text import passage_sentences, passages
from tests.site.checks.conftest import Clinic

CALM, NOCHES = "content/en/calm.md", "content/es/calm.md"
HARD = (
    "Interdisciplinary collaboration facilitates individualized psychotherapeutic intervention. "
    "Psychoeducational materials necessitate comprehensive terminological familiarization. "
    "Multidimensional assessment instruments systematically operationalize symptomatology. "
    "Interpersonal communication difficulties substantially complicate therapeutic participation. "
    "Longitudinal investigations consistently demonstrate considerable heterogeneity. "
)
DIFICIL = (
    "La colaboración interdisciplinaria facilita intervenciones psicoterapéuticas individualizadas. "
    "Los materiales psicoeducativos requieren familiarización terminológica previa. "
    "Los instrumentos multidimensionales operacionalizan sistemáticamente la sintomatología. "
    "Las dificultades comunicativas interpersonales complican considerablemente la participación. "
    "Las investigaciones longitudinales demuestran una heterogeneidad considerable. "
)


def _sentence(words: int) -> str:
    return " ".join(["We", *["go"] * (words - 2), "home."])


def test_a_sentence_of_eighty_words_is_one_error(clinic: Clinic) -> None:
    clinic.change(CALM, "Read a short book together.", f"Read a book.\n{_sentence(80)}")
    assert clinic.the_finding() == (CALM, clinic.line_of(CALM, "We go"), "error", "long-sentence")


def test_a_sentence_of_twenty_six_words_is_a_warning(clinic: Clinic) -> None:
    clinic.change(CALM, "Read a short book together.", _sentence(26))
    assert clinic.the_finding() == (CALM, clinic.line_of(CALM, "We go"), "warning", "long-sentence")


def test_a_sentence_of_twenty_five_words_is_fine(clinic: Clinic) -> None:
    clinic.change(CALM, "Read a short book together.", _sentence(25))
    assert clinic.findings() == []


def test_each_item_of_a_list_is_a_sentence_of_its_own(clinic: Clinic) -> None:
    clinic.add(CALM, "\n## More\n\n" + "- we read and then we sleep\n" * 20)
    assert clinic.findings() == []


def test_an_english_page_that_is_too_hard_is_named_at_its_hardest_part(clinic: Clinic) -> None:
    clinic.change(CALM, "Read a short book together.", f"Read a short book together.\n\n{HARD}\n\n")
    line = clinic.line_of(CALM, "Interdisciplinary")
    assert clinic.the_finding() == (CALM, line, "error", "reading-level")


def test_a_spanish_page_that_is_too_hard_is_named_at_its_hardest_part(clinic: Clinic) -> None:
    clinic.add(NOCHES, f"\n{DIFICIL}\n")
    line = clinic.line_of(NOCHES, "interdisciplinaria")
    assert clinic.the_finding() == (NOCHES, line, "error", "reading-level")


def test_a_page_a_little_too_hard_is_a_warning(clinic: Clinic) -> None:
    text = "The counselor recommends regular activities and encouraging conversations with your family. "
    clinic.add(CALM, "\n## More\n\n" + 3 * text + "\n")
    assert clinic.the_finding()[2:] == ("warning", "reading-level")


@pytest.mark.parametrize(
    "markdown",
    [
        f"## {HARD}",
        f"| A | B |\n| --- | --- |\n| {HARD} | b |",
        f"```\n{HARD}\n```",
        f"    {HARD}",
        f"`{HARD}`",
        f"[text: {HARD}]",
        f"[ ] {HARD}\n[ ] {HARD}",
        f"<!-- {HARD} -->",
    ],
)
def test_only_running_text_is_measured(markdown: str, clinic: Clinic) -> None:
    clinic.add(CALM, f"\n{markdown}\n")
    assert [finding for finding in clinic.findings() if finding.code == "reading-level"] == []


def test_terms_of_a_glossary_are_not_running_text_and_their_meanings_are() -> None:
    document = parse("Term\n: What it means.\n")
    page = Page("content/en/x.md", "x.md", "en", None, "", document)  # type: ignore[arg-type]
    assert [passage.text for passage in passages(page)] == ["What it means."]


def test_citations_are_not_words_of_a_sentence(clinic: Clinic) -> None:
    clinic.change(
        CALM, "Read a short book together.", _sentence(25).replace(".", " [@first-2018; @first-2018].")
    )
    assert clinic.findings() == []


def test_a_huge_paragraph_takes_time_by_its_length_and_no_more() -> None:
    def work(repeats: int) -> float:
        front_matter, _ = read_front_matter("---\ntitle: x\n---\n")
        text = "Dr. Smith sees a child today (it is Monday).\nThe child is well.\n" * repeats
        page = Page("x.md", "x.md", "en", front_matter, text, parse(text))
        began = time.process_time()
        found = [sentence for passage in passages(page) for sentence in passage_sentences(passage)]
        assert (len(found), found[-1].line) == (2 * repeats, 2 * repeats)
        return time.process_time() - began

    def least(repeats: int) -> float:
        return min(work(repeats) for _ in range(5))  # what else the machine does only adds

    assert least(8000) < 20 * least(1000)
