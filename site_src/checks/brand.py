"""Rule: text in the clinic's colour, and on it, can be read."""

from __future__ import annotations

from collections.abc import Iterator

from site_src.brand import READABLE, brand_problem, contrast
from site_src.checks.content import Content, config_line
from site_src.checks.finding import Finding, error
from site_src.checks.rule import Rule
from site_src.instance import CONFIG_NAME

CODE = "brand-contrast"
# Grounds that links stand on in the brand colour, beside the page and its cards: theme/css/tokens.css.
GROUNDS = {
    "the calm ground of `try-this`": "#e3f0ed",
    "the ground of an urgent box": "#fff1cf",
    "the ground of an emergency box": "#fde7e3",
}


def check(content: Content) -> Iterator[Finding]:
    """One finding, for the first ground on which the colour fails."""
    brand = content.clinic.brand
    problem = brand_problem(brand) or next(
        (
            f"{brand} has a contrast of {ratio:.1f} with {name}; text needs {READABLE}"
            for name, ground in GROUNDS.items()
            if (ratio := contrast(brand, ground)) < READABLE
        ),
        None,
    )
    if problem:
        mend = "choose a darker colour for extra.clinic.brand"
        yield error(CONFIG_NAME, config_line(content, "brand"), CODE, f"{problem}: {mend}")


RULE = Rule({CODE: "Text in the clinic's colour would be too faint to read."}, check)
