"""Rule: text stays text: no scripts, no links that run, no HTML or attributes that a cleaner would take out."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser

import nh3
from markdown.extensions.attr_list import get_attrs_and_remainder

from site_src.checks.addresses import scheme_of
from site_src.checks.content import Content
from site_src.checks.document import Attributes, Html, Image, Link
from site_src.checks.finding import Finding, error
from site_src.checks.page import Page
from site_src.checks.rule import Rule

HTML, LINK, ATTRIBUTE = "unsafe-html", "unsafe-link", "unsafe-attribute"
SCHEMES = {"http", "https", "mailto", "sms", "tel"}
PLAIN_ATTRIBUTES = {"class", "dir", "hidden", "id", "lang", "role", "title"}
MARKDOWN_ATTRIBUTES = PLAIN_ATTRIBUTES | {".", "alt", "hreflang", "height", "width"}
# What no page may hold, whoever put it there.
RUNNING_TAGS = {
    "applet",
    "base",
    "embed",
    "form",
    "frame",
    "iframe",
    "link",
    "meta",
    "object",
    "script",
    "style",
}
ADDRESSES = ("action", "data", "formaction", "href", "poster", "src", "xlink:href")

Tag = tuple[str, tuple[tuple[str, str], ...]]


def check(content: Content) -> Iterator[Finding]:
    """One finding for each piece of HTML, link or attribute list."""
    for page in content.pages:
        found = [*_html(page), *_links(page), *_attributes(page)]
        yield from found or _rendered(page, content.rendered.html(page))


def _html(page: Page) -> Iterator[Finding]:
    """nh3 is the judge: what it would change is refused, the first on each line named."""
    lines: set[int] = set()
    for html in page.document.of(Html):
        if html.line in lines:
            continue
        cleaned = nh3.clean(
            html.text,
            generic_attribute_prefixes={"aria-"},
            attributes={**nh3.ALLOWED_ATTRIBUTES, "*": PLAIN_ATTRIBUTES},
            url_schemes=SCHEMES,
            link_rel=None,
            strip_comments=False,
        )
        kept = _tags(cleaned)
        lost = next((tag for tag in _tags(html.text) if tag not in kept), None)
        if lost:
            lines.add(html.line)
            name, attributes = lost
            what = f"<{' '.join((name, *(attribute for attribute, _ in attributes)))}>"
            yield error(page.path, html.line, HTML, f"{what} is not allowed on a page: take it out")


def _links(page: Page) -> Iterator[Finding]:
    for part in page.document.parts:
        if isinstance(part, Link | Image):
            target = part.target if isinstance(part, Link) else part.source
            scheme = scheme_of(target)
            if scheme and scheme not in SCHEMES:
                yield error(page.path, part.line, LINK, f"a page may not link to {scheme}: addresses")


def _attributes(page: Page) -> Iterator[Finding]:
    for attributes in page.document.of(Attributes):
        pairs, _ = get_attrs_and_remainder(attributes.text)
        for name, _value in pairs:
            if name not in MARKDOWN_ATTRIBUTES:
                problem = f"the attribute {name!r} is not allowed on a page: take it out"
                yield error(page.path, attributes.line, ATTRIBUTE, problem)
                break


def _rendered(page: Page, html: str) -> Iterator[Finding]:
    """What the site's own Markdown made of the page: it may read as HTML what was read as code here."""
    for name, attributes in _tags(html):
        if name in RUNNING_TAGS or any(_runs(attribute, value) for attribute, value in attributes):
            lines = page.body.lower().splitlines()
            line = next((number for number, text in enumerate(lines) if f"<{name}" in text), 0)
            yield error(
                page.path, page.text_line + line, HTML, f"the page would hold a <{name}> that can run"
            )
            return


def _runs(attribute: str, value: str) -> bool:
    scheme = scheme_of(value) if attribute in ADDRESSES else ""
    refused = bool(scheme) and scheme not in SCHEMES
    return refused or attribute in ("style", "srcdoc") or attribute.startswith("on")


def _tags(html: str) -> list[Tag]:
    collector = _Tags()
    collector.feed(html)
    collector.close()
    return collector.tags


class _Tags(HTMLParser):
    """The opening tags of a text, with their attributes in one order."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[Tag] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(sorted((name, value or "") for name, value in attrs))))


RULE = Rule(
    {
        HTML: "A page holds HTML that could run or load something.",
        LINK: "A link's address is of a kind that a browser may run.",
        ATTRIBUTE: "An attribute list holds more than a class, an id or a language.",
    },
    check,
)
