"""One build of the site: what each template is given, and the pages that no Markdown file stands for."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urljoin
from xml.etree import ElementTree

import jinja2
from markupsafe import Markup, escape
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.pages import Page

from site_src.assets import Assets, make_assets
from site_src.brand import bar_colour
from site_src.catalogue import AGES, NEEDS, PageInfo, address_of
from site_src.chrome import SEARCH_PAGE, Chrome, alternates, make_chrome
from site_src.compiled import CompiledTemplates
from site_src.errors import SiteError
from site_src.library.crisis import parts
from site_src.markdown.fragments import Fragments
from site_src.options import BuildOptions
from site_src.printing import print_address
from site_src.reading import last_check, meta_line, news_line
from site_src.site import Reader, Site, load_site
from site_src.texts import PageText

LAYOUTS = ("home", "guides", "worksheets", "worksheet", "forms")
SECTIONS = {"guide": "guides", "worksheet": "worksheets", "home": ""}
OPENING = re.compile(r"\s*<p>(.*?)</p>", re.DOTALL)
# MkDocs gives hooks no place of their own; `extra` lives as long as one build.
OPTIONS = "kinbridge_options"
SHELL_MARKERS = ("[[kb:title]]", "[[kb:head]]", "[[kb:languages]]", "[[kb:main]]")


@dataclass(frozen=True)
class Group:
    """Pages under one heading of a list."""

    key: str
    title: str
    hint: str
    pages: tuple[PageInfo, ...]


@dataclass(frozen=True)
class Age:
    """An age of children: the guides that are not for every age, and those that are."""

    key: str
    title: str
    own: tuple[PageInfo, ...]
    every: tuple[PageInfo, ...]


@dataclass(frozen=True)
class Rendering:
    """The site as one build sees it; `texts` are the pages rendered so far."""

    site: Site
    assets: Assets
    site_url: str
    options: BuildOptions
    texts: list[PageText] = field(default_factory=list)
    templates: CompiledTemplates = field(default_factory=CompiledTemplates)

    def reader(self, page: Page) -> Reader:
        """For whom a page is rendered."""
        language, _, path = page.file.src_uri.partition("/")
        sources = page.meta.get("sources")
        keys = tuple(str(key) for key in sources) if isinstance(sources, list) else ()
        return Reader(self.site, language, self.site.catalogue.find(language, path), keys)

    def prepare(self, env: jinja2.Environment) -> None:
        """Sets the template environment up."""
        env.autoescape = True
        env.trim_blocks = env.lstrip_blocks = True
        env.undefined = jinja2.StrictUndefined
        env.bytecode_cache = self.templates

    def context(self, page: Page) -> dict[str, Any]:
        """What the template of a page is given, and which template that is."""
        reader = self.reader(page)
        info = reader.page
        if info is None:
            raise SiteError(
                f"{page.file.src_uri} lies outside the folders of the clinic's languages.",
                "Move it to content/en, or add its language to extra.clinic.languages.",
            )
        chrome = make_chrome(reader, self.assets, SECTIONS.get(info.kind, info.kind))
        lead, text = split_lead(page.content or "", info.description)
        line = meta_line(page.content or "", page.meta, reader.words, reader.language)
        notice = self._notice(info)
        self.texts.append(PageText(info, lead, text, line, notice))
        return {
            **_base(chrome, info.title, info.description),
            "layout": f"{info.kind if info.kind in LAYOUTS else 'guide'}.html",
            "info": info,
            "canonical": self.absolute(info.address),
            "alternates": [(other.language, self.absolute(other.address)) for other in alternates(reader)],
            "lead": lead,
            "text": text,
            "meta_line": line,
            "notice": notice,
            "contents": [item for item in page.toc if item.level == 2],
            "print_copy": print_address(info) if self.options.print_cache else None,
            "related": self.site.catalogue.related(info),
            "groups": groups(self.site, info),
            "ages": by_age(self.site, info.language),
            "newest": self.site.catalogue.newest("guide", info.language) if info.kind == "guides" else (),
            "last_check": partial(last_check, words=reader.words, language=reader.language),
            "news_line": partial(news_line, words=reader.words, language=reader.language),
            "first_of_need": self.site.catalogue.first_of_need,
            "needs": NEEDS,
        }

    def write_single_pages(self, env: jinja2.Environment, language: str, public: Path) -> None:
        """Writes a language's "not found" page, its search page and its shell."""
        reader = Reader(self.site, language, None)
        words = reader.words
        folder = public if language == reader.default else public / language
        not_found = env.get_template("not-found.html").render(
            _base(make_chrome(reader, self.assets, ""), words["not_found"], words["not_found_lead"])
        )
        _write(folder / "404.html", not_found)
        search = env.get_template("search.html").render(
            _base(make_chrome(reader, self.assets, "search", SEARCH_PAGE), words["search"], "")
        )
        _write(public / address_of(SEARCH_PAGE, language, reader.default).strip("/") / "index.html", search)
        if private := self.options.private:
            chrome = make_chrome(reader, self.assets, "forms")
            shell = env.get_template("shell.html").render({**_base(chrome, "", ""), "shell": True})
            _write(private / "shells" / f"{language}.html", _whole(shell, language))
            _write(private / "crisis" / f"{language}.html", _crisis(reader))

    def _notice(self, info: PageInfo) -> str:
        """What a page says of itself when a check found it overdue or stale, and it may stay all the same."""
        code = self.options.notices.get(f"content/{info.language}/{info.path}")
        return self.site.words[info.language][f"notice_{code}"] if code else ""

    def sitemap(self) -> dict[str, Any]:
        """What sitemap.xml is given: each page with its translations."""
        entries = []
        for page in self.site.catalogue.pages:
            others = alternates(Reader(self.site, page.language, page))
            entries.append(
                (self.absolute(page.address), [(o.language, self.absolute(o.address)) for o in others])
            )
        return {"entries": entries}

    def absolute(self, address: str) -> str:
        return urljoin(self.site_url, address)


def load_rendering(config: MkDocsConfig) -> Rendering:
    """The rendering of one build; the builder passes its options in `extra`.

    Raises SiteError when the instance cannot be read.
    """
    options: BuildOptions = config.extra.get(OPTIONS) or BuildOptions()
    site = load_site(Path(config.config_file_path).parent, options.left_out, options.today)
    return Rendering(site, make_assets(site.clinic.brand), config.site_url or "/", options)


def _crisis(reader: Reader) -> str:
    """The crisis lines as form pages show them when an answer asks for help now."""
    lines = [(line, parts(line.how)) for line in reader.site.crisis_lines(reader.language)]
    element = Fragments(lambda: reader).element("crisis.html", lines=lines)
    return ElementTree.tostring(element, encoding="unicode", method="html")


def groups(site: Site, page: PageInfo) -> tuple[Group, ...]:
    """The pages a list page shows, by need; those that are not translated come last in each."""
    words = site.words[page.language]
    kind = _listed(page)
    pages = (
        *site.catalogue.of_kind(kind, page.language),
        *site.catalogue.untranslated(kind, page.language),
    )
    found = []
    for need in (*NEEDS, "other"):
        own = tuple(p for p in pages if p.need == need or (need == "other" and p.need not in NEEDS))
        if own:
            found.append(Group(need, words[f"need_{need}"], words.get(f"need_{need}_hint", ""), own))
    return tuple(found)


def by_age(site: Site, language: str) -> tuple[Age, ...]:
    """The ages that have guides of their own, with all guides about a child of that age."""
    words = site.words[language]
    guides = [page for page in site.catalogue.of_kind("guide", language) if _is_about_a_child(page)]
    every = tuple(page for page in guides if page.is_for_every_age)
    own = {
        age: tuple(page for page in guides if age in page.ages and not page.is_for_every_age) for age in AGES
    }
    return tuple(Age(age, words[f"age_{age}"], pages, every) for age, pages in own.items() if pages)


def _is_about_a_child(page: PageInfo) -> bool:
    return page.need != "about" and page.audience != "staff"


def split_lead(html: str, description: str) -> tuple[Markup, Markup]:
    """A page's opening paragraph and the rest; a text that opens otherwise is led by its description."""
    match = OPENING.match(html)
    if match is None:
        return escape(description), Markup(html.strip())  # noqa: S704 - rendered from the clinic's own Markdown
    return Markup(match[1]), Markup(html[match.end() :].strip())  # noqa: S704


def _listed(page: PageInfo) -> str:
    return "worksheet" if page.kind == "worksheets" else "guide"


def _base(chrome: Chrome, title: str, description: str) -> dict[str, Any]:
    return {
        "kb": chrome,
        "t": chrome.words,
        "site": chrome.site,
        "clinic": chrome.site.clinic,
        "title": title,
        "description": description,
        "canonical": "",
        "alternates": [],
        "bar_colour": bar_colour(chrome.site.clinic.brand),
        "markers": SHELL_MARKERS,
        "shell": False,
    }


def _whole(shell: str, language: str) -> str:
    wrong = [marker for marker in SHELL_MARKERS if shell.count(marker) != 1]
    if wrong:
        raise SiteError(f"The shell in {language} lacks {', '.join(wrong)}.", "Mend theme/shell.html.")
    return shell


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
