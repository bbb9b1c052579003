"""Takes the first heading out of the text: the page's template already shows it as the title."""

from __future__ import annotations

from xml.etree import ElementTree

from markdown.treeprocessors import Treeprocessor


class FirstHeadingProcessor(Treeprocessor):
    """A page has one h1, and the template writes it."""

    def run(self, root: ElementTree.Element) -> None:
        first = next(iter(root), None)
        if first is not None and first.tag == "h1":
            root.remove(first)
