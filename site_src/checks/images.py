"""Rule: every image says in words what it shows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from site_src.checks.content import Content
from site_src.checks.document import Html, Image
from site_src.checks.finding import Finding, error
from site_src.checks.rule import Rule

CODE = "image-alt"
TAG = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
ALT = re.compile(r"\salt\s*=\s*(?:\"\s*[^\"\s]|'\s*[^'\s]|[^\s\"'>])", re.IGNORECASE)


def check(content: Content) -> Iterator[Finding]:
    """An error for each image, in Markdown or HTML, whose alternative text is empty."""
    for page in content.pages:
        for image in page.document.of(Image):
            if not image.alt.strip():
                problem = f"the image {image.source} has no text: write it between the brackets of ![…]"
                yield error(page.path, image.line, CODE, problem)
        for html in page.document.of(Html):
            for tag in TAG.finditer(html.text):
                if not ALT.search(tag[0]):
                    line = html.line + html.text.count("\n", 0, tag.start())
                    yield error(page.path, line, CODE, 'the image has no text: add alt="…"')


RULE = Rule({CODE: "An image has no alternative text."}, check)
