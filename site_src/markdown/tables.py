"""Makes tables fit a phone: each cell knows its column's heading, and keeps its role when CSS stacks it."""

from __future__ import annotations

from xml.etree import ElementTree

from markdown.treeprocessors import Treeprocessor


class TableProcessor(Treeprocessor):
    """Wraps each table, labels its cells, and makes the first cell of a row the row's heading.

    The roles repeat what the tags say: browsers drop them from a table whose `display` CSS changes.
    """

    def run(self, root: ElementTree.Element) -> None:
        parents = {child: parent for parent in root.iter() for child in parent}
        for table in list(root.iter("table")):
            self._label(table)
            parent = parents[table]
            wrapper = ElementTree.Element("div", {"class": "kb-table"})
            wrapper.tail, table.tail = table.tail, None
            parent[list(parent).index(table)] = wrapper
            wrapper.append(table)

    def _label(self, table: ElementTree.Element) -> None:
        table.set("role", "table")
        headings = ["".join(cell.itertext()).strip() for cell in table.findall("thead/tr/th")]
        for group in table:
            group.set("role", "rowgroup")
            for row in group:
                row.set("role", "row")
        for cell in table.findall("thead/tr/th"):
            self._align(cell)
            cell.set("role", "columnheader")
            cell.set("scope", "col")
        for row in table.findall("tbody/tr"):
            for index, cell in enumerate(row):
                self._cell(cell, index, headings[index] if index < len(headings) else "")

    def _cell(self, cell: ElementTree.Element, index: int, heading: str) -> None:
        self._align(cell)
        if index == 0 and "".join(cell.itertext()).strip():
            cell.tag = "th"
            cell.set("scope", "row")
            cell.set("role", "rowheader")
        else:
            cell.set("role", "cell")
        if heading:
            cell.set("data-label", heading)

    def _align(self, cell: ElementTree.Element) -> None:
        """An inline style would break the content security policy; a class says the same."""
        align = cell.attrib.pop("align", "") or cell.attrib.pop("style", "").partition("text-align:")[2]
        if align := align.strip(" ;"):
            cell.set("class", f"kb-align-{align}")
