"""The published release as the public process sees it: pages' shell, forms and facts, switched together."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from forms_service.answers import ReadyForm, prepare
from forms_service.definition import Descriptor, digest, load
from forms_service.rendering.shell import Shell, read_shell


class NotPublished(Exception):
    """There is no release yet."""


@dataclass(frozen=True)
class PublishedForm:
    """A form of the release: its descriptor, and it made ready in a language on first use."""

    descriptor: Descriptor
    digest: str

    def ready(self, language: str) -> ReadyForm:
        """The form in `language`, kept after the first time."""
        if language not in self._ready:
            self._ready[language] = prepare(self.descriptor, language)
        return self._ready[language]

    @cached_property
    def _ready(self) -> dict[str, ReadyForm]:
        return {}


@dataclass(frozen=True)
class Release:
    """One release, read once."""

    folder: Path
    clinic: dict[str, Any]
    languages: tuple[str, ...]
    site_url: str
    forms: dict[str, PublishedForm]
    shells: dict[str, Shell]
    crisis: dict[str, str]
    guides: dict[str, dict[str, str]]


class CurrentRelease:
    """The release that the link points to now; another target is read at the next look."""

    def __init__(self, link: Path) -> None:
        self._link = link
        self._lock = threading.Lock()
        self._read: Release | None = None

    def get(self, served: str | None = None) -> Release:
        """The current release, or the one that this request's pages are `served` from. Raises NotPublished."""
        try:
            folder = Path(served) if served else self._link.resolve(strict=True)
        except OSError:
            raise NotPublished from None
        release = self._read
        if release is None or release.folder != folder:
            with self._lock:
                release = self._read = _read(folder)
        return release


def _read(folder: Path) -> Release:
    private = folder / "private"
    site = json.loads((private / "site.json").read_text(encoding="utf-8"))
    languages = tuple(site["languages"])
    descriptors = [load(path) for path in sorted((private / "forms").glob("*")) if path.is_dir()]
    return Release(
        folder=folder,
        clinic=site["clinic"],
        languages=languages,
        site_url=str(site.get("site_url") or "").rstrip("/"),
        forms={item.name: PublishedForm(item, digest(item)) for item in descriptors},
        shells={language: read_shell(private / "shells" / f"{language}.html") for language in languages},
        guides=site.get("guides", {}),
        crisis={language: _text(private / "crisis" / f"{language}.html") for language in languages},
    )


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8") if file.exists() else ""
