"""The Markdown extension of Kinbridge: blocks, citations, tables and links to pages in other languages.

It works alone (`site_src.markdown` in mkdocs.yml reads the instance in the working folder), so that it also
serves under Zensical; the MkDocs hooks hand it a `Reader` for each page instead.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from markdown import Markdown
from pymdownx.blocks import BlocksExtension, BlocksProcessor

from site_src.markdown.blocks import BLOCKS
from site_src.markdown.citations import CITATION, CitationProcessor, SourcesProcessor
from site_src.markdown.fragments import Fragments
from site_src.markdown.headings import FirstHeadingProcessor
from site_src.markdown.links import OtherLanguageProcessor
from site_src.markdown.tables import TableProcessor
from site_src.markdown.worksheets import EmptyCellProcessor, PlaceNames, PlaceProcessor
from site_src.site import Reader, load_site

# Before Markdown's own reference links (170), after escapes and code (180, 190).
CITATIONS_PRIORITY = 175
# After inline text (20) and before the table of contents (5), which is to list the sources' heading.
SOURCES_PRIORITY = 15
TABLES_PRIORITY = 12
# Cells know their headings by then; a place's name is not to be taken for a heading's.
CELLS_PRIORITY = 11
PLACES_TREE_PRIORITY = 10
# Before paragraphs (10) and reference definitions (15), which look alike.
PLACES_PRIORITY = 16
# Before MkDocs turns links to .md files into addresses (0).
LINKS_PRIORITY = 3
# After MkDocs has taken the title from it (1).
HEADING_PRIORITY = 0.5


class KinbridgeExtension(BlocksExtension):  # type: ignore[misc]
    """Options: `reader` (a Reader, or None), `instance` and `language` when there is no reader."""

    def __init__(self, **options: Any) -> None:
        self.config: dict[str, list[Any]] = {
            "reader": [None, "For whom the page is rendered"],
            "instance": [".", "Folder of the instance, when there is no reader"],
            "language": ["en", "Language of the page, when there is no reader"],
        }
        super().__init__(**options)

    def setConfig(self, key: str, value: Any) -> None:  # noqa: N802 - Markdown's name
        # Markdown would parse a value whose default is None as a boolean.
        self.config[key][0] = value

    def extendMarkdownBlocks(self, md: Markdown, block_mgr: BlocksProcessor) -> None:  # noqa: N802
        fragments = Fragments(self._reader)
        for block in BLOCKS:
            block_mgr.register(block, {"fragments": fragments})
        md.inlinePatterns.register(CitationProcessor(CITATION, md), "kinbridge-citation", CITATIONS_PRIORITY)
        md.parser.blockprocessors.register(PlaceProcessor(md.parser), "kinbridge-place", PLACES_PRIORITY)
        for name, processor, priority in (
            ("kinbridge-sources", SourcesProcessor(md, fragments), SOURCES_PRIORITY),
            ("kinbridge-tables", TableProcessor(md), TABLES_PRIORITY),
            ("kinbridge-cells", EmptyCellProcessor(md, fragments), CELLS_PRIORITY),
            ("kinbridge-places", PlaceNames(md), PLACES_TREE_PRIORITY),
            ("kinbridge-links", OtherLanguageProcessor(md, fragments), LINKS_PRIORITY),
            ("kinbridge-heading", FirstHeadingProcessor(md), HEADING_PRIORITY),
        ):
            md.treeprocessors.register(processor, name, priority)

    def _reader(self) -> Reader:
        given: Reader | None = self.getConfig("reader")
        if given is not None:
            return given
        site = load_site(Path(self.getConfig("instance")))
        return Reader(site, str(self.getConfig("language")), None)


def makeExtension(**options: Any) -> KinbridgeExtension:  # noqa: N802 - the name Markdown looks for
    """Called by Markdown with the options of mkdocs.yml."""
    return KinbridgeExtension(**options)
