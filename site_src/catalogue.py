"""What pages there are, in which language, under which need: read from front matter alone."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from site_src.errors import SiteError
from site_src.loading import LOADER

NEEDS = ("worried", "starting", "between", "support", "now", "about")
AGES = ("under-6", "6-11", "12-17")
FRONT_MATTER = re.compile(
    r"\A\ufeff?---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*\r?$\n?", re.DOTALL | re.MULTILINE
)
HEADING = re.compile(r"^#\s+(.+?)\s*#*\s*$", re.MULTILINE)
LISTS = {"index.md": "home", "guides/index.md": "guides", "worksheets/index.md": "worksheets"}
LISTS |= {"forms/index.md": "forms"}


@dataclass(frozen=True)
class PageInfo:
    """One page. `path` is below content/<language>; `original` is the path of what it translates."""

    language: str
    path: str
    address: str
    kind: str
    title: str
    description: str
    need: str
    order: int
    ages: tuple[str, ...]
    audience: str
    original: str
    related: tuple[str, ...]
    published: datetime.date | None = None
    changed: datetime.date | None = None
    reviewed: datetime.date | None = None

    @property
    def news(self) -> tuple[datetime.date, str] | None:
        """The last day something happened to the page, and what: published, changed or reviewed."""
        days = (
            (day, what)
            for what in ("reviewed", "changed", "published")
            if isinstance(day := getattr(self, what), datetime.date)
        )
        return max(days, key=lambda event: event[0], default=None)

    @property
    def is_for_every_age(self) -> bool:
        """Whether the page is not for some ages only."""
        return len(self.ages) not in (1, 2)


@dataclass(frozen=True)
class Catalogue:
    """All pages; the first of `languages` is the default, which stands at the root."""

    languages: tuple[str, ...]
    pages: tuple[PageInfo, ...]

    @property
    def default(self) -> str:
        return self.languages[0]

    def find(self, language: str, path: str) -> PageInfo | None:
        """The page at a path below content/<language>."""
        return next((page for page in self.pages if (page.language, page.path) == (language, path)), None)

    def translation(self, page: PageInfo, language: str) -> PageInfo | None:
        """The same page in another language."""
        alike = (other for other in self.pages if other.language == language)
        return next((other for other in alike if other.original == page.original), None)

    def of_kind(self, kind: str, language: str) -> tuple[PageInfo, ...]:
        """Pages of a kind in a language, in the order their authors gave them."""
        own = (page for page in self.pages if (page.kind, page.language) == (kind, language))
        return tuple(sorted(own, key=_by_order))

    def untranslated(self, kind: str, language: str) -> tuple[PageInfo, ...]:
        """Pages of a kind that the default language has and this one lacks."""
        if language == self.default:
            return ()
        pages = self.of_kind(kind, self.default)
        return tuple(page for page in pages if self.translation(page, language) is None)

    def first_of_need(self, need: str, language: str) -> PageInfo | None:
        """The page to send people with a need to, in their language or else in the default one."""
        for wanted in (language, self.default):
            pages = [page for page in self.pages if (page.need, page.language) == (need, wanted)]
            if pages:
                return min(pages, key=_by_order)
        return None

    def newest(self, kind: str, language: str, count: int = 5) -> tuple[PageInfo, ...]:
        """Pages of a kind that were published, changed or reviewed last, the newest first."""
        dated = [(page.news[0], page) for page in self.of_kind(kind, language) if page.news]
        dated.sort(key=lambda pair: pair[0], reverse=True)
        return tuple(page for _, page in dated[:count])

    def related(self, page: PageInfo, count: int = 3) -> tuple[PageInfo, ...]:
        """Pages to read next: those the author named, then the next ones of the same need."""
        named = [self._named(page.language, name) for name in page.related]
        same = [other for other in self.of_kind(page.kind, page.language) if other.need == page.need]
        place = same.index(page) if page in same else -1
        following = same[place + 1 :] + same[: max(place, 0)]
        chosen = dict.fromkeys(other for other in [*named, *following] if other and other != page)
        return tuple(chosen)[:count]

    def _named(self, language: str, name: str) -> PageInfo | None:
        stem = name.removesuffix(".md").strip("/")
        return self.find(language, f"{stem}.md") or self.find(language, f"{stem}/index.md")


def read_catalogue(content: Path, languages: Iterable[str]) -> Catalogue:
    """The catalogue of content/<language>/**/*.md.

    Raises SiteError, naming file and line, for a file that is not UTF-8 or whose front matter is not YAML.
    """
    order = tuple(languages)
    pages = [
        _page(file, content / language, language, order[0])
        for language in order
        for file in sorted((content / language).rglob("*.md"))
    ]
    return Catalogue(order, tuple(pages))


def read_front_matter(file: Path) -> tuple[dict[str, Any], str]:
    """A file's front matter and its text; raises SiteError as `read_catalogue` does."""
    try:
        text = file.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise SiteError(f"{file}:1: not UTF-8 ({error.reason}).", "Save the file as UTF-8.") from error
    match = FRONT_MATTER.match(text)
    if match is None:
        return {}, text
    try:
        meta = yaml.load(match[1], Loader=LOADER)  # noqa: S506 - a safe loader, as above
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 2
        raise SiteError(f"{file}:{line}: front matter: {error.problem}.", "Mend the YAML.") from error
    if not isinstance(meta, dict):
        raise SiteError(f"{file}:2: front matter is not `key: value` lines.", "Mend the YAML.")
    return meta, text[match.end() :]


def address_of(path: str, language: str, default: str) -> str:
    """The address of the page at `path` below content/<language>, from the root of the site."""
    pure = PurePosixPath(path).with_suffix("")
    parts = [] if language == default else [language]
    parts += [part for part in pure.parts if part != "index"]
    return "/" + "".join(f"{part}/" for part in parts)


def kind_of(path: str) -> str:
    """What a page is, by where it lies: home, guides, worksheets, forms, worksheet, or guide."""
    return LISTS.get(path) or ("worksheet" if path.startswith("worksheets/") else "guide")


def read_date(value: object) -> datetime.date | None:
    """A date of the front matter, or None when it is empty or not one."""
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, datetime.date):
        return value
    try:
        return datetime.date.fromisoformat(str(value))
    except ValueError:
        return None


def _page(file: Path, folder: Path, language: str, default: str) -> PageInfo:
    meta, text = read_front_matter(file)
    path = file.relative_to(folder).as_posix()
    heading = HEADING.search(text)
    return PageInfo(
        language=language,
        path=path,
        address=address_of(path, language, default),
        kind=kind_of(path),
        title=str(meta.get("title") or (heading[1] if heading else file.stem.replace("-", " ").capitalize())),
        description=str(meta.get("description") or ""),
        need=str(meta.get("need") or ""),
        order=_order(meta),
        ages=_texts(meta, "ages"),
        audience=str(meta.get("audience") or "parents"),
        original=_original(meta, path, default),
        related=_texts(meta, "related"),
        published=read_date(meta.get("published")),
        changed=read_date(meta.get("changed")),
        reviewed=read_date(meta.get("reviewed")),
    )


def _original(meta: Mapping[str, Any], path: str, default: str) -> str:
    return str(meta.get("translation_of") or path).removeprefix(f"{default}/")


def _order(meta: Mapping[str, Any]) -> int:
    order = meta.get("order")
    return order if isinstance(order, int) else 1000


def _texts(meta: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = meta.get(key)
    return tuple(str(item) for item in value) if isinstance(value, list) else ()


def _by_order(page: PageInfo) -> tuple[int, int, str]:
    need = NEEDS.index(page.need) if page.need in NEEDS else len(NEEDS)
    return need, page.order, page.title
