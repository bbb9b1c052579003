"""The words of the interface, one file a language."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import yaml

from site_src.errors import SiteError
from site_src.loading import LOADER

FOLDER = Path(__file__).parent
Words = Mapping[str, str]


def read_words(language: str) -> Words:
    """The words of `words/<language>.yml`; raises SiteError for a language that has no file."""
    path = FOLDER / f"{language}.yml"
    if not path.is_file():
        known = ", ".join(sorted(file.stem for file in FOLDER.glob("*.yml")))
        raise SiteError(f"No interface words for language {language!r}.", f"There are words for: {known}.")
    words: dict[str, str] = yaml.load(path.read_text("utf-8"), Loader=LOADER)  # noqa: S506 - a safe one
    return words
