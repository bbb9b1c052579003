"""A Markdown text as its parts, each with the line it stands on.

The site itself is rendered by Python-Markdown, which keeps no lines; markdown-it does. It reads the same text
with tables, definition lists, and the lines that open and close our blocks.
"""

from __future__ import annotations

import bisect
import functools
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeVar

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin

MARKER = re.compile(r"(/{3,})[ ]*([\w-]*)[ ]*(?:\|[ ]*(.*?)[ ]*)?")
# `{: .class }`, `{ #id key="value" }`: what Markdown's attr_list takes for attributes.
ATTRIBUTES = re.compile(r"\{:?((?:\s*(?:[.#][\w-]+|[\w:-]+=(?:\"[^\"]*\"|'[^']*'|[^\s}]+)))+)\s*\}")
Role = Literal["heading", "cell", "term", "item", "paragraph"]


@dataclass(frozen=True)
class Marker:
    """A line `/// name | argument`, or `///` alone, whose name is empty: it closes a block."""

    line: int
    length: int
    name: str
    argument: str


@dataclass(frozen=True)
class Text:
    """The words of a paragraph, list item, heading, cell or glossary term, by line; code is left out."""

    role: Role
    level: int
    lines: tuple[tuple[int, str], ...]
    source: str

    @property
    def line(self) -> int:
        return self.lines[0][0]

    @functools.cached_property
    def text(self) -> str:
        return " ".join(text for _, text in self.lines)

    @property
    def is_running(self) -> bool:
        return self.role in ("paragraph", "item")

    def line_at(self, place: int) -> int:
        """The line of the character at a place in `text`."""
        return self.lines[min(bisect.bisect_left(self._ends, place), len(self.lines) - 1)][0]

    @functools.cached_property
    def _ends(self) -> list[int]:
        """The place in `text` at which each line ends."""
        return list(itertools.accumulate((len(text) + 1 for _, text in self.lines), initial=-1))[1:]


@dataclass(frozen=True)
class Link:
    line: int
    target: str


@dataclass(frozen=True)
class Image:
    line: int
    source: str
    alt: str


@dataclass(frozen=True)
class Html:
    """A piece of raw HTML."""

    line: int
    text: str


@dataclass(frozen=True)
class Attributes:
    """What stands between the braces of an attribute list."""

    line: int
    text: str


Part = Marker | Text | Link | Image | Html | Attributes
Kind = TypeVar("Kind", Marker, Text, Link, Image, Html, Attributes)


@dataclass(frozen=True)
class Block:
    """A block of ours. `end` is its closing line; where that is missing, `closed` is false and it is the last."""

    line: int
    name: str
    argument: str
    end: int
    closed: bool


@dataclass(frozen=True)
class Document:
    """All parts of a text in order, the blocks among them, and closing lines that close nothing."""

    parts: tuple[Part, ...]
    blocks: tuple[Block, ...]
    stray_ends: tuple[int, ...]

    def of(self, kind: type[Kind]) -> tuple[Kind, ...]:
        """The parts of one kind."""
        return tuple(part for part in self.parts if isinstance(part, kind))


def parse(text: str, first_line: int = 1) -> Document:
    """Reads a Markdown text whose first line is line `first_line` of its file."""
    parts = tuple(_parts(_reader().parse(text), first_line))
    last_line = first_line + text.count("\n")
    blocks, stray_ends = _match([part for part in parts if isinstance(part, Marker)], last_line)
    return Document(parts, blocks, stray_ends)


def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark").enable("table").use(deflist_plugin)
    reader.block.ruler.before("fence", "kb_marker", _marker, {"alt": ["paragraph", "reference", "list"]})
    # Every link is read, also one that a browser would run: it is for a rule to refuse it.
    reader.validateLink = lambda url: True  # type: ignore[method-assign]
    return reader


def _marker(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """Markdown-it's rule for a line that opens or closes a block of ours."""
    line = state.src[state.bMarks[start_line] + state.tShift[start_line] : state.eMarks[start_line]]
    match = MARKER.fullmatch(line.rstrip())
    if match is None or state.is_code_block(start_line):
        return False
    if not silent:
        token = state.push("kb_marker", "", 0)
        token.map = [start_line, start_line + 1]
        token.meta = {"length": len(match[1]), "name": match[2].lower(), "argument": match[3] or ""}
        state.line = start_line + 1
    return True


def _parts(tokens: list[Token], first_line: int) -> Iterator[Part]:
    around: list[str] = []
    for token in tokens:
        line = first_line + (token.map[0] if token.map else 0)
        if token.nesting == 1:
            around.append(token.tag)
        elif token.nesting == -1:
            around.pop()
        elif token.type == "kb_marker":
            yield Marker(line=line, **token.meta)
        elif token.type == "html_block":
            yield Html(line, token.content)
        elif token.type == "inline":
            yield from _inline(token, line, around)


def _inline(token: Token, line: int, around: list[str]) -> Iterator[Part]:
    lines: dict[int, str] = {line: ""}
    for child in token.children or []:
        if child.type in ("softbreak", "hardbreak"):
            line += 1
            lines[line] = ""
        elif child.type == "text":
            lines[line] += ATTRIBUTES.sub("", child.content)
            yield from (Attributes(line, found[1].strip()) for found in ATTRIBUTES.finditer(child.content))
        elif child.type == "html_inline":
            yield Html(line, child.content)
        elif child.type == "link_open":
            yield Link(line, str(child.attrs["href"]))
        elif child.type == "image":
            yield Image(line, str(child.attrs["src"]), child.content)
    role, level = _role(around)
    yield Text(role, level, tuple(lines.items()), token.content)


def _role(around: list[str]) -> tuple[Role, int]:
    """What a text is, by the elements around it, and its level when it is a heading."""
    inner = around[-1]
    if inner in ("h1", "h2", "h3", "h4", "h5", "h6"):
        return "heading", int(inner[1])
    if inner in ("th", "td"):
        return "cell", 0
    if inner == "dt":
        return "term", 0
    return ("item" if "li" in around or "dd" in around else "paragraph"), 0


def _match(markers: list[Marker], last_line: int) -> tuple[tuple[Block, ...], tuple[int, ...]]:
    """Pairs opening and closing lines: a closing line ends the last open block of its own length."""
    open_markers: list[Marker] = []
    blocks: list[Block] = []
    stray: list[int] = []
    for marker in markers:
        if marker.name:
            open_markers.append(marker)
            continue
        own = [opened for opened in open_markers if opened.length == marker.length]
        if not own:
            stray.append(marker.line)
            continue
        open_markers.remove(own[-1])
        blocks.append(Block(own[-1].line, own[-1].name, own[-1].argument, marker.line, True))
    blocks += [Block(left.line, left.name, left.argument, last_line, False) for left in open_markers]
    return tuple(sorted(blocks, key=lambda block: block.line)), tuple(stray)
