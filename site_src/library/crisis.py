"""The crisis lines of a region in a language, from datapackages/crisis-lines/lines.csv."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from site_src.library.tables import read_rows

# A number that is dialled: digits with spaces or hyphens between, not part of a word such as 988lifeline.org.
NUMBER = re.compile(r"(?<![\w-])\d(?:[\d -]*\d)?(?![\w-])")
TEXTING = re.compile(r"\b(text|sms|env[íi]e|mensaje)\b", re.IGNORECASE)
CALLING = re.compile(r"\b(call|phone|llame|marque)\b", re.IGNORECASE)
EMERGENCY = re.compile(r"^(emergency|emergencias?|urgences?)\b", re.IGNORECASE)


@dataclass(frozen=True)
class CrisisLine:
    """One number families may call or text. `language` is how the row itself is written."""

    region: str
    language: str
    name: str
    how: str
    hours: str
    audience: str

    @property
    def is_emergency(self) -> bool:
        return bool(EMERGENCY.match(self.name))


@dataclass(frozen=True)
class Part:
    """A piece of the text in `how`; `link` is `tel:` or `sms:` when the piece is a number."""

    text: str
    link: str = ""


def read_lines(datapackages: Path) -> tuple[CrisisLine, ...]:
    """All crisis lines in the file's order; none when there is no such package."""
    rows = read_rows(datapackages / "crisis-lines" / "lines.csv")
    return tuple(
        CrisisLine(
            region=row.get("region", ""),
            language=row.get("language", ""),
            name=row["name"],
            how=row["how"],
            hours=row.get("hours", ""),
            audience=row.get("for", ""),
        )
        for row in rows
        if row.get("name") and row.get("how") and row["how"] not in ("-", "none")
    )


def lines_for(lines: Iterable[CrisisLine], region: str, language: str) -> tuple[CrisisLine, ...]:
    """The lines of a region for readers of a language, emergency number first.

    A region may be part of another (UK-ENG of UK). When no line but the emergency number is written in the
    language, the region's other lines are given: a number in English is better than none.
    """
    local = [line for line in lines if _covers(line.region, region)]
    emergency = [line for line in local if line.is_emergency]
    own = [line for line in emergency if _speaks(line, language)]
    national = [line for line in local if not line.is_emergency]
    spoken = [line for line in national if _speaks(line, language)]
    return tuple((own or emergency)[:1] + (spoken or national))


def _covers(outer: str, region: str) -> bool:
    names = [name.strip() for name in outer.split(",")]
    return any(region == name or region.startswith(f"{name}-") for name in names)


def _speaks(line: CrisisLine, language: str) -> bool:
    return language in line.language.replace(",", " ").split() or line.language == "any"


def parts(how: str) -> tuple[Part, ...]:
    """`how` cut so that each number can be a link: `call` gives tel:, `text` alone gives sms:."""
    found: list[Part] = []
    for index, clause in enumerate(how.split(";")):
        scheme = "sms" if TEXTING.search(clause) and not CALLING.search(clause) else "tel"
        end = 0
        text = clause if index == 0 else f";{clause}"
        for match in NUMBER.finditer(text):
            if match.start() > end:
                found.append(Part(text[end : match.start()]))
            found.append(Part(match.group(), f"{scheme}:{re.sub('[ -]', '', match.group())}"))
            end = match.end()
        if end < len(text):
            found.append(Part(text[end:]))
    return tuple(found)


def first_number(line: CrisisLine) -> Part | None:
    """The number to put in the bar on each page, or None when `how` names none."""
    return next((part for part in parts(line.how) if part.link), None)
