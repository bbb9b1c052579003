"""Translations: there, fresh, and accepted without touching anything else."""

from __future__ import annotations

import pytest

from site_src.checks.acceptance import accept, with_source_hash
from site_src.checks.content import read_content
from site_src.errors import SiteError
from tests.site.checks.conftest import TODAY, Clinic

CALM, NOCHES = "content/en/calm.md", "content/es/calm.md"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Read a short book together.", "Read a long book together."),
        ("How to make evenings calmer.", "How to make mornings calmer."),
        ('title: "Calm evenings"', 'title: "Quiet evenings"'),
    ],
)
def test_a_translation_is_stale_when_its_original_has_changed(old: str, new: str, clinic: Clinic) -> None:
    clinic.write(CALM, clinic.read(CALM).replace(old, new))
    assert clinic.the_finding() == (
        NOCHES,
        clinic.line_of(NOCHES, "source_hash"),
        "error",
        "stale-translation",
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("review_by: 2027-05-31", "review_by: 2027-06-30"),
        ("order: 1", "order: 2"),
        ("\n", "\r\n"),
        ("need: between", "need:  between"),
    ],
)
def test_what_is_not_translated_makes_nothing_stale(old: str, new: str, clinic: Clinic) -> None:
    clinic.write(CALM, clinic.read(CALM).replace(old, new))
    assert clinic.findings() == []


def test_a_translation_without_a_hash_is_a_warning(clinic: Clinic) -> None:
    line = clinic.read(NOCHES).splitlines()[clinic.line_of(NOCHES, "source_hash") - 1]
    clinic.write(NOCHES, clinic.read(NOCHES).replace(line, "source_hash:"))
    assert clinic.the_finding() == (
        NOCHES,
        clinic.line_of(NOCHES, "source_hash"),
        "warning",
        "unmarked-translation",
    )


def test_a_translation_of_nothing_is_one_finding(clinic: Clinic) -> None:
    text = clinic.read(NOCHES).replace("translation_of: calm.md", "translation_of: gone.md")
    clinic.write("content/es/gone.md", text)
    line = clinic.line_of("content/es/gone.md", "translation_of")
    assert clinic.the_finding() == ("content/es/gone.md", line, "error", "no-such-original")


def test_a_page_that_does_not_say_what_it_translates_is_named(clinic: Clinic) -> None:
    clinic.write(NOCHES, clinic.read(NOCHES).replace("translation_of: calm.md\n", ""))
    assert clinic.the_finding() == (NOCHES, 1, "warning", "unnamed-original")


def test_a_page_without_translation_is_named(clinic: Clinic) -> None:
    (clinic.root / NOCHES).unlink()
    assert clinic.the_finding() == (CALM, 1, "warning", "untranslated")


def test_a_translation_may_have_a_name_of_its_own(clinic: Clinic) -> None:
    (clinic.root / NOCHES).rename(clinic.root / "content/es/noches.md")
    assert clinic.findings() == []


def test_a_page_in_another_language_alone_is_fine(clinic: Clinic) -> None:
    text = clinic.read(NOCHES).replace("translation_of: calm.md\n", "")
    clinic.write("content/es/solo.md", text)
    assert clinic.findings() == []


FRONT = (
    "---\ntitle:   'Ñandú'  # kept\nages: [ 6-11,12-17 ]\ntranslation_of: calm.md\n{line}need: now\n---\n"
    "\nText — «uno».  \n"
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('source_hash: ""\n', 'source_hash: "abc"\n'),
        ("source_hash: ''  # by the tool\n", 'source_hash: "abc"  # by the tool\n'),
        ("source_hash:\n", 'source_hash: "abc"\n'),
        ("source_hash:   # by the tool\n", 'source_hash: "abc"   # by the tool\n'),
        ("source_hash: 0123\n", 'source_hash: "abc"\n'),
        ('source_hash: "old"\n', 'source_hash: "abc"\n'),
        ("", 'source_hash: "abc"\n'),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_accepting_changes_the_hash_and_not_one_other_byte(
    before: str, after: str, newline: str, mark: str
) -> None:
    text, wanted = (mark + FRONT.format(line=line).replace("\n", newline) for line in (before, after))
    assert with_source_hash(text, "abc") == wanted


def test_accepting_a_folder_makes_its_stale_translations_fresh(clinic: Clinic) -> None:
    clinic.write(CALM, clinic.read(CALM).replace("short book", "long book"))
    accepted = accept(read_content(clinic.instance, TODAY), [clinic.root / "content/es"])
    assert accepted == [NOCHES]
    assert clinic.findings() == []


@pytest.mark.parametrize("path", [CALM, "datapackages"])
def test_what_is_no_translation_cannot_be_accepted(path: str, clinic: Clinic) -> None:
    before = clinic.read(NOCHES)
    with pytest.raises(SiteError, match="no translation"):
        accept(read_content(clinic.instance, TODAY), [clinic.root / NOCHES, clinic.root / path])
    assert clinic.read(NOCHES) == before
