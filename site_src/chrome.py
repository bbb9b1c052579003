"""What stands around every page: bar, header, language switch, footer; the same for guides and forms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from site_src.assets import Assets
from site_src.catalogue import PageInfo, address_of
from site_src.library.crisis import CrisisLine, Part, first_number, parts
from site_src.site import Reader, Site
from site_src.words import Words

# Below content/<language>, as if an author had written it.
SEARCH_PAGE = "search/index.md"


@dataclass(frozen=True)
class Link:
    """A link of the header or footer. `language` is set when it leads to another language."""

    label: str
    address: str
    current: bool = False
    language: str = ""


@dataclass(frozen=True)
class BarNumber:
    """A number in the bar: the word before it, and the text around it that phones hide."""

    word: str
    before: str
    number: Part
    after: str


@dataclass(frozen=True)
class Chrome:
    """Everything the base template needs beside the page's own text."""

    language: str
    words: Words
    site: Site
    assets: Assets
    home: str
    help_page: Link | None
    bar: tuple[BarNumber, ...]
    menu: tuple[Link, ...]
    search: Link
    languages: tuple[Link, ...]
    footer: tuple[Link, ...]


def make_chrome(reader: Reader, assets: Assets, section: str, path: str = "index.md") -> Chrome:
    """The chrome for a reader; `section` (guides, worksheets, forms, search or "") is marked in the menu.

    The language switch leads to the page's translation, or where there is none to `path` in that language.
    """
    site, language = reader.site, reader.language
    return Chrome(
        language=language,
        words=reader.words,
        site=site,
        assets=assets,
        home=address_of("index.md", language, reader.default),
        help_page=_help_page(reader),
        bar=bar_numbers(site, language),
        menu=tuple(_menu(reader, section)),
        search=Link(
            reader.words["search"], address_of(SEARCH_PAGE, language, reader.default), section == "search"
        ),
        languages=tuple(_languages(reader, path)),
        footer=tuple(_footer(reader)),
    )


def alternates(reader: Reader) -> tuple[PageInfo, ...]:
    """The same page in each language it has, this one first; empty when it has no translation."""
    if reader.page is None:
        return ()
    pages = reader.site.catalogue
    others = [pages.translation(reader.page, other) for other in pages.languages if other != reader.language]
    found = [page for page in others if page]
    return (reader.page, *found) if found else ()


def _help_page(reader: Reader) -> Link | None:
    page = reader.site.catalogue.first_of_need("now", reader.language)
    if page is None:
        return None
    foreign = page.language if page.language != reader.language else ""
    return Link(reader.words["help_now"], page.address, page == reader.page, foreign)


def bar_numbers(site: Site, language: str) -> tuple[BarNumber, ...]:
    """The numbers to call in a crisis: the emergency number and the first national line, else the clinic's."""
    words = site.words[language]
    lines = site.crisis_lines(language)
    emergency = next((line for line in lines if line.is_emergency and first_number(line)), None)
    national = next((line for line in lines if not line.is_emergency and first_number(line)), None)
    numbers: list[BarNumber] = []
    if emergency and (number := first_number(emergency)):
        numbers.append(BarNumber(words["danger"], words["call"], number, ""))
    if national:
        numbers.append(_national(words["crisis"], national))
    if not numbers:
        numbers.append(BarNumber(words["call_us"], "", Part(site.clinic.phone, site.phone_link), ""))
    return tuple(numbers)


def _national(word: str, line: CrisisLine) -> BarNumber:
    pieces: Sequence[Part] = parts(line.how.split(";")[0])
    at = next((index for index, part in enumerate(pieces) if part.link), 0)
    before = "".join(part.text for part in pieces[:at]).strip()
    before = before[:1].lower() + before[1:]
    after = "".join(part.text for part in pieces[at + 1 :]).strip(" .")
    return BarNumber(word, before, pieces[at], after)


def _menu(reader: Reader, section: str) -> list[Link]:
    pages, language = reader.site.catalogue, reader.language
    links = []
    for name in ("guides", "worksheets", "forms"):
        page = pages.find(language, f"{name}/index.md")
        if page or name == "forms":
            address = address_of(f"{name}/index.md", language, reader.default)
            links.append(Link(reader.words[name], address, name == section))
    return links


def _languages(reader: Reader, path: str) -> list[Link]:
    """The other languages: to this page's translation, else to the page at `path` in that language."""
    pages = reader.site.catalogue
    links = []
    for language in pages.languages:
        if language == reader.language:
            continue
        page = pages.translation(reader.page, language) if reader.page else None
        address = page.address if page else address_of(path, language, pages.default)
        links.append(Link(reader.site.words[language]["language_name"], address, False, language))
    return links


def _footer(reader: Reader) -> list[Link]:
    pages, language = reader.site.catalogue, reader.language
    guides = (*pages.of_kind("guide", language), *pages.untranslated("guide", language))
    return [
        Link(
            page.title, page.address, page == reader.page, page.language if page.language != language else ""
        )
        for page in guides
        if page.need == "about"
    ]
