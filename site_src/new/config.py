"""mkdocs.yml of a new instance: the clinic's facts first, then how pages are built."""

from __future__ import annotations

import io
import json
from pathlib import Path
from string import Template
from typing import Any

from ruamel.yaml import YAML

from site_src.instance import CONFIG_NAME, Clinic
from site_src.new.starter import Starter
from site_src.words import read_words

TEMPLATE = Path(__file__).parent / "templates" / CONFIG_NAME
# The template has the facts; the build itself gives theme and hooks from the installed package.
NOT_KEPT = ("site_name", "site_url", "theme", "hooks", "extra")


def config_text(clinic: Clinic, starter: Starter) -> str:
    """The file's text."""
    facts = Template(TEMPLATE.read_text("utf-8")).substitute(
        name=_quoted(clinic.name),
        phone=_quoted(clinic.phone),
        region=_quoted(clinic.region),
        languages=", ".join(clinic.languages),
        timezone=_quoted(clinic.timezone),
        quick_exit_url=_quoted(clinic.quick_exit_url),
        brand=_quoted(clinic.brand),
    )
    return facts + _building(clinic, starter)


def _building(clinic: Clinic, starter: Starter) -> str:
    """The starting content's own settings, with the chosen languages."""
    yaml = YAML()
    yaml.indent(mapping=2, sequence=4, offset=2)
    settings = yaml.load(starter.instance.config_file.read_text("utf-8"))
    for key in NOT_KEPT:
        settings.pop(key, None)
    settings.ca.comment = None  # the file's first line speaks of the fictional clinic
    for plugin in settings["plugins"]:
        if isinstance(plugin, dict) and "i18n" in plugin:
            plugin["i18n"]["languages"] = [_language(clinic, language) for language in clinic.languages]
    text = io.StringIO()
    yaml.dump(settings, text)
    return text.getvalue().strip() + "\n"


def _language(clinic: Clinic, language: str) -> dict[str, Any]:
    option: dict[str, Any] = {"locale": language, "name": read_words(language)["language_name"]}
    return option | ({"default": True} if language == clinic.languages[0] else {})


def _quoted(text: str) -> str:
    """Any text as one YAML value: what JSON writes, YAML reads."""
    return json.dumps(text, ensure_ascii=False)
