"""A page's own text, without anything around it: what search and the print copies are made from."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from site_src.catalogue import PageInfo


@dataclass(frozen=True)
class PageText:
    """One page as rendered; `lead` is its opening paragraph, `meta_line` what stands under the title.

    `notice` is what it says of itself when its review is overdue, else empty.
    """

    info: PageInfo
    lead: Markup
    text: Markup
    meta_line: tuple[str, ...]
    notice: str
