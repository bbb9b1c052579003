"""The shell: the site's own page around forms, with places that the form service fills."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from site_src import words
from site_src.building import build_site
from site_src.instance import Instance
from site_src.options import BuildOptions
from tests.site.conftest import Built
from tests.site.pages import Element, parse

MARKERS = ("[[kb:title]]", "[[kb:head]]", "[[kb:languages]]", "[[kb:main]]")


@pytest.fixture(params=["en", "es"])
def shell(request: pytest.FixtureRequest, hilltop: Built) -> str:
    return (hilltop.private / "shells" / f"{request.param}.html").read_text("utf-8")


@pytest.fixture
def page(shell: str) -> Element:
    return parse(shell)


@pytest.mark.parametrize("marker", MARKERS)
def test_each_marker_stands_in_the_shell_once(shell: str, marker: str) -> None:
    assert shell.count(marker) == 1


def test_the_markers_stand_where_the_service_fills_them(page: Element) -> None:
    assert page.one("title").text == "[[kb:title]]"
    assert "[[kb:head]]" in page.one("head").text
    assert page.one(cls="kb-languages").text == "[[kb:languages]]"
    main = page.one("main")
    assert (main["id"], main["class"], main.text) == ("main", "kb-main kb-main--form", "[[kb:main]]")


def test_every_address_in_the_shell_starts_at_the_root(page: Element) -> None:
    addresses = [element[name] for element in page.walk() for name in ("href", "src") if element.get(name)]
    relative = [address for address in addresses if not address.startswith(("/", "tel:", "#main"))]
    assert relative == []


def test_forms_are_the_current_place_in_the_menu(page: Element) -> None:
    current = [link["href"] for link in page.one(cls="kb-menu").all("a") if link.get("aria-current")]
    language = page.one("html")["lang"]
    assert current == ["/forms/" if language == "en" else "/es/forms/"]


def test_the_shell_has_the_crisis_bar_and_our_own_files_only(page: Element) -> None:
    assert page.one(cls="kb-bar").all("a")
    assert [script["src"].split(".")[0] for script in page.all("script")] == ["/assets/kinbridge"]
    assert page.all("style") == []


def test_the_shell_is_not_among_the_pages(hilltop: Built) -> None:
    for path in hilltop.public.rglob("*"):
        if path.is_file():
            assert b"[[kb:" not in path.read_bytes(), path


def test_the_form_service_is_told_about_the_clinic_and_the_guides_it_may_offer(hilltop: Built) -> None:
    assert json.loads((hilltop.private / "site.json").read_text("utf-8")) == {
        "clinic": {
            "name": "Hilltop Clinic",
            "phone": "555 0199",
            "region": "US",
            "timezone": "America/Chicago",
            "quick_exit_url": "https://weather.example/",
            "brand": "#0f5c5a",
            "demo": False,
        },
        "languages": ["en", "es"],
        "site_url": "https://hilltop.example/",
        "guides": {
            "en": {
                "calm": "Calm evenings",
                "crisis": "Get help now",
                "mornings": "Bright mornings",
                "privacy": "Privacy",
                "worksheets/log": "A small log",
            },
            "es": {"noches": "Noches tranquilas", "crisis": "Busque ayuda ahora"},
        },
    }


def test_a_language_written_from_right_to_left_turns_its_pages_and_its_forms_round(
    tmp_path: Path, instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A test language: Spanish, said to be written from right to left.
    for file in words.FOLDER.glob("*.yml"):
        text = file.read_text("utf-8")
        turned = text.replace("direction: ltr", "direction: rtl") if file.stem == "es" else text
        (tmp_path / file.name).write_text(turned, "utf-8")
    monkeypatch.setattr(words, "FOLDER", tmp_path)
    private = tmp_path / "private"
    build_site(instance, tmp_path / "public", BuildOptions(private=private))
    for language, direction in (("en", "ltr"), ("es", "rtl")):
        pages = [private / "shells" / f"{language}.html"]
        pages += (tmp_path / "public" / ("es" if language == "es" else "")).glob("*.html")
        assert len(pages) > 1
        for page in pages:
            html = parse(page.read_text("utf-8")).one("html")
            assert (html["lang"], html["dir"]) == (language, direction), page
