"""Pages as Python-Markdown renders them for the site: the ids in them, and their HTML."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from markdown import Markdown

from site_src.catalogue import Catalogue
from site_src.checks.page import Page
from site_src.errors import SiteError
from site_src.instance import Clinic, Instance, read_config
from site_src.library.evidence import Source, read_sources
from site_src.library.forms import FormCard, form_folders, read_card
from site_src.site import Reader, Site
from site_src.words import read_words

# What MkDocs adds to the extensions of mkdocs.yml.
ALWAYS = ("toc", "tables", "fenced_code")


class Rendered:
    """Renders a page when it is first asked for."""

    def __init__(self, instance: Instance, clinic: Clinic, pages: Iterable[Page]) -> None:
        self._extensions, self._options = _extensions(read_config(instance.root))
        self._site = _site(instance, clinic)
        self._pages = {instance.root / page.path: page for page in pages}
        self._html: dict[str, str] = {}

    def ids(self, file: Path) -> frozenset[str] | None:
        """The ids in the page of a file; None when they cannot be told: no page, or one made by a template."""
        page = self._pages.get(file)
        if page is None or page.is_list:
            return None
        collector = _Ids()
        collector.feed(self.html(page))
        return frozenset(collector.ids)

    def html(self, page: Page) -> str:
        """The page's text as HTML, without what the template puts around it."""
        if page.path not in self._html:
            self._html[page.path] = self._render(page)
        return self._html[page.path]

    def _render(self, page: Page) -> str:
        keys = tuple(key for _, key in page.front_matter.items("sources"))
        reader = Reader(self._site, page.language, None, keys)
        options = {**self._options, "site_src.markdown": {"reader": reader}}
        with _silence():
            return Markdown(extensions=self._extensions, extension_configs=options).convert(page.body)


class _Ids(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids |= {
            value for name, value in attrs if value and (name == "id" or (tag, name) == ("a", "name"))
        }


def _extensions(config: dict[str, Any]) -> tuple[list[str], dict[str, dict[str, Any]]]:
    """The names of mkdocs.yml's Markdown extensions, and the options of those that have some."""
    names, options = list(ALWAYS), {}
    for item in config.get("markdown_extensions") or []:
        for name, own in item.items() if isinstance(item, dict) else [(item, None)]:
            names.append(name)
            options[name] = own or {}
    return list(dict.fromkeys(names)), options


def _site(instance: Instance, clinic: Clinic) -> Site:
    """The site as far as a page's HTML depends on it here, also when some of it cannot be read."""
    return Site(
        clinic=clinic,
        words={language: read_words(language) for language in clinic.languages},
        catalogue=Catalogue(clinic.languages, ()),
        sources=_sources(instance.datapackages),
        lines=(),
        forms=tuple(_cards(instance.datapackages)),
    )


def _sources(datapackages: Path) -> dict[str, Source]:
    with contextlib.suppress(SiteError):
        return read_sources(datapackages)
    return {}


def _cards(datapackages: Path) -> Iterator[FormCard]:
    for folder in form_folders(datapackages):
        with contextlib.suppress(SiteError):
            yield read_card(folder)


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    """Keeps back what the blocks say in a build's log: the rules say it with file and line."""
    logger = logging.getLogger("mkdocs")
    propagate, logger.propagate = logger.propagate, False
    handler = logging.NullHandler()
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.propagate = propagate
