"""Guides, lists and the first page, as families meet them."""

from __future__ import annotations

import pytest

from site_src.building import build_site
from site_src.instance import Instance
from site_src.options import BuildOptions
from tests.site.conftest import Built, write_page
from tests.site.pages import Element, read_page


def test_a_guide_opens_with_its_answer(hilltop: Built) -> None:
    page = read_page(hilltop.public, "/calm/")
    assert page.one("h1").text == "Calm evenings"
    assert page.one(cls="kb-lead").text == "Start small. It helps most familiesSource 1."


def test_a_guide_says_how_long_it_is_and_that_no_clinician_has_checked_it(hilltop: Built) -> None:
    line = [item.text for item in read_page(hilltop.public, "/calm/").one("ul", "kb-meta").all("li")]
    assert line == ["1 minute read", "Not yet checked by a clinician", "Next check May 2099", "6 to 11"]
    spanish = read_page(hilltop.public, "/es/noches/").one("ul", "kb-meta").all("li")
    assert spanish[1].text == "Todavía sin revisar por un profesional clínico"


def test_a_guide_shows_where_it_belongs(hilltop: Built) -> None:
    crumbs = read_page(hilltop.public, "/calm/").one(cls="kb-crumbs").all("a")
    assert [(link.text, link["href"]) for link in crumbs] == [
        ("Guides", "/guides/"),
        ("Between sessions", "/guides/#between"),
    ]


def test_a_guide_leads_on_to_the_next_of_its_kind(hilltop: Built) -> None:
    page = read_page(hilltop.public, "/calm/")
    assert [link.text for link in page.one(cls="kb-related").all("a")] == ["Bright mornings"]


def test_all_guides_are_listed_under_their_need(hilltop: Built) -> None:
    page = read_page(hilltop.public, "/guides/")
    assert _groups(page) == {
        "Between sessions": ["Calm evenings", "Bright mornings"],
        "Help now": ["Get help now"],
        "About these pages": ["Privacy"],
    }


def test_the_spanish_list_has_what_is_not_translated_and_says_so(hilltop: Built) -> None:
    page = read_page(hilltop.public, "/es/guides/")
    assert _groups(page)["Entre una sesión y otra"] == ["Noches tranquilas", "Bright mornings"]
    (mornings,) = [link for link in page.all("a") if link.text == "Bright mornings"]
    assert (mornings["lang"], mornings["href"]) == ("en", "/mornings/")
    assert "Bright mornings (en inglés)" in page.text


def test_an_age_lists_its_own_guides_then_those_for_every_age(hilltop: Built) -> None:
    (age,) = read_page(hilltop.public, "/guides/").all(cls="kb-age")
    own, every = age.all("ul")
    assert (age.one("h3").text, [link.text for link in own.all("a")]) == ("6 to 11", ["Calm evenings"])
    assert (age.one("h4").text, [link.text for link in every.all("a")]) == (
        "For every age",
        ["Bright mornings", "Get help now"],
    )


@pytest.mark.parametrize("home", ["/", "/es/"])
def test_the_first_page_leads_to_every_guide_for_an_age(repository_site: Built, home: str) -> None:
    pages = read_page(repository_site.public, home).one(cls="kb-by-age").all("a")
    ages = {age["id"]: age for age in read_page(repository_site.public, f"{home}guides/").all(cls="kb-age")}
    assert [link["href"] for link in pages] == [f"{home}guides/#{age}" for age in ages]
    assert list(ages) == ["age-under-6", "age-6-11", "age-12-17"]
    listed = {name: {link["href"] for link in age.all("a")} for name, age in ages.items()}
    crisis, healthy = f"{home}crisis/", f"{home}healthy-days/"
    for name, addresses in listed.items():
        signs = name.removeprefix("age-").replace("-", "-to-") if name != "age-under-6" else "under-6"
        assert {crisis, healthy, f"{home}warning-signs-{signs}/"} <= addresses
        assert len(addresses) > 15
    assert f"{home}warning-signs-6-to-11/" not in listed["age-under-6"]


def test_the_list_says_when_each_guide_was_checked_and_what_is_new(instance: Instance) -> None:
    write_page(instance, "Open.", changed="2027-05-03", published="2026-01-02", reviewed="2027-02-01")
    write_page(instance, "Eat.", "en/meals.md", title="Meals", published="2027-05-04")
    write_page(instance, "Coma.", "es/comidas.md", title="Comidas", reviewed="2027-05-04")
    build_site(instance, instance.var / "public", BuildOptions())
    page = read_page(instance.var / "public", "/guides/")
    assert [item.text for item in page.one(cls="kb-news").all("li")] == [
        "Meals New on May 4, 2027",
        "Mornings Changed on May 3, 2027",
    ]
    checks = {
        item.one("a").text: item.one(cls="kb-listing__check").text
        for item in page.all("li", "kb-listing__item")
    }
    assert checks["Mornings"] == "Checked February 1, 2027"
    assert checks["Meals"] == checks["Calm evenings"] == "Not yet checked by a clinician"
    spanish = read_page(instance.var / "public", "/es/guides/").one(cls="kb-news")
    assert spanish.text == "Lo nuevo y lo que cambió Comidas Revisada el 4 de mayo de 2027"


def test_without_dates_nothing_is_called_new(hilltop: Built) -> None:
    assert read_page(hilltop.public, "/guides/").all(cls="kb-news") == []


def test_the_first_page_goes_by_need(hilltop: Built) -> None:
    page = read_page(hilltop.public, "/")
    needs = {link.text: link["href"] for link in page.one(cls="kb-cards").all("a")}
    assert needs == {"Between sessions": "/guides/#between", "Help now": "/crisis/"}


def test_the_forms_page_lists_each_form_with_its_minutes(hilltop: Built) -> None:
    card = read_page(hilltop.public, "/es/forms/").one(cls="kb-form-card")
    assert card.one("a")["href"] == "/es/forms/join/"
    assert card.text == "Únase a nuestro grupo Conozca a otras familias. 3 minutos"


def test_worksheets_are_listed(hilltop: Built) -> None:
    assert [
        link.text for link in read_page(hilltop.public, "/worksheets/").one(cls="kb-listing").all("a")
    ] == ["A small log"]


def test_the_footer_reaches_the_privacy_page_in_every_language(hilltop: Built) -> None:
    links = {
        address: read_page(hilltop.public, address).one(cls="kb-footer__links").one("a")
        for address in ("/", "/es/")
    }
    assert links["/"].text == "Privacy"
    assert (links["/es/"]["href"], links["/es/"]["lang"]) == ("/privacy/", "en")


def test_a_real_clinic_is_not_called_made_up(hilltop: Built, repository_site: Built) -> None:
    assert "This clinic is made up." not in read_page(hilltop.public, "/").text
    assert "This clinic is made up." in read_page(repository_site.public, "/").text


def _groups(page: Element) -> dict[str, list[str]]:
    groups = [group for group in page.all("section", "kb-group") if group.all(cls="kb-listing")]
    return {
        group.one("h2").text: [link.text for link in group.one(cls="kb-listing").all("a")] for group in groups
    }
