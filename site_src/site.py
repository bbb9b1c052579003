"""Everything a page of the site may quote, read once for each build."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from site_src.catalogue import Catalogue, PageInfo, read_catalogue
from site_src.instance import Clinic, local_day, read_clinic
from site_src.library.crisis import CrisisLine, lines_for, read_lines
from site_src.library.evidence import Source, read_sources
from site_src.library.forms import FormCard, form_folders, read_card
from site_src.words import Words, read_words


@dataclass(frozen=True)
class Site:
    """The clinic, its words by language, its pages, and what its data packages hold."""

    clinic: Clinic
    words: Mapping[str, Words]
    catalogue: Catalogue
    sources: Mapping[str, Source]
    lines: tuple[CrisisLine, ...]
    forms: tuple[FormCard, ...]

    def crisis_lines(self, language: str) -> tuple[CrisisLine, ...]:
        """The lines shown to readers of a language in the clinic's region."""
        return lines_for(self.lines, self.clinic.region, language)

    def form(self, name: str) -> FormCard | None:
        return next((form for form in self.forms if form.name == name), None)

    def other_language(self, language: str, reader: str) -> str:
        """ "in English", in the reader's own words."""
        return self.words[reader].get(f"in_{language}") or self.words[language]["language_name"]

    @property
    def phone_link(self) -> str:
        return "tel:" + "".join(sign for sign in self.clinic.phone if sign in "+0123456789")


@dataclass(frozen=True)
class Reader:
    """For whom one page is rendered: the site, the language, and the page itself (None off the catalogue)."""

    site: Site
    language: str
    page: PageInfo | None
    sources: tuple[str, ...] = ()

    @property
    def words(self) -> Words:
        return self.site.words[self.language]

    @property
    def default(self) -> str:
        return self.site.catalogue.default


def load_site(root: Path, left_out: Collection[str] = (), today: datetime.date | None = None) -> Site:
    """Reads the instance at `root`; forms whose folder is in `left_out` are not offered to families.

    Forms show their group dates from `today` on, the clinic's own day when it is None. Raises
    SiteError for whatever cannot be read.
    """
    clinic = read_clinic(root)
    day = today or local_day(clinic, datetime.datetime.now(datetime.UTC))
    datapackages = root / "datapackages"
    return Site(
        clinic=clinic,
        words={language: read_words(language) for language in clinic.languages},
        catalogue=read_catalogue(root / "content", clinic.languages),
        sources=read_sources(datapackages),
        lines=read_lines(datapackages),
        forms=tuple(
            read_card(folder, clinic.languages, day)
            for folder in form_folders(datapackages)
            if folder.name not in left_out
        ),
    )
