"""One page of the content, read once for all rules."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from site_src.catalogue import kind_of
from site_src.checks.document import Document, parse
from site_src.checks.finding import Finding, error
from site_src.checks.front_matter import FrontMatter, FrontMatterError, read_front_matter

NOT_UTF_8, NO_FRONT_MATTER = "not-utf-8", "front-matter"


@dataclass(frozen=True)
class Page:
    """A Markdown file. `path` is written from the instance's folder, `name` from content/<language>."""

    path: str
    name: str
    language: str
    front_matter: FrontMatter
    body: str
    document: Document

    @property
    def kind(self) -> str:
        """home, guides, worksheets, forms, worksheet, or guide."""
        return kind_of(self.name)

    @property
    def is_list(self) -> bool:
        """Whether the page only leads to others."""
        return self.kind in ("home", "guides", "worksheets", "forms")

    @property
    def text_line(self) -> int:
        return self.front_matter.text_line


def read_page(file: Path, root: Path, language: str) -> Page | Finding:
    """The page in a file below root/content/<language>, or why it cannot be read."""
    path = file.relative_to(root).as_posix()
    content = file.read_bytes()
    try:
        text = content.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as problem:
        line = content.count(b"\n", 0, problem.start) + 1
        return error(path, line, NOT_UTF_8, "the file is not UTF-8 from here on: save it as UTF-8")
    try:
        front_matter, body = read_front_matter(text)
    except FrontMatterError as problem:
        return error(path, problem.line, NO_FRONT_MATTER, str(problem))
    name = file.relative_to(root / "content" / language).as_posix()
    return Page(path, name, language, front_matter, body, parse(body, front_matter.text_line))
