"""Reads a built page as a tree, so that tests can ask what a reader would meet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
)


@dataclass
class Element:
    """One element: its tag, attributes, children, and the text inside it in reading order."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)

    def __getitem__(self, name: str) -> str:
        return self.attributes[name]

    def get(self, name: str, default: str = "") -> str:
        return self.attributes.get(name, default)

    @property
    def classes(self) -> list[str]:
        return self.get("class").split()

    @property
    def text(self) -> str:
        return " ".join(self.raw_text.split())

    @property
    def raw_text(self) -> str:
        return "".join(child if isinstance(child, str) else child.raw_text for child in self.children)

    def walk(self) -> Iterator[Element]:
        for child in self.children:
            if isinstance(child, Element):
                yield child
                yield from child.walk()

    def all(self, tag: str = "", cls: str = "") -> list[Element]:
        """The elements below this one, in reading order, with a tag or a class or both."""
        return [
            element
            for element in self.walk()
            if (not tag or element.tag == tag) and (not cls or cls in element.classes)
        ]

    def one(self, tag: str = "", cls: str = "") -> Element:
        """The only such element; fails when there are none or several."""
        (found,) = self.all(tag, cls)
        return found


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("#page")
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].children.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        while len(self.open) > 1 and self.open.pop().tag != tag:
            pass

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def parse(html: str) -> Element:
    """A page's root, which holds `html`."""
    builder = _Builder()
    builder.feed(html)
    return builder.root


def read_page(public: Path, address: str) -> Element:
    """The page that a server would give for an address such as `/es/guides/`."""
    return parse((public / address.strip("/") / "index.html").read_text("utf-8"))


def all_pages(public: Path) -> dict[str, Element]:
    """Every page by its address."""
    found = sorted(public.rglob("*.html"))
    return {
        "/" + path.relative_to(public).as_posix().removesuffix("index.html"): parse(path.read_text("utf-8"))
        for path in found
    }
