"""The pages of a new instance: in its languages, with its region's emergency number, each named as a translation."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence

from site_src.catalogue import FRONT_MATTER
from site_src.checks.acceptance import accept
from site_src.checks.content import Content, read_content
from site_src.checks.page import Page
from site_src.checks.translations import source_hash
from site_src.instance import Clinic, Instance
from site_src.library.crisis import Part
from site_src.new.starter import Starter

TRANSLATION = re.compile(r"^(?:translation_of|source_hash):.*\n", re.MULTILINE)
FROM_ROOT = re.compile(r"\]\(/([^)]*)\)")
BLOCK = re.compile(r"^///.*$", re.MULTILINE)


def write_pages(instance: Instance, clinic: Clinic, starter: Starter) -> None:
    """Rewrites the copied pages of content/ for the clinic.

    Where the default language is one of translations, its pages become the originals and the others name them.
    A translation that was read against its original stays so.
    """
    today = datetime.date.today()
    content = read_content(starter.instance, today)
    numbers = starter.emergency_number(starter.clinic.region), starter.emergency_number(clinic.region)
    pages = [page for page in content.pages if page.language in clinic.languages]
    originals = {content.original_of(page): page for page in pages if page.language == clinic.languages[0]}
    accepted = []
    for page in pages:
        file = instance.root / page.path
        original = originals.get(content.original_of(page))
        named = original.name if original and original is not page else ""
        text = _with_number(file.read_text("utf-8"), *numbers)
        text = _with_addresses(text, starter.clinic.languages, clinic.languages)
        file.write_text(_with_original(text, named), "utf-8")
        if named and original and all(_was_read(content, each) for each in (page, original)):
            accepted.append(file)
    if accepted:
        accept(read_content(instance, today), accepted)


def _was_read(content: Content, page: Page) -> bool:
    """Whether a page is of the starting content's own language, or was read against the text in it."""
    if page.language == content.default:
        return True
    original = content.page(content.default, content.original_of(page))
    return original is not None and page.front_matter.text("source_hash") == source_hash(original)


def _with_number(text: str, old: Part, new: Part) -> str:
    """The emergency number in links and in the headings of help boxes; a study of 911 families keeps its number."""
    text = text.replace(f"[{old.text}]({old.link})", f"[{new.text}]({new.link})")
    return BLOCK.sub(lambda line: re.sub(rf"\b{re.escape(old.text)}\b", new.text, line[0]), text)


def _with_addresses(text: str, old: Sequence[str], new: Sequence[str]) -> str:
    """Links from the root of the site; the default language is the one that addresses do not name."""

    def moved(link: re.Match[str]) -> str:
        first, _, rest = link[1].partition("/")
        language, path = (first, rest) if first in old[1:] else (old[0], link[1])
        return f"](/{path})" if language == new[0] else f"](/{language}/{path})"

    return FROM_ROOT.sub(moved, text)


def _with_original(text: str, original: str) -> str:
    """Front matter that names the page's original, or none."""
    match = FRONT_MATTER.match(text)
    if match is None:
        return text
    facts = TRANSLATION.sub("", match[1])
    if original:
        facts += f'translation_of: {original}\nsource_hash: ""\n'
    return f"---\n{facts}---\n{text[match.end() :]}"
