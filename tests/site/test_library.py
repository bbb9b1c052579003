"""Catalogue, crisis lines, brand colour, words: what stands behind the pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from site_src.brand import brand_css, brand_problem, contrast, dark_brand
from site_src.catalogue import address_of, read_catalogue
from site_src.errors import SiteError
from site_src.instance import clinic_from, find_instance
from site_src.library.crisis import CrisisLine, lines_for, parts
from site_src.reading import meta_line, minutes
from site_src.site import Site
from site_src.words import FOLDER, read_words


@pytest.mark.parametrize(
    ("path", "language", "address"),
    [
        ("index.md", "en", "/"),
        ("calm.md", "en", "/calm/"),
        ("guides/index.md", "es", "/es/guides/"),
        ("worksheets/log.md", "es", "/es/worksheets/log/"),
    ],
)
def test_the_default_language_stands_at_the_root(path: str, language: str, address: str) -> None:
    assert address_of(path, language, "en") == address


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"---\ntitle: x\nneed: [a\n---\n", "en/page.md:4: front matter"),
        (b"---\njust words\n---\n", "en/page.md:2: front matter"),
        (b"---\ntitle: caf\xe9\n---\n", "en/page.md:1: not UTF-8"),
    ],
)
def test_broken_front_matter_is_named_with_file_and_line(
    tmp_path: Path, content: bytes, message: str
) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "page.md").write_bytes(content)
    with pytest.raises(SiteError, match=message):
        read_catalogue(tmp_path, ["en"])


def test_a_page_without_front_matter_has_the_title_of_its_heading(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "page.md").write_text("# A heading\n\nText.\n")
    (page,) = read_catalogue(tmp_path, ["en"]).pages
    assert (page.title, page.kind, page.order) == ("A heading", "guide", 1000)


def test_an_author_may_name_related_pages(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "a.md").write_text("---\ntitle: A\nneed: now\nrelated: [c]\n---\n")
    (tmp_path / "en" / "b.md").write_text("---\ntitle: B\nneed: now\n---\n")
    (tmp_path / "en" / "c.md").write_text("---\ntitle: C\nneed: about\n---\n")
    pages = read_catalogue(tmp_path, ["en"])
    assert [page.title for page in pages.related(pages.pages[0])] == ["C", "B"]


@pytest.mark.parametrize(
    ("how", "links"),
    [
        ("Call or text 988; chat at 988lifeline.org", ["tel:988"]),
        ("Text HOME to 741741", ["sms:741741"]),
        ("Call 1-800-668-6868; text CONNECT to 686868", ["tel:18006686868", "sms:686868"]),
        ("Call 13 11 14; text 0477 13 11 14", ["tel:131114", "sms:0477131114"]),
        ("Call 9-8-8", ["tel:988"]),
        ("Llame al 900 20 20 10 o al 116 111", ["tel:900202010", "tel:116111"]),
        ("Envíe la palabra AYUDA por mensaje de texto al 741741; WhatsApp: 442-AYUDAME", ["sms:741741"]),
    ],
)
def test_numbers_in_a_crisis_line_are_links(how: str, links: list[str]) -> None:
    found = parts(how)
    assert [part.link for part in found if part.link] == links
    assert "".join(part.text for part in found) == how


def test_a_region_has_the_lines_of_the_country_it_is_part_of(site: Site) -> None:
    assert [line.name for line in lines_for(site.lines, "UK-ENG", "en")] == [
        "Emergency services",
        "Samaritans",
        "NHS 111",
    ]
    assert "NHS 111" not in [line.name for line in lines_for(site.lines, "UK-SCT", "en")]


def test_lines_in_another_language_are_better_than_none(site: Site) -> None:
    assert [line.how for line in lines_for(site.lines, "UK", "es")] == ["Call 999", "Call 116 123 (free)"]


def test_a_line_that_cannot_be_called_yet_is_no_emergency() -> None:
    assert not CrisisLine("US", "en", "Emerging minds", "Call 1", "", "").is_emergency


def test_a_brand_colour_that_cannot_be_read_is_refused() -> None:
    assert brand_problem("#0f5c5a") is None
    assert brand_problem("#ffcc00") == "#ffcc00 has a contrast of 1.4 with the page; text needs 4.5"
    assert brand_problem("teal") == "'teal' is not a colour like #0f5c5a"


@pytest.mark.parametrize("brand", ["#0f5c5a", "#7a1f5c", "#000000", "#1d4ed8"])
def test_a_brand_colour_can_be_read_in_dark_mode_too(brand: str) -> None:
    assert contrast(dark_brand(brand), "#14201f") >= 7


def test_a_clinic_s_colour_is_in_its_stylesheet_and_an_unreadable_one_is_not() -> None:
    assert "--kb-brand:#7a1f5c" in brand_css("#7a1f5c")
    assert brand_css("#ffcc00") == brand_css("#0f5c5a") == ""


def test_every_language_has_the_same_words() -> None:
    files = sorted(file.stem for file in FOLDER.glob("*.yml"))
    assert files == ["en", "es"]
    assert set(read_words("en")) == set(read_words("es"))
    assert [key for language in files for key, word in read_words(language).items() if not word] == []


def test_a_language_without_words_is_refused() -> None:
    with pytest.raises(SiteError, match=r"'tlh'.*en, es"):
        read_words("tlh")


def test_reading_time_counts_the_words_and_not_the_markup() -> None:
    assert minutes("<p class='a b c'>" + "word " * 200 + "</p>") == 1
    assert minutes("<p>" + "word " * 201 + "</p>") == 2
    listed = '<section class="kb-sources"><ol>' + "word " * 900 + "</ol></section>"
    assert (
        minutes(listed + f'<div class="kb-finding"><p>{"word " * 900}</p></div><p>{"word " * 150}</p>') == 1
    )


def test_a_checked_guide_says_when() -> None:
    meta = {"reviewed": "2026-10-12", "review_by": "2027-04-01"}
    assert meta_line("", meta, read_words("en"), "en")[1:] == (
        "Checked October 12, 2026",
        "Next check April 2027",
    )
    assert meta_line("", meta, read_words("es"), "es")[1:] == (
        "Revisada el 12 de octubre de 2026",
        "Próxima revisión abril de 2027",
    )


def test_the_instance_is_the_folder_named_or_else_the_working_one(tmp_path: Path) -> None:
    (tmp_path / "mkdocs.yml").write_text("")
    assert find_instance({}, tmp_path).var == tmp_path / "var"
    named = find_instance({"KINBRIDGE_INSTANCE": str(tmp_path), "KINBRIDGE_VAR": "/srv/kb"}, Path("/"))
    assert (named.root, named.var) == (tmp_path, Path("/srv/kb"))
    with pytest.raises(SiteError, match="KINBRIDGE_INSTANCE"):
        find_instance({}, tmp_path / "elsewhere")


def test_a_clinic_needs_a_name_a_phone_and_a_region() -> None:
    with pytest.raises(SiteError, match=r"mkdocs\.yml: extra\.clinic lacks phone, region\. Add it\."):
        clinic_from({"name": "X"}, Path("mkdocs.yml"))
