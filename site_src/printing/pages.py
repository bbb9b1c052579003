"""A page's text as the HTML that is printed: places to write become lines and boxes on paper."""

from __future__ import annotations

import base64
import functools
import mimetypes
import re
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import jinja2
from markupsafe import Markup

from site_src.chrome import bar_numbers
from site_src.site import Site
from site_src.texts import PageText

HERE = Path(__file__).parent
CELL = re.compile(r"<textarea\b[^>]*\bkb-cell\b[^>]*></textarea>")
LINES = re.compile(r'<textarea\b[^>]*\brows="(\d+)"[^>]*></textarea>')
BOX = re.compile(r'<input\b[^>]*\btype="checkbox"[^>]*>')
LINE = re.compile(r"<input\b[^>]*>")
IMAGE = re.compile(r'(<img\b[^>]*\bsrc=")([^"]+)(?=")')


def print_page(site: Site, page: PageText, site_url: str, public: Path) -> str:
    """The whole HTML of a print copy, with its styles and the images that lie below the web root `public`.

    Its links are resolved against `site_url`.
    """
    info = page.info
    return (
        _environment()
        .get_template("page.html")
        .render(
            site=site,
            clinic=site.clinic,
            t=site.words[info.language],
            info=info,
            page=page,
            text=_with_images(_on_paper(page.text), info.address, public),
            numbers=bar_numbers(site, info.language),
            address=urljoin(site_url, info.address),
            origin=site_url.rstrip("/"),
            style=Markup((HERE / "page.css").read_text("utf-8")),  # noqa: S704 - our own stylesheet
        )
    )


def _on_paper(html: Markup) -> Markup:
    text = CELL.sub("", html)
    text = LINES.sub(lambda match: '<span class="line"></span>' * int(match[1]), text)
    text = BOX.sub('<span class="box"></span>', text)
    return Markup(LINE.sub('<span class="line"></span>', text))  # noqa: S704 - as it came, without inputs


def _with_images(html: Markup, address: str, public: Path) -> Markup:
    """The images as `data:` addresses, so that the HTML alone decides what the copy looks like."""

    def inline(match: re.Match[str]) -> str:
        file = public / unquote(urlsplit(urljoin(address, unescape(match[2]))).path).lstrip("/")
        kind = mimetypes.guess_type(file.name)[0]
        if kind is None or not file.is_file():
            return match[0]
        return f"{match[1]}data:{kind};base64,{base64.b64encode(file.read_bytes()).decode()}"

    return Markup(IMAGE.sub(inline, html))  # noqa: S704 - as it came, with images


@functools.cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
