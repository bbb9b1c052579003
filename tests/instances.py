"""Instances made for tests: a published release without MkDocs, a database and keys of their own."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from flask import Flask

from forms_service.public import create_app
from forms_service.sealing.identity import new_identity
from forms_service.settings import Settings, read_settings
from forms_service.store import Store, migrate
from tests import databases

REPOSITORY = Path(__file__).parents[1]
SHELL = (
    '<!doctype html><html lang="{language}"><head><title>[[kb:title]]</title>[[kb:head]]</head>'
    '<body>[[kb:languages]]<main id="main">[[kb:main]]</main></body></html>'
)
CLINIC = {
    "name": "Rivermouth Family Clinic",
    "phone": "555 0100",
    "region": "US",
    "timezone": "America/New_York",
    "quick_exit_url": "https://example.org/",
    "demo": True,
}


@dataclass(frozen=True)
class Instance:
    """An instance with everything in one folder."""

    root: Path
    environment: Mapping[str, str]

    @property
    def var(self) -> Path:
        return self.root / "var"

    @property
    def settings(self) -> Settings:
        return read_settings(self.environment)

    @property
    def release(self) -> Path:
        return (self.var / "site" / "current").resolve()

    def app(self) -> Flask:
        """The public app on this instance: one, as in a worker that serves many families."""
        return self._app

    @cached_property
    def _app(self) -> Flask:
        app = create_app(self.settings)
        app.config["TESTING"] = False
        return app


def environment_of(root: Path, database_url: str | None = None) -> dict[str, str]:
    """The variables of an instance below `root`; its rows are where this test run keeps them, unless said."""
    return {
        "KINBRIDGE_INSTANCE": str(root),
        "KINBRIDGE_VAR": str(root / "var"),
        "KINBRIDGE_DATABASE_URL": databases.of_this_run() if database_url is None else database_url,
    }


def make_instance(
    root: Path,
    forms: Mapping[str, dict[str, Any]] | None = None,
    keys: bool = True,
    database_url: str | None = None,
) -> Instance:
    """An instance below `root`: the given descriptors, or the forms of this repository when None."""
    release = root / "var" / "site" / "releases" / "20270101T000000Z-00000000"
    private = release / "private"
    (private / "shells").mkdir(parents=True)
    (private / "forms").mkdir()
    (private / "crisis").mkdir()
    (release / "public").mkdir()
    for language in ("en", "es"):
        (private / "shells" / f"{language}.html").write_text(SHELL.replace("{language}", language), "utf-8")
        (private / "crisis" / f"{language}.html").write_text(f'<p id="crisis">988 {language}</p>', "utf-8")
    site = {"clinic": CLINIC, "languages": ["en", "es"], "site_url": "http://localhost/"}
    (private / "site.json").write_text(json.dumps(site), "utf-8")
    _copy_forms(root, private / "forms", forms)
    (root / "var" / "site" / "current").symlink_to(release)
    instance = Instance(root, environment_of(root, database_url))
    settings = instance.settings
    store = Store(settings.database_url)
    migrate(store)
    store.close()
    if keys:
        new_identity(settings.identity_file, settings.recipients_file, None)
    return instance


def _copy_forms(root: Path, target: Path, forms: Mapping[str, dict[str, Any]] | None) -> None:
    if forms is None:
        for name in ("intake", "support-group"):
            shutil.copytree(REPOSITORY / "datapackages" / name, target / name)
    else:
        for name, descriptor in forms.items():
            (target / name).mkdir(parents=True)
            (target / name / "datapackage.json").write_text(json.dumps(descriptor), "utf-8")
    shutil.copytree(target, root / "datapackages")
