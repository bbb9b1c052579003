"""Our own stylesheet, scripts and icon, each one file whose name carries the hash of its content."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from site_src.brand import brand_css

THEME = Path(__file__).parent / "theme"
# The order is the cascade's.
STYLES = ("tokens", "base", "chrome", "home", "guide", "boxes", "search", "form", "print")


@dataclass(frozen=True)
class Asset:
    """A file below the web root."""

    path: str
    content: bytes

    @property
    def address(self) -> str:
        return f"/{self.path}"


@dataclass(frozen=True)
class Assets:
    style: Asset
    script: Asset
    worksheet: Asset
    search: Asset
    icon: Asset

    def write(self, folder: Path) -> None:
        """Writes the files below the web root `folder`."""
        for asset in (self.style, self.script, self.worksheet, self.search, self.icon):
            path = folder / asset.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(asset.content)


def make_assets(brand: str) -> Assets:
    """The assets for a clinic's brand colour."""
    styles = [(THEME / "css" / f"{name}.css").read_text("utf-8") for name in STYLES]
    return Assets(
        style=_asset("kinbridge", "css", "".join([*styles, brand_css(brand)]).encode()),
        script=_asset("kinbridge", "js", (THEME / "kinbridge.js").read_bytes()),
        worksheet=_asset("worksheet", "js", (THEME / "worksheet.js").read_bytes()),
        search=_asset("search", "js", (THEME / "search.js").read_bytes()),
        icon=_asset("icon", "svg", (THEME / "art" / "icon.svg").read_bytes()),
    )


def _asset(name: str, suffix: str, content: bytes) -> Asset:
    return Asset(f"assets/{name}.{hashlib.sha256(content).hexdigest()[:8]}.{suffix}", content)
