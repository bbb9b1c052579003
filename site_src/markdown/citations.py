"""Citations in the text, `[@key]` or `[@a; @b]`, become numbered links to the page's list of sources."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from markdown import Markdown
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from site_src.library.evidence import Source
from site_src.markdown.blocks import LOG, SOURCES_SLOT
from site_src.markdown.fragments import Fragments

CITATION = r"[ \t]*\[@([\w.-]+(?:\s*;\s*@[\w.-]+)*)\]"
MARK = "data-cites"


class CitationProcessor(InlineProcessor):
    """Marks the place of a citation; numbers follow when the order of the page is known."""

    def handleMatch(  # type: ignore[override]  # noqa: N802 - Markdown's name and its newer signature
        self, m: re.Match[str], data: str
    ) -> tuple[ElementTree.Element, int, int]:
        keys = [key.strip().removeprefix("@") for key in m[1].split(";")]
        return ElementTree.Element("sup", {"class": "kb-cites", MARK: " ".join(keys)}), m.start(0), m.end(0)


class SourcesProcessor(Treeprocessor):
    """Numbers the citations in the page's order and writes the list of sources.

    The list stands where `/// sources` is, else at the end; sources that only the front matter names follow.
    """

    def __init__(self, md: Markdown, fragments: Fragments) -> None:
        super().__init__(md)
        self.fragments = fragments

    def run(self, root: ElementTree.Element) -> None:
        numbers: dict[str, int] = {}
        for cited in root.iter("sup"):
            if keys := cited.attrib.pop(MARK, ""):
                self._write_numbers(cited, keys.split(), numbers)
        for key in self.fragments.reader.sources:
            if key in self.fragments.reader.site.sources:
                numbers.setdefault(key, len(numbers) + 1)
        self._write_list(root, [self.fragments.reader.site.sources[key] for key in numbers])

    def _write_numbers(self, cited: ElementTree.Element, keys: list[str], numbers: dict[str, int]) -> None:
        reader = self.fragments.reader
        for key in keys:
            source = reader.site.sources.get(key)
            if source is None:
                LOG.warning(
                    "%s: no source %r in datapackages/evidence", reader.page and reader.page.path, key
                )
                continue
            number = numbers.setdefault(key, len(numbers) + 1)
            cited.append(_cite(source, number, reader.words["source_number"]))

    def _write_list(self, root: ElementTree.Element, sources: list[Source]) -> None:
        slot, parent = _slot(root)
        if not sources:
            if slot is not None and parent is not None:
                parent.remove(slot)
            return
        section = self.fragments.element("sources.html", sources=sources)
        if slot is None or parent is None:
            root.append(section)
        else:
            parent[list(parent).index(slot)] = section


def _cite(source: Source, number: int, word: str) -> ElementTree.Element:
    """The number as a link; screen readers hear the word for a source before it."""
    link = ElementTree.Element("a", {"class": "kb-cite", "href": f"#source-{source.key}"})
    hidden = ElementTree.SubElement(link, "span", {"class": "kb-visually-hidden"})
    hidden.text, hidden.tail = AtomicString(f"{word} "), AtomicString(str(number))
    return link


def _slot(root: ElementTree.Element) -> tuple[ElementTree.Element | None, ElementTree.Element | None]:
    for parent in root.iter():
        for child in parent:
            if child.get("class") == SOURCES_SLOT:
                return child, parent
    return None, None
