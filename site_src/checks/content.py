"""Everything the rules look at, read once: the clinic, its pages, its data, and today's date."""

from __future__ import annotations

import datetime
import functools
import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from site_src.catalogue import address_of
from site_src.checks.finding import Finding, error
from site_src.checks.page import Page, read_page
from site_src.checks.rendered import Rendered
from site_src.checks.rows import Row, read_rows
from site_src.errors import SiteError
from site_src.instance import Clinic, Instance, read_clinic
from site_src.library.forms import form_folders, form_name

SOURCES = "datapackages/evidence/sources.csv"
CRISIS_LINES = "datapackages/crisis-lines/lines.csv"
NO_LANGUAGE = "no-language"


@dataclass(frozen=True)
class Content:
    """An instance as its checks see it. `broken` are the findings of pages that could not be read."""

    instance: Instance
    clinic: Clinic
    today: datetime.date
    pages: tuple[Page, ...]
    broken: tuple[Finding, ...]

    @property
    def root(self) -> Path:
        return self.instance.root

    @property
    def default(self) -> str:
        return self.clinic.languages[0]

    @functools.cached_property
    def sources(self) -> tuple[Row, ...]:
        """The rows of the evidence; none when the file cannot be read, which a rule of its own reports."""
        return read_rows(self.root / SOURCES)

    @functools.cached_property
    def crisis_lines(self) -> tuple[Row, ...]:
        """The rows of the crisis lines, likewise."""
        return read_rows(self.root / CRISIS_LINES)

    @functools.cached_property
    def forms(self) -> Mapping[str, Path]:
        """The folder of each form, by the form's name."""
        return {form_name(folder): folder for folder in form_folders(self.instance.datapackages)}

    def published_form(self, folder: Path) -> Path:
        """The same form in the release that families see; there may be none."""
        return self.instance.site / "current" / "private" / "forms" / folder.name

    @functools.cached_property
    def rendered(self) -> Rendered:
        """The pages as HTML."""
        return Rendered(self.instance, self.clinic, self.pages)

    @functools.cached_property
    def addresses(self) -> frozenset[str]:
        """The address of every page, also of one that cannot be read."""
        return frozenset(
            address_of(file.relative_to(folder).as_posix(), language, self.default)
            for language, folder in self.folders()
            for file in folder.rglob("*.md")
        )

    @functools.cached_property
    def unread(self) -> Mapping[str, str]:
        """The pages that cannot be read, as far as they can: text by path. What they need is not missing."""
        return {
            finding.path: (self.root / finding.path).read_text("utf-8", errors="replace")
            for finding in self.broken
        }

    def folders(self) -> Iterator[tuple[str, Path]]:
        """Each language with its folder."""
        for language in self.clinic.languages:
            yield language, self.instance.content / language

    def page(self, language: str, name: str) -> Page | None:
        """The page at a path below content/<language>, if it can be read."""
        return next((page for page in self.pages if (page.language, page.name) == (language, name)), None)

    def file(self, language: str, name: str) -> Path | None:
        """The file that a reader of a language is led to: in that language, else in the default one."""
        for tried in (language, self.default):
            place = posixpath.normpath(f"{tried}/{name}")
            if not place.startswith("..") and (self.instance.content / place).is_file():
                return self.instance.content / place
        return None

    def original_of(self, page: Page) -> str:
        """The path below content/<default language> of what a page translates, or its own there."""
        named = page.front_matter.text("translation_of") or page.name
        return posixpath.normpath(named.removeprefix(f"{self.default}/"))


def read_content(instance: Instance, today: datetime.date) -> Content:
    """Reads an instance; raises SiteError when mkdocs.yml cannot be read or there is no content."""
    clinic = read_clinic(instance.root)
    if not instance.content.is_dir():
        raise SiteError(f"There is no folder {instance.content}.", "Put the pages in content/en.")
    read = [
        read_page(file, instance.root, language)
        for language in clinic.languages
        for file in sorted((instance.content / language).rglob("*.md"))
    ]
    return Content(
        instance,
        clinic,
        today,
        pages=tuple(page for page in read if isinstance(page, Page)),
        broken=(*(page for page in read if isinstance(page, Finding)), *_elsewhere(instance, clinic)),
    )


def config_line(content: Content, key: str) -> int:
    """The line of mkdocs.yml on which a key of the clinic's facts stands, or 1."""
    lines = content.instance.config_file.read_text("utf-8").splitlines()
    return next((number for number, line in enumerate(lines, 1) if line.strip().startswith(f"{key}:")), 1)


def _elsewhere(instance: Instance, clinic: Clinic) -> Iterator[Finding]:
    for file in sorted(instance.content.rglob("*.md")):
        if file.relative_to(instance.content).parts[0] not in clinic.languages:
            path = file.relative_to(instance.root).as_posix()
            languages = ", ".join(f"content/{language}" for language in clinic.languages)
            yield error(
                path, 1, NO_LANGUAGE, f"the page is in no language of the clinic: move it to {languages}"
            )
