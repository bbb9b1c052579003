"""Rule: links, images and related pages lead to something that is there, down to the heading."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from site_src.catalogue import address_of
from site_src.checks.addresses import scheme_of
from site_src.checks.content import Content
from site_src.checks.document import Image, Link
from site_src.checks.finding import Finding, error
from site_src.checks.page import Page
from site_src.checks.rule import Rule

DEAD, ANCHOR = "dead-link", "dead-anchor"
# Pages of the form service that stand for no form.
SERVICE_PAGES = ("resume", "withdraw")


def check(content: Content) -> Iterator[Finding]:
    """Links to other sites are not followed: nothing here asks a third party."""
    for page in content.pages:
        for link in page.document.of(Link):
            yield from _check_target(content, page, link.line, link.target)
        for image in page.document.of(Image):
            if not image.alt.strip():
                continue  # it has a finding of its own, and no second one
            yield from _check_target(content, page, image.line, image.source)
        for line, name in page.front_matter.items("related"):
            stem = name.removesuffix(".md").strip("/")
            folder = content.instance.content / page.language
            if not any((folder / file).is_file() for file in (f"{stem}.md", f"{stem}/index.md")):
                yield error(page.path, line, DEAD, f"`related` names no page: {name}")


def _check_target(content: Content, page: Page, line: int, target: str) -> Iterator[Finding]:
    if _is_elsewhere(target):
        return
    file = linked_file(content, page, target)
    anchor = unquote(urlsplit(target).fragment)
    if not target:
        yield error(page.path, line, DEAD, "the link leads nowhere: write an address between its brackets")
    elif file is None and not _is_address(content, page, unquote(urlsplit(target).path)):
        yield error(page.path, line, DEAD, f"the link to {target} leads nowhere")
    elif file is not None and anchor:
        ids = content.rendered.ids(file)
        if ids is not None and anchor not in ids:
            problem = f"{file.relative_to(content.root).as_posix()} has no heading or mark #{anchor}"
            yield error(page.path, line, ANCHOR, problem)


def _is_elsewhere(target: str) -> bool:
    return target.startswith("//") or scheme_of(target) != ""


def linked_file(content: Content, page: Page, target: str) -> Path | None:
    """The file of the content that a link leads to, as MkDocs and our own link processor read it."""
    path = unquote(urlsplit(target).path)
    if _is_elsewhere(target) or path.startswith("/"):
        return None
    if not path:
        return content.root / page.path
    return content.file(page.language, posixpath.normpath(posixpath.join(posixpath.dirname(page.name), path)))


def _is_address(content: Content, page: Page, path: str) -> bool:
    """Whether a path is the address of a page, a form, or a file of the content."""
    address = urljoin(address_of(page.name, page.language, content.default), path)
    whole = address if address.endswith("/") else f"{address}/"
    forms = (f"{prefix}/forms/" for prefix in ("", *(f"/{name}" for name in content.clinic.languages[1:])))
    return (
        whole in content.addresses
        or any(whole == f"{start}{name}/" for start in forms for name in (*content.forms, *SERVICE_PAGES))
        or (not path.endswith(".md") and content.file(content.default, address.strip("/")) is not None)
    )


RULE = Rule(
    {
        DEAD: "A link, an image or `related` leads to nothing.",
        ANCHOR: "A link leads to a page, but to no heading or mark in it.",
    },
    check,
)
