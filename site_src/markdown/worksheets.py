"""Worksheets: `[text: …]`, `[lines 3: …]`, `[ ] …` and empty table cells become places to write.

They are inputs outside any form: typed into or printed, nothing can be sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree

from markdown import Markdown
from markdown.blockprocessors import BlockProcessor
from markdown.extensions.toc import slugify, unique
from markdown.treeprocessors import Treeprocessor

from site_src.markdown.fragments import Fragments

PLACE = re.compile(
    r"""^\[ (?: (?: (?P<text>text) | lines\s*(?P<lines>\d*) ) :\s* (?P<label>.+) \]
          | \s \] \s+ (?P<item>.+) )$""",
    re.VERBOSE,
)
DEFAULT_LINES = 2


class PlaceProcessor(BlockProcessor):
    """A paragraph that is one place to write, or several boxes to tick, one a line."""

    def test(self, parent: ElementTree.Element, block: str) -> bool:
        return all(PLACE.match(line.strip()) for line in block.strip().splitlines() or [""])

    def run(self, parent: ElementTree.Element, blocks: list[str]) -> None:
        for line in blocks.pop(0).strip().splitlines():
            match = PLACE.match(line.strip())
            if match is None:
                continue
            if match["item"]:
                self._tick(parent, match["item"])
            else:
                self._write(
                    parent, match["label"], 1 if match["text"] else int(match["lines"] or DEFAULT_LINES)
                )

    def _tick(self, parent: ElementTree.Element, label: str) -> None:
        box = ElementTree.SubElement(parent, "label", {"class": "kb-choice kb-fill kb-fill--box"})
        ElementTree.SubElement(box, "input", {"type": "checkbox", "data-kb-fill": label})
        ElementTree.SubElement(box, "span", {"class": "kb-choice__text"}).text = label

    def _write(self, parent: ElementTree.Element, label: str, lines: int) -> None:
        place = ElementTree.SubElement(parent, "label", {"class": "kb-fill"})
        ElementTree.SubElement(place, "span", {"class": "kb-fill__label"}).text = label
        ElementTree.SubElement(place, "textarea", {"class": "kb-textarea", **_writing(lines, label)})


class EmptyCellProcessor(Treeprocessor):
    """An empty cell of a worksheet's table is a place to write, named by its row and column."""

    def __init__(self, md: Markdown, fragments: Fragments) -> None:
        super().__init__(md)
        self.fragments = fragments

    def run(self, root: ElementTree.Element) -> None:
        rows = root.findall(".//tbody/tr")
        page = self.fragments.reader.page if rows else None
        if page is not None and page.kind == "worksheet":
            self._open(rows)

    def _open(self, rows: list[ElementTree.Element]) -> None:
        for row in rows:
            first = "".join(row[0].itertext()).strip() if len(row) else ""
            for cell in row:
                if not "".join(cell.itertext()).strip():
                    label = ": ".join(part for part in (first, cell.get("data-label", "")) if part)
                    attributes = {"class": "kb-cell", "aria-label": label, **_writing(1, label)}
                    ElementTree.SubElement(cell, "textarea", attributes)


class PlaceNames(Treeprocessor):
    """Names each place after its label, so that what was kept is found again when the sheet is edited."""

    def run(self, root: ElementTree.Element) -> None:
        used: set[str] = set()
        for place in _places(root):
            place.set("id", unique(f"fill-{slugify(place.get('data-kb-fill', ''), '-')}", used))
            place.set("autocomplete", "off")


def _writing(lines: int, label: str) -> dict[str, str]:
    """What makes a textarea a place to write; the placeholder lets the stylesheet tell a filled one from an empty one."""
    return {"rows": str(lines), "placeholder": " ", "data-kb-fill": label}


def _places(root: ElementTree.Element) -> Iterator[ElementTree.Element]:
    return (element for element in root.iter() if element.get("data-kb-fill"))
