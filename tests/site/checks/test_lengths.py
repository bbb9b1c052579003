"""How long guides and paragraphs are."""

from __future__ import annotations

import pytest

from site_src.checks import lengths
from tests.site.checks.conftest import Clinic

CALM, NOCHES = "content/en/calm.md", "content/es/calm.md"
FIVE = "One two three four five. "


@pytest.fixture
def measured(clinic: Clinic) -> Clinic:
    """The small clinic, held against the rule of length alone; its Spanish guide is as long as it must be."""
    own = Clinic(clinic.root, (lengths.RULE,))
    own.add(NOCHES, paragraphs(500))
    return own


def paragraphs(words: int) -> str:
    """Paragraphs of three sentences that hold so many words, and a rest of one sentence."""
    whole, rest = divmod(words, 15)
    return f"\n\n{FIVE * 3}" * whole + "\n\n" + "word " * rest + "\n"


def words_of_calm() -> int:
    """The words of the guide as it is, counted by hand: headings and boxes too, not the citation."""
    lead, heading, more = 7, 2, 10
    box, links, emergency, sources = 5, 9, 6, 1
    return lead + heading + more + box + links + emergency + sources


@pytest.mark.parametrize(
    ("words", "code"), [(499, "short-guide"), (500, None), (1000, None), (1001, "long-guide")]
)
def test_a_guide_has_500_to_1000_words(measured: Clinic, words: int, code: str | None) -> None:
    measured.add(CALM, paragraphs(words - words_of_calm()))
    found = [(finding.path, finding.line, finding.level, finding.code) for finding in measured.findings()]
    line = measured.line_of(CALM, "order: 1") + 2
    assert found == ([(CALM, line, "warning", code)] if code else [])


def test_citations_and_sources_are_not_counted(measured: Clinic) -> None:
    measured.add(CALM, paragraphs(1000 - words_of_calm()) + "[@first-2018] [@first-2018; @first-2018]\n")
    assert measured.findings() == []


@pytest.mark.parametrize(
    "other",
    [
        ("need: between", "need: now"),
        ("Read a short book", "Calm\n\n: A state without fear.\n\nRead a short book"),
    ],
)
def test_help_now_and_a_glossary_may_be_short(measured: Clinic, other: tuple[str, str]) -> None:
    measured.change(CALM, *other)
    assert measured.findings() == []


def test_an_easy_read_version_may_be_short(measured: Clinic) -> None:
    measured.write("content/en/easy-read-calm.md", measured.read(CALM))
    assert {finding.path for finding in measured.findings()} == {CALM}


def test_a_paragraph_has_at_most_three_sentences(measured: Clinic) -> None:
    measured.add(CALM, f"{paragraphs(600)}\n{FIVE * 4}Last words.\n\n- {FIVE * 4}\n")
    line = len(measured.read(CALM).splitlines()) - 2
    assert measured.the_finding() == (CALM, line, "warning", "long-paragraph")


@pytest.mark.parametrize(
    "text",
    [f"**Fears.** {FIVE * 3}", '"I am worried. It is new. Can we talk? Today is best."', f"> “{FIVE * 4}”"],
)
def test_a_name_at_its_start_is_no_sentence_and_words_to_say_may_be_more(measured: Clinic, text: str) -> None:
    measured.add(CALM, f"{paragraphs(600)}\n{text}\n")
    assert measured.findings() == []
