"""What every page of a built site has, and what none may have."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from urllib.parse import urljoin

import pytest

from site_src.building import build_site
from site_src.instance import Instance
from site_src.options import BuildOptions
from site_src.printing import can_print
from tests.site.conftest import HILLTOP, Built
from tests.site.pages import Element, all_pages, read_page

LOADS = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src", "video": "src"}


@pytest.fixture(params=["hilltop", "repository_site"])
def built(request: pytest.FixtureRequest) -> Built:
    site: Built = request.getfixturevalue(request.param)
    return site


@pytest.fixture
def pages(built: Built) -> dict[str, Element]:
    return all_pages(built.public)


def test_no_page_has_an_inline_script_or_style(pages: dict[str, Element]) -> None:
    for address, page in pages.items():
        assert page.all("style") == [], address
        assert [script for script in page.all("script") if not script.get("src") or script.text] == [], (
            address
        )
        styled = [element for element in page.walk() if "style" in element.attributes]
        assert styled == [], address
        handlers = [name for element in page.walk() for name in element.attributes if name.startswith("on")]
        assert handlers == [], address


def test_no_page_loads_anything_from_elsewhere(pages: dict[str, Element]) -> None:
    for address, page in pages.items():
        for element in page.walk():
            if element.tag == "link" and element.get("rel") in ("canonical", "alternate"):
                continue
            wanted = urljoin(address, element.get(LOADS.get(element.tag, ""), "/"))
            assert wanted.startswith("/") and not wanted.startswith("//"), (address, wanted)


def test_the_stylesheet_loads_nothing(built: Built) -> None:
    (style,) = (built.public / "assets").glob("*.css")
    assert not re.search(r"url\(|@import|https?:", style.read_text("utf-8"))


def test_nothing_of_the_parent_theme_is_in_the_site(built: Built) -> None:
    names = sorted(
        path.name for path in built.public.rglob("*") if path.suffix in (".js", ".css", ".png", ".map")
    )
    ours = {"kinbridge", "search", "worksheet"}
    assert {name.split(".")[0] for name in names} == ours | {"pagefind", "pagefind-worker"}


def test_every_page_begins_with_the_crisis_bar(pages: dict[str, Element]) -> None:
    for address, page in pages.items():
        skip, bar = [child for child in page.one("body").children if isinstance(child, Element)][:2]
        assert skip["href"] == "#main", address
        assert "kb-bar" in bar.classes, address
        links = [link["href"] for link in bar.all("a")]
        assert links[1:] == ["tel:911", "tel:988"], address
        assert links[0].endswith("/crisis/"), address


def test_every_page_has_one_main_heading_and_none_is_skipped(pages: dict[str, Element]) -> None:
    for address, page in pages.items():
        levels = [int(element.tag[1]) for element in page.walk() if re.fullmatch("h[1-6]", element.tag)]
        assert levels.count(1) == 1, address
        jumps = [(a, b) for a, b in itertools.pairwise(levels) if b > a + 1]
        assert jumps == [], address


def test_every_page_names_its_language_and_has_a_title(pages: dict[str, Element]) -> None:
    for address, page in pages.items():
        assert page.one("html")["lang"] == ("es" if address.startswith("/es/") else "en"), address
        assert page.one("html")["dir"] == "ltr"
        assert page.one("title").text, address


def test_no_two_pages_have_the_same_title(pages: dict[str, Element]) -> None:
    titles = [page.one("title").text for address, page in pages.items() if address not in ("/", "/es/")]
    assert sorted(set(titles)) == sorted(titles)


def test_ids_are_used_once_on_a_page(pages: dict[str, Element]) -> None:
    for address, page in pages.items():
        ids = [element["id"] for element in page.walk() if element.get("id")]
        assert len(ids) == len(set(ids)), address


def test_a_link_to_another_language_says_so(pages: dict[str, Element]) -> None:
    for address, page in pages.items():
        spanish = address.startswith("/es/")
        for link in page.one("body").all("a"):
            target = link["href"]
            if not target.startswith("/"):
                continue
            if target.startswith("/print/"):
                assert target.startswith("/print/es/" if spanish else "/print/en/"), (address, target)
            elif target.startswith("/es/") != spanish:
                assert link.get("hreflang") == ("en" if spanish else "es"), (address, target)


def test_links_within_the_site_lead_somewhere(hilltop: Built) -> None:
    pages = all_pages(hilltop.public)
    for address, page in pages.items():
        for link in page.one("body").all("a"):
            target, _, anchor = link["href"].partition("#")
            if re.match(r"[a-z]+:", target) or "/forms/join/" in target:
                continue
            path = _resolve(address, target)
            if path.endswith(".pdf"):
                assert (hilltop.public / path.strip("/")).is_file(), (address, link["href"])
                continue
            assert path in pages, (address, link["href"])
            if anchor:
                assert anchor in {element.get("id") for element in pages[path].walk()}, (
                    address,
                    link["href"],
                )


def test_the_language_switch_leads_to_the_translation(hilltop: Built) -> None:
    english = read_page(hilltop.public, "/calm/")
    spanish = read_page(hilltop.public, "/es/noches/")
    assert [link["href"] for link in english.one(cls="kb-languages").all("a")] == ["/es/noches/"]
    assert [link["href"] for link in spanish.one(cls="kb-languages").all("a")] == ["/calm/"]


def test_without_a_translation_the_language_switch_leads_to_the_first_page(hilltop: Built) -> None:
    page = read_page(hilltop.public, "/mornings/")
    (link,) = page.one(cls="kb-languages").all("a")
    assert (link["href"], link["lang"], link.text) == ("/es/", "es", "Español")


def test_translations_are_named_to_search_engines(hilltop: Built) -> None:
    links = [link for link in read_page(hilltop.public, "/calm/").all("link") if link.get("hreflang")]
    assert {link["hreflang"]: link["href"] for link in links} == {
        "en": "https://hilltop.example/calm/",
        "es": "https://hilltop.example/es/noches/",
    }


def test_the_sitemap_lists_each_page_and_nothing_else(hilltop: Built) -> None:
    listed = set(re.findall("<loc>(.*?)</loc>", (hilltop.public / "sitemap.xml").read_text("utf-8")))
    unlisted = ("404.html", "/search/")
    addresses = {address for address in all_pages(hilltop.public) if not address.endswith(unlisted)}
    assert listed == {f"https://hilltop.example{address}" for address in addresses}


def test_an_unknown_address_is_answered_in_the_language_it_asked_in(hilltop: Built) -> None:
    pages = all_pages(hilltop.public)
    assert pages["/404.html"].one("h1").text == "We cannot find that page"
    assert pages["/es/404.html"].one("h1").text == "No encontramos esa página"


def test_the_build_of_the_small_clinic_warns_of_nothing(hilltop: Built) -> None:
    assert hilltop.warnings == []


def test_a_second_build_gives_the_same_bytes_print_copies_too(hilltop: Built, tmp_path: Path) -> None:
    public = tmp_path / "public"
    build_site(
        Instance(HILLTOP, tmp_path),
        public,
        BuildOptions(private=tmp_path / "private", print_cache=tmp_path / "prints" if can_print() else None),
    )
    for path in sorted(path for path in hilltop.public.rglob("*") if path.is_file()):
        if path.name != "sitemap.xml.gz":
            assert path.read_bytes() == (public / path.relative_to(hilltop.public)).read_bytes(), path


def _resolve(address: str, target: str) -> str:
    if target == "":
        return address
    if target.startswith("/"):
        return target
    parts = [part for part in address.strip("/").split("/") if part]
    for step in target.split("/"):
        if step == "..":
            parts.pop()
        elif step not in ("", "."):
            parts.append(step)
    return "/" + "".join(f"{part}/" for part in parts)


@pytest.mark.parametrize("name", ["easy-read-warning-signs", "easy-read-crisis"])
@pytest.mark.parametrize("language", ["", "/es"])
def test_easy_read_has_a_small_picture_of_our_own_with_its_words_beside_each_message(
    repository_site: Built, language: str, name: str
) -> None:
    address = f"{language}/{name}/"
    pictures = read_page(repository_site.public, address).all("img", "kb-picture")
    assert 5 <= len(pictures) <= 8
    for picture in pictures:
        file = repository_site.public / urljoin(address, picture["src"]).lstrip("/")
        assert picture["alt"] and file.stat().st_size < 4096
        assert (picture["width"], picture["height"]) == ("120", "120")
