"""Builds the site with MkDocs: the pages into one folder, the shells and facts for the forms into another."""

from __future__ import annotations

import contextlib
import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from site_src.catalogue import Catalogue
from site_src.errors import SiteError
from site_src.instance import Clinic, Instance, clinic_from
from site_src.options import BuildOptions
from site_src.printing import write_copies
from site_src.search import entries, write_index

if TYPE_CHECKING:
    from site_src.rendering import Rendering

HERE = Path(__file__).parent


def build_site(instance: Instance, public: Path, options: BuildOptions | None = None) -> list[str]:
    """Builds the instance's pages, search and print copies into `public`.

    Gives MkDocs' warnings, one line each. Raises SiteError when the site cannot be built.
    """
    # Imports MkDocs, as the build does.
    from site_src.rendering import OPTIONS

    options = options or BuildOptions()
    with _mkdocs_warnings() as warnings:
        config = _config(instance, public)
        clinic = clinic_from(config.extra.get("clinic"), instance.config_file)
        _check_languages(instance, clinic, config)
        config.extra[OPTIONS] = options
        rendering = _run(config)
    write_index(entries(rendering.site, rendering.texts), public)
    if options.print_cache:
        write_copies(rendering.site, rendering.texts, rendering.site_url, public, options.print_cache)
    if options.private:
        facts = site_facts(clinic, str(config.site_url), rendering.site.catalogue)
        options.private.mkdir(parents=True, exist_ok=True)
        text = json.dumps(facts, ensure_ascii=False, indent=2)
        (options.private / "site.json").write_text(text + "\n", "utf-8")
    return warnings


def site_facts(clinic: Clinic, site_url: str, pages: Catalogue) -> dict[str, Any]:
    """What the form service is told about the clinic, and the pages that its own may lead to."""
    return {
        "clinic": {
            "name": clinic.name,
            "phone": clinic.phone,
            "region": clinic.region,
            "timezone": clinic.timezone,
            "quick_exit_url": clinic.quick_exit_url,
            "brand": clinic.brand,
            "demo": clinic.demo,
        },
        "languages": list(clinic.languages),
        "site_url": site_url,
        "guides": {language: _titles(pages, language) for language in clinic.languages},
    }


def _titles(pages: Catalogue, language: str) -> dict[str, str]:
    """The title of each guide and worksheet by its name, which is its path without `.md`."""
    found = (*pages.of_kind("guide", language), *pages.of_kind("worksheet", language))
    return {page.path.removesuffix(".md"): page.title for page in found}


def _config(instance: Instance, public: Path) -> Any:
    """MkDocs' configuration. Theme and hooks are ours wherever the instance lies."""
    os.environ["NO_MKDOCS_2_WARNING"] = "1"
    from mkdocs.config import load_config
    from mkdocs.exceptions import ConfigurationError

    overrides: dict[str, Any] = {
        "site_dir": str(public),
        "theme": {"name": "material", "custom_dir": str(HERE / "theme"), "font": False},
        "hooks": [str(HERE / "hooks.py")],
    }
    if instance.base_url:
        overrides["site_url"] = instance.base_url
    try:
        config = load_config(str(instance.config_file), **overrides)
    except ConfigurationError as error:
        raise SiteError(f"{instance.config_file}: {error}.", "Mend the file.") from error
    return config


def _check_languages(instance: Instance, clinic: Clinic, config: Any) -> None:
    """The clinic's languages must be those that MkDocs builds, in the same order."""
    plugin = config.plugins.get("i18n")
    built = [language.locale for language in plugin.config.languages] if plugin else []
    if built != list(clinic.languages):
        raise SiteError(
            f"{instance.config_file}: extra.clinic.languages is {list(clinic.languages)}, "
            f"plugins.i18n.languages is {built}.",
            "Give both the same languages, the default first.",
        )


def _run(config: Any) -> Rendering:
    from jinja2 import TemplateError
    from mkdocs.commands.build import build
    from mkdocs.exceptions import Abort, BuildError

    from site_src.hooks import RENDERING

    try:
        config.plugins.on_startup(command="build", dirty=False)
        build(config)
    except (Abort, BuildError, TemplateError, UnicodeDecodeError) as error:
        raise SiteError(f"The site cannot be built: {error}.", "Mend the page it names.") from error
    finally:
        config.plugins.on_shutdown()
    rendering: Rendering = config.extra[RENDERING]
    return rendering


@contextlib.contextmanager
def _mkdocs_warnings() -> Iterator[list[str]]:
    """Collects what MkDocs warns of instead of letting it print."""
    warnings: list[str] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: warnings.append(record.getMessage())  # type: ignore[method-assign]
    logger = logging.getLogger("mkdocs")
    propagate, logger.propagate = logger.propagate, False
    logger.addHandler(handler)
    try:
        yield warnings
    finally:
        logger.removeHandler(handler)
        logger.propagate = propagate
