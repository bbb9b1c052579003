"""The two measures of reading, against texts worked out by hand."""

from __future__ import annotations

import pytest

from site_src.checks.prose import sentences, words
from site_src.checks.readability import count, flesch_kincaid, inflesz, inflesz_band
from site_src.checks.syllables import english


def test_flesch_kincaid_is_what_its_formula_gives() -> None:
    # 2 sentences, 9 words; the (1) child (1) was (1) very (2) tired (1); she (1) went (1) home (1) early (2) = 11.
    text = ["The child was very tired.", "She went home early."]
    assert flesch_kincaid(text) == pytest.approx(0.39 * 9 / 2 + 11.8 * 11 / 9 - 15.59)


def test_inflesz_is_what_its_formula_gives() -> None:
    # 1 sentence, 6 words; el (1) ni-ño (2) dur-mió (2) bien (1) es-ta (2) no-che (2) = 10.
    assert inflesz(["El niño durmió bien esta noche."]) == pytest.approx(206.835 - 62.3 * 10 / 6 - 6)


def test_a_figure_is_one_word_of_one_syllable() -> None:
    counts = count(["It had 2,419 children."], english)
    assert (counts.words, counts.syllables) == (4, 5)


@pytest.mark.parametrize(
    ("score", "band"),
    [(39.9, "very hard"), (40, "somewhat hard"), (55, "normal"), (65, "fairly easy"), (80, "very easy")],
)
def test_the_bands_of_inflesz_begin_where_the_scale_says(score: float, band: str) -> None:
    assert inflesz_band(score) == band


def test_a_text_without_words_is_easy() -> None:
    assert flesch_kincaid(["…"]) == 0
    assert inflesz([]) == 100


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("One thing. Another thing.", 2),
        ("Is it? Yes! It is.", 3),
        ("It costs 3.5 euros, i.e. a little. Ask.", 2),
        ("Dr. Lopez is in. Mrs. Hall is not.", 2),
        ('He said: "Stop." Then he left.', 2),
        ('"Why?" she asked.', 1),
        ("Diga: «¿Estás bien?». Luego espere.", 2),
        ("La Sra. Ruiz vive en EE. UU. desde niña.", 1),
        ("Come at 5 p.m. Bring a note.", 2),
        ("No full stop here", 1),
        ("We talked … and slept.", 1),
        ("", 0),
    ],
)
def test_sentences_end_where_a_reader_hears_it(text: str, number: int) -> None:
    assert len(list(sentences(text))) == number


def test_words_keep_their_hyphens_and_apostrophes() -> None:
    assert words("Don't fear self-harm: 9 out of 10 (2,419) talk.") == [
        "Don't",
        "fear",
        "self-harm",
        "9",
        "out",
        "of",
        "10",
        "2,419",
        "talk",
    ]
