"""The console's looks: the site's tokens and forms with a sheet of its own, and its two small scripts."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, Response
from werkzeug.exceptions import NotFound

from forms_service.staff.access import for_anyone
from site_src.assets import THEME
from site_src.brand import brand_css

_HERE = Path(__file__).with_name("assets")
_SHARED = ("tokens", "base", "chrome", "boxes", "form")
_LASTING = "private, max-age=31536000, immutable"


@dataclass(frozen=True)
class Asset:
    """A file whose address changes with its content."""

    name: str
    mimetype: str
    content: bytes

    @property
    def address(self) -> str:
        """Where the browser finds it."""
        return f"/staff/assets/{hashlib.sha256(self.content).hexdigest()[:12]}/{self.name}"


def stylesheet(brand: str) -> Asset:
    """The site's look in the clinic's colour, and the console's own."""
    shared = [(THEME / "css" / f"{name}.css").read_text("utf-8") for name in _SHARED]
    own = (_HERE / "console.css").read_text("utf-8")
    return Asset("console.css", "text/css", "\n".join([*shared, own, brand_css(brand)]).encode())


def passkey_script() -> Asset:
    """The script that hands a passkey's answer to its form."""
    return Asset("passkey.js", "text/javascript", (_HERE / "passkey.js").read_bytes())


def inbox_script() -> Asset:
    """The script that says when something new has come."""
    return Asset("console.js", "text/javascript", (_HERE / "console.js").read_bytes())


def register(app: Flask, sheet: Asset) -> None:
    """Serve them."""
    known = {asset.address: asset for asset in (sheet, passkey_script(), inbox_script())}
    known["/staff/assets/icon.svg"] = Asset(
        "icon.svg", "image/svg+xml", (THEME / "art" / "icon.svg").read_bytes()
    )

    @for_anyone
    def asset(path: str) -> Response:
        found = known.get(f"/staff/assets/{path}")
        if found is None:
            raise NotFound
        headers = {"Cache-Control": _LASTING}
        return Response(found.content, mimetype=found.mimetype, headers=headers)

    app.add_url_rule("/staff/assets/<path:path>", "asset", asset)
