"""Print copies: a tagged PDF of every guide and worksheet, made from the page's text with a template of its own."""

from __future__ import annotations

import contextlib
import ctypes
import shutil
from collections.abc import Iterable
from pathlib import Path

from site_src.catalogue import PageInfo
from site_src.printing.pages import print_page
from site_src.printing.shop import Order, fill
from site_src.site import Site
from site_src.texts import PageText

KINDS = ("guide", "worksheet")
# Debian's names, then those of macOS. WeasyPrint needs both, and loading it to ask would take a second.
LIBRARIES = (("libpango-1.0.so.0", "libpango-1.0.dylib"), ("libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib"))
LACKING = (
    "No print copies were made: this system lacks Pango. Install it (Debian: libpango-1.0-0 libpangoft2-1.0-0 "
    "libharfbuzz-subset0), then publish again."
)


def can_print() -> bool:
    """Whether the system has the libraries that WeasyPrint loads."""
    return all(any(map(_loads, names)) for names in LIBRARIES)


def print_address(info: PageInfo) -> str | None:
    """Where the print copy of a page is served; None for a page that has none, such as a list."""
    if info.kind not in KINDS:
        return None
    return f"/print/{info.language}/{info.path.removesuffix('.md')}.pdf"


def write_copies(site: Site, texts: Iterable[PageText], site_url: str, public: Path, cache: Path) -> None:
    """Writes the print copies below the web root; a text that was printed before comes from `cache`.

    The same text gives the same bytes. Raises SiteError when a copy cannot be made.
    """
    orders = {}
    for text in texts:
        if address := print_address(text.info):
            orders[address] = Order(text.info.path, print_page(site, text, site_url, public))
    copies = fill(orders.values(), cache)
    for address, order in orders.items():
        target = public / address.strip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(copies[order], target)


def _loads(library: str) -> bool:
    with contextlib.suppress(OSError):
        ctypes.CDLL(library)
        return True
    return False
