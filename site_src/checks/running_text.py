"""The sentences of a page that people read on, with their lines: paragraphs and lists, nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from site_src.checks.document import Text
from site_src.checks.page import Page
from site_src.checks.prose import sentences, words
from site_src.markdown.worksheets import PLACE

CITATIONS = re.compile(r"\s*\[@[^\]]*\]")


@dataclass(frozen=True)
class Sentence:
    line: int
    text: str

    @property
    def length(self) -> int:
        """How many words it has."""
        return len(words(self.text))


def passages(page: Page) -> Iterator[Text]:
    """The page's paragraphs and list items; places to write on a worksheet are neither."""
    for text in page.document.of(Text):
        if text.is_running and not _is_place(text):
            yield text


def passage_sentences(passage: Text) -> Iterator[Sentence]:
    """The sentences of one passage, citations left out."""
    for place, sentence in sentences(passage.text):
        yield Sentence(passage.line_at(place), CITATIONS.sub("", sentence).strip())


def _is_place(text: Text) -> bool:
    return all(PLACE.match(line.strip()) for line in text.source.splitlines())
