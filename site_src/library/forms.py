"""What a page says of a form, from its datapackage.json."""

from __future__ import annotations

import datetime
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from site_src.errors import SiteError
from site_src.library.dates import next_dates


@dataclass(frozen=True)
class FormCard:
    """A form as the guides show it: title, description and next group dates by language, minutes or None."""

    name: str
    titles: Mapping[str, str]
    descriptions: Mapping[str, str]
    minutes: int | None
    dates: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def title(self, language: str) -> str:
        return self.titles.get(language) or self.titles.get("") or self.name

    def description(self, language: str) -> str:
        return self.descriptions.get(language) or self.descriptions.get("") or ""

    def address(self, language: str, default: str) -> str:
        return f"/forms/{self.name}/" if language == default else f"/{language}/forms/{self.name}/"


def form_folders(datapackages: Path) -> tuple[Path, ...]:
    """The folders whose datapackage.json has a `form` property, by name.

    A datapackage.json that cannot be read counts as a form, so that the check of forms can name it.
    """
    return tuple(
        path.parent
        for path in sorted(datapackages.glob("*/datapackage.json"))
        if (descriptor := _read(path)) is None or "form" in descriptor
    )


def read_card(folder: Path, languages: Collection[str] = (), today: datetime.date | None = None) -> FormCard:
    """The card of one form, with the group dates from `today` on; without a day it shows none.

    Raises SiteError when its datapackage.json cannot be read.
    """
    path = folder / "datapackage.json"
    descriptor = _read(path)
    if descriptor is None:
        raise SiteError(f"{path} is not a JSON object.", "Mend it: `kinbridge forms check` names the place.")
    form = descriptor.get("form")
    minutes = form.get("minutes") if isinstance(form, dict) else None
    has_places = isinstance(form, dict) and "places" in form
    return FormCard(
        name=form_name(folder),
        titles=_by_language(descriptor, "title"),
        descriptions=_by_language(descriptor, "description"),
        minutes=minutes if isinstance(minutes, int) else None,
        dates=next_dates(folder, languages, today) if has_places and today else {},
    )


def form_name(folder: Path) -> str:
    """The form's name in addresses: the package's `name`, else the folder's."""
    descriptor = _read(folder / "datapackage.json") or {}
    return str(descriptor.get("name") or folder.name)


def _read(path: Path) -> dict[str, Any] | None:
    try:
        descriptor = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return descriptor if isinstance(descriptor, dict) else None


def _by_language(descriptor: dict[str, Any], name: str) -> dict[str, str]:
    """`title`, `title@es` and the recipe's `{"": …, "es": …}` as one mapping; "" is the default."""
    plain = descriptor.get(name)
    texts = {str(key): str(text) for key, text in plain.items()} if isinstance(plain, dict) else {}
    if isinstance(plain, str):
        texts[""] = plain
    prefix = f"{name}@"
    for key, text in descriptor.items():
        if key.startswith(prefix) and isinstance(text, str):
            texts[key.removeprefix(prefix)] = text
    return texts
