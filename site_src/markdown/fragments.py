"""Renders a piece of a page from a template into elements that Markdown leaves alone."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jinja2
from markdown.util import AtomicString

from site_src.site import Reader

TEMPLATES = Path(__file__).parent / "templates"


@functools.cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


class Fragments:
    """The templates of markdown/templates for one reader, who is asked for when the first is needed."""

    def __init__(self, find_reader: Callable[[], Reader]) -> None:
        self._find_reader = find_reader

    @functools.cached_property
    def reader(self) -> Reader:
        return self._find_reader()

    def element(self, template: str, **values: Any) -> ElementTree.Element:
        """The template's one outermost element. Its text is data, so inline Markdown must not read it."""
        source = (
            _environment()
            .get_template(template)
            .render(reader=self.reader, site=self.reader.site, t=self.reader.words, **values)
        )
        # The template is ours and escapes what it is given: nothing foreign is parsed as markup.
        element = ElementTree.fromstring(source.strip())  # noqa: S314
        for node in element.iter():
            node.text = AtomicString(node.text) if node.text else None
            node.tail = AtomicString(node.tail) if node.tail else None
        return element
