"""Notes in a translation which text it translates, changing nothing else in the file."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from ruamel.yaml import YAML

from site_src.catalogue import FRONT_MATTER
from site_src.checks.content import Content
from site_src.checks.page import Page
from site_src.checks.translations import source_hash
from site_src.errors import SiteError

KEY, AFTER = "source_hash", "translation_of"


def accept(content: Content, paths: Iterable[Path]) -> list[str]:
    """Writes `source_hash` into the translations at `paths`, files or folders, resolved.

    Gives the paths of the files that changed. Raises SiteError when a path holds no translation that can be
    read together with its original; then nothing is written.
    """
    chosen = [_originals(content, path) for path in paths]
    changed = []
    for page, original in (pair for pairs in chosen for pair in pairs):
        file = content.root / page.path
        before = file.read_bytes()
        after = with_source_hash(before.decode("utf-8"), source_hash(original)).encode("utf-8")
        if after != before:
            _replace(file, after)
            changed.append(page.path)
    return changed


def _replace(file: Path, content: bytes) -> None:
    """Writes a file whole or, on a full disk, not at all."""
    part = file.with_name(f".{file.name}.part")
    part.write_bytes(content)
    shutil.copymode(file, part)
    part.replace(file)


def with_source_hash(text: str, value: str) -> str:
    """A page's whole text with this `source_hash`, which is added below `translation_of` where it is missing."""
    match = FRONT_MATTER.match(text)
    if match is None:
        raise ValueError("the text has no front matter")
    nodes = {key.value: (key, node) for key, node in YAML().compose(match[1]).value}
    if KEY in nodes:
        key, node = nodes[KEY]
        # An empty value has no place of its own: it is written behind the key's colon.
        start = node.start_mark.index if node.value or node.style else key.end_mark.index + 1
        end = node.end_mark.index if node.value or node.style else start
        new = f'"{value}"' if node.value or node.style else f' "{value}"'
        return text[: match.start(1) + start] + new + text[match.start(1) + end :]
    line_end = text.index("\n", match.start(1) + nodes[AFTER][1].end_mark.index - 1)
    newline = "\r\n" if text[line_end - 1] == "\r" else "\n"
    return f'{text[: line_end + 1]}{KEY}: "{value}"{newline}{text[line_end + 1 :]}'


def _originals(content: Content, path: Path) -> list[tuple[Page, Page]]:
    """The translations at a path, each with its original."""
    found = []
    for page in content.pages:
        if (content.root / page.path).is_relative_to(path) and page.front_matter.text(AFTER):
            original = content.page(content.default, content.original_of(page))
            if original is not None:
                found.append((page, original))
    if not found:
        raise SiteError(
            f"{path} is no translation whose original can be read.",
            "Name a page, or a folder of pages, with `translation_of`.",
        )
    return found
