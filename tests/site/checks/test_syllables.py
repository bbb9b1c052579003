"""Syllables, against words that were counted by hand."""

from __future__ import annotations

import pytest

from site_src.checks.syllables import english, spanish

# Counted by saying each word aloud.
ENGLISH = """
a 1, the 1, you 1, child 1, through 1, there 1, these 1, please 1, eye 1, league 1,
home 1, write 1, moved 1, asked 1, helped 1, called 1, filled 1, makes 1, times 1, clothes 1,
don't 1, can't 1, they're 1, child's 1, parent 2, table 2, little 2, wanted 2, needed 2, handled 2,
boxes 2, changes 2, watches 2, noises 2, being 2, trying 2, playing 2, hopeful 2, careful 2, safely 2,
something 2, sometimes 2, homework 2, bedtime 2, people 2, quiet 2, client 2, language 2, question 2, guideline 2,
rhythm 2, didn't 2, isn't 2, haven't 2, science 2, anxious 2, special 2, patient 2, action 2, region 2,
evening 2, couple 2, therapy 3, family 3, anyone 3, everyone 3, period 3, serious 3, video 3, idea 3,
autism 3, usual 3, easier 3, influence 3, suicide 3, example 3, sessions 2, medicine 3, agreement 3, whatever 3,
material 4, experience 4, situation 4, society 4, anxiety 4, information 4, behavior 3, understanding 4,
association 5, communication 5, confidential 4, psychologist 4, responsibility 6, self-harm 2, CBT 3, MST 3
"""
# Divided by the spelling rules of Spanish; the h between vowels does not part them.
SPANISH = """
yo 1, y 1, a 1, muy 1, hoy 1, ley 1, bien 1, quien 1, que 1, buey 1,
pues 1, más 1, guion 1, día 2, país 2, oír 2, niño 2, sueño 2, sigue 2, guía 2,
agua 2, cuidar 2, ciudad 2, viuda 2, leer 2, caer 2, creen 2, aún 2, búho 2, baúl 2,
causa 2, deuda 2, reina 2, huevo 2, hacia 2, padres 2, noches 2, prohíbe 3, estoy 2, reunión 2,
diario 2, hijo 2, queso 2, guerra 2, rehusar 2, ahijado 3, tenía 3, hacía 3, ahora 3, oído 3,
ayuda 3, guitarra 3, vergüenza 3, pingüino 3, línea 3, área 3, poeta 3, héroe 3, escuela 3, familia 3,
autismo 3, ansiedad 3, alcohol 3, deshacer 3, mayoría 4, estudiáis 3, averigüéis 4, psicólogo 4, terapeuta 4, cooperar 4,
averiguar 4, lingüística 4, actividad 4, Uruguay 3, aeropuerto 5, preocupación 5, responsabilidad 6, TCC 3
"""


def _words(table: str) -> list[tuple[str, int]]:
    pairs = (entry.split() for entry in table.replace("\n", " ").split(",") if entry.strip())
    return [(word, int(count)) for word, count in pairs]


@pytest.mark.parametrize(("word", "count"), _words(ENGLISH))
def test_an_english_word_has_as_many_syllables_as_one_hears(word: str, count: int) -> None:
    assert english(word) == count


@pytest.mark.parametrize(("word", "count"), _words(SPANISH))
def test_a_spanish_word_has_as_many_syllables_as_its_spelling_says(word: str, count: int) -> None:
    assert spanish(word) == count


def test_the_lists_are_long_enough_to_mean_something() -> None:
    assert len(set(_words(ENGLISH))) >= 60
    assert len(set(_words(SPANISH))) >= 60


def test_a_capital_or_a_curly_apostrophe_changes_nothing() -> None:
    assert english("Family’s") == english("family's") == 3
    assert spanish("Ánimo") == spanish("ánimo") == 3
