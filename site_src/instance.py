"""Finds the instance (the clinic's folder) and the facts about its clinic."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from mkdocs.exceptions import ConfigurationError
from mkdocs.utils.yaml import yaml_load

from site_src.errors import SiteError

CONFIG_NAME = "mkdocs.yml"
DEFAULT_BRAND = "#0f5c5a"


@dataclass(frozen=True)
class Instance:
    """The clinic's folder (mkdocs.yml, content/, datapackages/), and the one for what is written at run time."""

    root: Path
    var: Path
    base_url: str | None = None

    @property
    def config_file(self) -> Path:
        return self.root / CONFIG_NAME

    @property
    def content(self) -> Path:
        return self.root / "content"

    @property
    def datapackages(self) -> Path:
        return self.root / "datapackages"

    @property
    def site(self) -> Path:
        return self.var / "site"


URGENT_HOURS = 4  # within which somebody opens an urgent answer, unless the clinic says otherwise


@dataclass(frozen=True)
class Clinic:
    """What families see of the clinic; stands once, in mkdocs.yml under `extra.clinic`."""

    name: str
    phone: str
    region: str
    languages: tuple[str, ...]
    timezone: str
    quick_exit_url: str
    brand: str
    demo: bool
    urgent_hours: int = URGENT_HOURS


def find_instance(environ: Mapping[str, str], folder: Path) -> Instance:
    """The instance named by `KINBRIDGE_INSTANCE`, else the one in `folder`.

    Raises SiteError when there is no mkdocs.yml there.
    """
    root = Path(environ.get("KINBRIDGE_INSTANCE") or folder).resolve()
    if not (root / CONFIG_NAME).is_file():
        raise SiteError(
            f"No {CONFIG_NAME} in {root}.",
            "Go to the clinic's folder, or name it in KINBRIDGE_INSTANCE.",
        )
    var = Path(environ.get("KINBRIDGE_VAR") or root / "var").resolve()
    return Instance(root, var, environ.get("KINBRIDGE_BASE_URL") or None)


def read_config(root: Path) -> dict[str, Any]:
    """mkdocs.yml as a mapping; raises SiteError when it is not one."""
    path = root / CONFIG_NAME
    try:
        with path.open(encoding="utf-8") as stream:
            config = yaml_load(stream)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ConfigurationError) as error:
        reason = " ".join(str(error).split())
        raise SiteError(f"Cannot read {path}: {reason}.", "Mend the file.") from error
    if not isinstance(config, dict):
        raise SiteError(f"{path} is not a mapping.", "Write `key: value` lines.")
    return config


def read_clinic(root: Path) -> Clinic:
    """The clinic's facts from mkdocs.yml; raises SiteError when a needed one is missing."""
    extra = read_config(root).get("extra")
    return clinic_from(extra.get("clinic") if isinstance(extra, dict) else None, root / CONFIG_NAME)


def clinic_from(facts: object, source: Path) -> Clinic:
    """A Clinic from the mapping under `extra.clinic`; `source` is named in the error."""
    if not isinstance(facts, dict):
        raise SiteError(f"{source} has no extra.clinic.", "Add the clinic's name, phone and region there.")
    missing = [key for key in ("name", "phone", "region") if not facts.get(key)]
    if missing:
        raise SiteError(f"{source}: extra.clinic lacks {', '.join(missing)}.", "Add it.")
    languages = facts.get("languages") or ["en"]
    if not isinstance(languages, list):
        raise SiteError(f"{source}: extra.clinic.languages is not a list.", "Write it as [en, es].")
    return Clinic(
        name=str(facts["name"]),
        phone=str(facts["phone"]),
        region=str(facts["region"]),
        languages=tuple(str(language) for language in languages),
        timezone=str(facts.get("timezone") or "UTC"),
        quick_exit_url=str(facts.get("quick_exit_url") or ""),
        brand=str(facts.get("brand") or DEFAULT_BRAND),
        demo=bool(facts.get("demo", False)),
        urgent_hours=_hours(facts.get("urgent_hours", URGENT_HOURS), source),
    )


def _hours(value: object, source: Path) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise SiteError(
            f"{source}: extra.clinic.urgent_hours is not a number of hours.", "Write one such as 4."
        )
    return value


def local_day(clinic: Clinic, moment: datetime.datetime) -> datetime.date:
    """The day it is at the clinic; raises SiteError when its timezone is none."""
    try:
        return moment.astimezone(ZoneInfo(clinic.timezone)).date()
    except (ZoneInfoNotFoundError, ValueError, IsADirectoryError) as error:
        raise SiteError(
            f"extra.clinic.timezone in {CONFIG_NAME} is {clinic.timezone!r}, which is no time zone.",
            "Write one such as America/New_York.",
        ) from error
