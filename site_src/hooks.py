"""MkDocs hooks: they only hand what MkDocs knows to the modules that do the work."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jinja2
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page

from site_src.rendering import Rendering, load_rendering

RENDERING = "kinbridge_rendering"


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    if RENDERING not in config.extra:
        config.extra[RENDERING] = load_rendering(config)
    # Nothing of Material's own is served; MkDocs need not list its 12,000 icons for each language.
    config.theme.dirs = [folder for folder in config.theme.dirs if "material" not in Path(folder).parts]
    # A page for each language is written by `on_env`; MkDocs would write one, in the last language.
    config.theme.static_templates.discard("404.html")
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Keeps the parent theme's own files (bundles, fonts, icons) out of the site."""
    for file in list(files):
        if file.src_dir != config.docs_dir:
            files.remove(file)
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    config.mdx_configs["site_src.markdown"] = {"reader": _rendering(config).reader(page)}
    return markdown


def on_env(env: jinja2.Environment, config: MkDocsConfig, files: Files) -> jinja2.Environment:
    rendering = _rendering(config)
    rendering.prepare(env)
    rendering.write_single_pages(env, str(config.theme["language"]), Path(config.site_dir))
    return env


def on_page_context(
    context: dict[str, Any], page: Page, config: MkDocsConfig, nav: Navigation
) -> dict[str, Any]:
    return {**context, **_rendering(config).context(page)}


def on_template_context(context: dict[str, Any], template_name: str, config: MkDocsConfig) -> dict[str, Any]:
    return {**context, **_rendering(config).sitemap()}


def on_post_build(config: MkDocsConfig) -> None:
    _rendering(config).assets.write(Path(config.site_dir))


def _rendering(config: MkDocsConfig) -> Rendering:
    rendering: Rendering = config.extra[RENDERING]
    return rendering
