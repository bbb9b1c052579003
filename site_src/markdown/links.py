"""Links to pages that are not translated lead to the other language, and say so."""

from __future__ import annotations

import posixpath
from xml.etree import ElementTree

from markdown import Markdown
from markdown.treeprocessors import Treeprocessor

from site_src.catalogue import PageInfo
from site_src.markdown.fragments import Fragments


class OtherLanguageProcessor(Treeprocessor):
    """Only links to .md files whose target exists in the default language alone are changed."""

    def __init__(self, md: Markdown, fragments: Fragments) -> None:
        super().__init__(md)
        self.fragments = fragments

    def run(self, root: ElementTree.Element) -> None:
        for link in root.iter("a"):
            path, _, anchor = link.get("href", "").partition("#")
            page = self._elsewhere(path)
            if page is not None:
                self._point(link, page, anchor)

    def _elsewhere(self, path: str) -> PageInfo | None:
        here = self.fragments.reader.page
        if here is None or not path.endswith(".md") or ":" in path:
            return None
        target = posixpath.normpath(posixpath.join(posixpath.dirname(here.path), path))
        pages = self.fragments.reader.site.catalogue
        if pages.find(here.language, target):
            return None
        original = pages.find(pages.default, target)
        return original and (pages.translation(original, here.language) or original)

    def _point(self, link: ElementTree.Element, page: PageInfo, anchor: str) -> None:
        reader = self.fragments.reader
        link.set("href", page.address + (f"#{anchor}" if anchor else ""))
        if page.language != reader.language:
            link.set("hreflang", page.language)
            note = ElementTree.SubElement(link, "span", {"class": "kb-other-language"})
            note.text = f" ({reader.site.other_language(page.language, reader.language)})"
