"""What authors write in Markdown, and what families read."""

from __future__ import annotations

import logging

import pytest
from markdown import Markdown

from site_src.site import Site
from tests.site.conftest import HILLTOP, reader
from tests.site.pages import Element, parse

EXTENSIONS = ["attr_list", "tables", "toc", "site_src.markdown"]


def render(site: Site, text: str, *sources: str, language: str = "en", path: str = "calm.md") -> Element:
    options = {"site_src.markdown": {"reader": reader(site, language, path, *sources)}}
    return parse(Markdown(extensions=EXTENSIONS, extension_configs=options).convert(text))


@pytest.mark.parametrize(
    ("level", "word", "language"),
    [
        ("nonurgent", "Not urgent", "en"),
        ("urgent", "Urgent", "en"),
        ("emergency", "Emergency", "en"),
        ("emergency", "Emergencia", "es"),
    ],
)
def test_a_help_box_says_its_level_to_the_eye_and_to_the_ear(
    site: Site, level: str, word: str, language: str
) -> None:
    box = render(site, f"/// help-{level} | Call if\n\n- it hurts\n\n///", language=language, path="x")
    section = box.one("section")
    assert f"kb-help--{level}" in section.classes
    seen = section.one(cls="kb-help__level")
    assert (seen.text, seen["aria-hidden"]) == (word, "true")
    assert section.one("h2").text == f"{word}: Call if"
    assert section.one("span")["class"] == "kb-visually-hidden"
    assert section.one("li").text == "it hurts"


def test_a_help_box_without_a_heading_gets_one(site: Site) -> None:
    assert render(site, "/// help-urgent\n\nx\n\n///").one("h2").text == "Urgent: Call today if"


def test_text_after_a_box_stands_outside_it(site: Site) -> None:
    page = render(site, "/// try-this\n\nSit.\n\n///\n\n## After")
    assert page.one(cls="kb-try").text == "Try this today Sit."
    assert page.all("h2")[-1].text == "After"


def test_headings_of_boxes_are_in_the_table_of_contents(site: Site) -> None:
    page = render(site, "/// help-urgent | Call if\n\nx\n\n///")
    assert page.one("h2")["id"] == "urgent-call-if"


def test_a_form_block_invites_in_the_page_s_language(site: Site) -> None:
    spanish = render(site, "/// form | join\n///", language="es")
    assert spanish.one("a")["href"] == "/es/forms/join/"
    assert "Únase a nuestro grupo" in spanish.text
    assert "3 minutos" in spanish.text
    assert render(site, "/// form | join\n///").one("a")["href"] == "/forms/join/"


@pytest.mark.parametrize("block", ["form", "worksheet"])
def test_a_block_that_names_nothing_is_warned_of_and_shows_nothing(
    site: Site, block: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, logger="mkdocs"):
        page = render(site, f"/// {block} | nowhere\n///")
    assert page.text == ""
    assert caplog.messages == [f"calm.md: there is no {block} 'nowhere'"]


def test_a_worksheet_that_is_not_translated_says_in_which_language_it_is(site: Site) -> None:
    page = render(site, "/// worksheet | log\n///", language="es")
    link = page.one("a")
    assert (link["href"], link["lang"], link["hreflang"]) == ("/worksheets/log/", "en", "en")
    assert page.one(cls="kb-invite__title").text == "A small log (en inglés)"


def test_crisis_lines_start_with_the_clinic_and_the_emergency_number(site: Site) -> None:
    lines = render(site, "/// crisis\n///").all("li")
    assert [line.one(cls="kb-crisis__name").text for line in lines] == [
        "Hilltop Clinic",
        "Danger to life",
        "988 Lifeline",
        "Crisis Text Line",
    ]
    assert [[link["href"] for link in line.all("a")] for line in lines] == [
        ["tel:5550199"],
        ["tel:911"],
        ["tel:988"],
        ["sms:741741"],
    ]


def test_spanish_pages_show_the_spanish_lines(site: Site) -> None:
    lines = render(site, "/// crisis\n///", language="es").all("li")
    assert [line.one(cls="kb-crisis__name").text for line in lines][1:] == [
        "Peligro de muerte",
        "988 en español",
    ]
    assert [link["href"] for link in lines[2].all("a")] == ["tel:988", "sms:988"]


def test_citations_are_numbered_in_the_order_of_the_page(site: Site) -> None:
    page = render(site, "One [@second-2019]. Two [@first-2018; @second-2019].\n\nThree [@first-2018].")
    cites = page.all("a", "kb-cite")
    assert [cite.text for cite in cites] == ["Source 1", "Source 2", "Source 1", "Source 2"]
    assert [cite["href"] for cite in cites][:2] == ["#source-second-2019", "#source-first-2018"]
    sources = page.one(cls="kb-sources").all("li")
    assert [source["id"] for source in sources] == ["source-second-2019", "source-first-2018"]


def test_a_citation_stands_close_to_its_sentence(site: Site) -> None:
    page = render(site, "It helps [@first-2018].")
    assert page.all("p")[0].text == "It helpsSource 1."


def test_sources_of_the_front_matter_follow_those_cited(site: Site) -> None:
    page = render(site, "It helps [@first-2018].", "later-2020", "first-2018")
    assert [item["id"] for item in page.one("ol").all("li")] == ["source-first-2018", "source-later-2020"]


def test_the_sources_stand_where_the_author_put_them(site: Site) -> None:
    page = render(site, "It helps [@first-2018].\n\n/// sources\n///\n\n## After")
    assert [heading.text for heading in page.all("h2")] == ["Sources", "After"]


def test_a_page_that_cites_nothing_has_no_list_of_sources(site: Site) -> None:
    assert render(site, "Nothing.\n\n/// sources\n///").all(cls="kb-sources") == []


def test_a_source_is_shown_as_written_and_leads_to_its_doi(site: Site) -> None:
    (source,) = render(site, "It helps [@first-2018].").one("ol").all("li")
    assert "Evenings_and *calm*." in source.text
    assert source.one("a")["href"] == "https://doi.org/10.1000/first_2018"


def test_an_unknown_source_is_warned_of_and_leaves_no_number(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, logger="mkdocs"):
        page = render(site, "It helps [@nobody-1900].")
    assert page.text == "It helps."
    assert caplog.messages == ["calm.md: no source 'nobody-1900' in datapackages/evidence"]


def test_code_is_not_read_as_a_citation(site: Site) -> None:
    assert render(site, "Write `[@first-2018]`.").one("code").text == "[@first-2018]"


def test_findings_come_in_the_page_s_language(site: Site) -> None:
    page = render(site, "/// findings\n///", language="es")
    assert page.one(cls="kb-finding").text == (
        "La calma ayudó en 3 estudios. Fuente 1 Qué tener en cuenta: Todos eran pequeños."
    )


TABLE = "| When | Do | Why |\n| --- | :---: | --- |\n| Bedtime | Read | Quiet |\n| | Sing | Fun |"


def test_a_table_stays_a_table_when_it_is_stacked_on_a_phone(site: Site) -> None:
    page = render(site, f"/// strategies\n\n{TABLE}\n\n///")
    table = page.one(cls="kb-strategies").one(cls="kb-table").one("table")
    assert table["role"] == "table"
    first = table.all("tr")[1]
    assert [(cell.tag, cell["role"]) for cell in first.all() if cell.tag in ("th", "td")] == [
        ("th", "rowheader"),
        ("td", "cell"),
        ("td", "cell"),
    ]
    assert [cell["data-label"] for cell in first.all("td")] == ["Do", "Why"]


def test_an_empty_first_cell_is_no_heading(site: Site) -> None:
    assert [cell.tag for cell in render(site, TABLE).all("tr")[2].all()] == ["td", "td", "td"]


def test_a_table_has_no_inline_style(site: Site) -> None:
    page = render(site, TABLE)
    assert [element for element in page.walk() if "style" in element.attributes] == []
    assert page.all("td", "kb-align-center")[0].text == "Read"


def test_a_link_to_a_page_that_is_not_translated_says_so(site: Site) -> None:
    link = render(site, "[mañanas](mornings.md#sun)", language="es", path="noches.md").one("a")
    assert (link["href"], link["hreflang"], link.text) == ("/mornings/#sun", "en", "mañanas (en inglés)")


def test_a_link_to_the_original_s_file_finds_the_translation(site: Site) -> None:
    link = render(site, "[calma](calm.md)", language="es", path="noches.md").one("a")
    assert (link["href"], link.get("hreflang")) == ("/es/noches/", "")


def test_the_first_heading_is_left_to_the_page_s_template(site: Site) -> None:
    assert [heading.tag for heading in render(site, "# Calm\n\n## Why").walk()] == ["h2"]


def test_the_extension_works_without_mkdocs() -> None:
    options = {"site_src.markdown": {"instance": str(HILLTOP), "language": "es"}}
    html = Markdown(extensions=EXTENSIONS, extension_configs=options).convert("/// crisis\n///")
    assert "988 en español" in parse(html).text


def test_a_worksheet_has_places_to_write(site: Site) -> None:
    text = "[text: Who helps]\n\n[lines 3: What we *noticed*]\n\n[ ] Together\n[ ] Alone"
    page = render(site, text, path="worksheets/log.md")
    places = [element for element in page.walk() if "data-kb-fill" in element.attributes]
    assert [(place.tag, place.get("type"), place.get("rows")) for place in places] == [
        ("textarea", "", "1"),
        ("textarea", "", "3"),
        ("input", "checkbox", ""),
        ("input", "checkbox", ""),
    ]
    assert [label.text for label in page.all("label")] == [
        "Who helps",
        "What we noticed",
        "Together",
        "Alone",
    ]
    assert [place["id"] for place in places][:2] == ["fill-who-helps", "fill-what-we-noticed"]


def test_an_empty_cell_is_a_place_to_write_on_a_worksheet_alone(site: Site) -> None:
    table = "| Day | What |\n| --- | --- |\n| Monday | |"
    (cell,) = render(site, table, path="worksheets/log.md").all("textarea")
    assert (cell["aria-label"], cell["id"]) == ("Monday: What", "fill-monday-what")
    assert render(site, table).all("textarea") == []


def test_places_with_the_same_label_have_their_own_ids(site: Site) -> None:
    page = render(site, "[text: Name]\n\n[text: Name]", path="worksheets/log.md")
    ids = [place["id"] for place in page.all("textarea")]
    assert len(set(ids)) == 2


def test_a_sentence_in_brackets_stays_a_sentence(site: Site) -> None:
    assert render(site, "[text] and [lines 3] are words.").one("p").text == "[text] and [lines 3] are words."
