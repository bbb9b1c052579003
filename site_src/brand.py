"""The clinic's colour: how it looks in light and dark, and whether it can be read."""

from __future__ import annotations

import re

from site_src.instance import DEFAULT_BRAND

PAPER, DARK_PAPER = "#fbf7f0", "#14201f"
DARK_BRAND = "#8fd3c8"
BLACK = "#000000"
DEFAULT_BAR, DARK_BAR = "#0a4543", "#0a1514"
READABLE = 4.5
HEX = re.compile(r"#[0-9a-fA-F]{6}")

Channels = tuple[float, float, float]


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two `#rrggbb` colours, as WCAG 2 defines it: 1 to 21."""
    high, low = sorted((_luminance(_channels(one)), _luminance(_channels(other))), reverse=True)
    return (high + 0.05) / (low + 0.05)


def brand_problem(brand: str) -> str | None:
    """Why a colour cannot be the brand, or None when it can."""
    if not HEX.fullmatch(brand):
        return f"{brand!r} is not a colour like {DEFAULT_BRAND}"
    ratio = min(contrast(brand, PAPER), contrast(brand, "#ffffff"))
    if ratio < READABLE:
        return f"{brand} has a contrast of {ratio:.1f} with the page; text needs {READABLE}"
    return None


def dark_brand(brand: str) -> str:
    """The same colour, lightened until text in it can be read easily on the dark page."""
    if brand.lower() == DEFAULT_BRAND:
        return DARK_BRAND
    return next(
        (shade for step in range(21) if contrast(shade := _mix(brand, step / 20), DARK_PAPER) >= 8), "#ffffff"
    )


def bar_colour(brand: str) -> str:
    """The ground of the crisis bar on the light page, also for the browser's own bar on a phone."""
    return DEFAULT_BAR if brand.lower() == DEFAULT_BRAND or brand_problem(brand) else _mix(brand, 0.3, BLACK)


def brand_css(brand: str) -> str:
    """The custom properties that differ from the stylesheet's own; empty for the default colour."""
    if brand.lower() == DEFAULT_BRAND or brand_problem(brand):
        return ""
    bar, dark = bar_colour(brand), dark_brand(brand)
    light = {"brand": brand, "link": brand, "brand-edge": _mix(brand, 0.35, BLACK), "bar": bar, "ground": bar}
    darker = {"brand": dark, "link": dark, "brand-edge": _mix(dark, 0.4, BLACK)}
    darker |= {"bar": DARK_BAR, "ground": DARK_BAR}
    return f":root{{{_rules(light)}}}\n@media (prefers-color-scheme:dark){{:root{{{_rules(darker)}}}}}\n"


def _rules(values: dict[str, str]) -> str:
    return ";".join(f"--kb-{name}:{value}" for name, value in values.items())


def _mix(colour: str, share: float, with_: str = "#ffffff") -> str:
    pairs = zip(_channels(colour), _channels(with_), strict=True)
    return "#" + "".join(f"{round(255 * (own * (1 - share) + other * share)):02x}" for own, other in pairs)


def _channels(colour: str) -> Channels:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _luminance(channels: Channels) -> float:
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
