"""The sources that guides cite, from datapackages/evidence/sources.csv."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from site_src.library.tables import read_rows


@dataclass(frozen=True)
class Source:
    """One study or guideline; `link` is an address or empty, findings and limits are by language."""

    key: str
    citation: str
    link: str
    kind: str
    findings: Mapping[str, str]
    limits: Mapping[str, str]

    def finding(self, language: str) -> str:
        return self.findings.get(language) or self.findings.get("", "")

    def limit(self, language: str) -> str:
        return self.limits.get(language) or self.limits.get("", "")


def read_sources(datapackages: Path) -> dict[str, Source]:
    """All sources by key, in the file's order; none when there is no such package."""
    rows = read_rows(datapackages / "evidence" / "sources.csv")
    return {row["key"]: _source(row) for row in rows if row.get("key")}


def _source(row: dict[str, str]) -> Source:
    doi = row.get("doi", "")
    return Source(
        key=row["key"],
        citation=row.get("citation", ""),
        link=f"https://doi.org/{doi}" if doi else row.get("link", ""),
        kind=row.get("kind", ""),
        findings=_by_language(row, "finding"),
        limits=_by_language(row, "limits"),
    )


def _by_language(row: dict[str, str], column: str) -> dict[str, str]:
    """`finding` and `finding@es` as one mapping; "" is the default language."""
    cells = ((name.partition("@"), cell) for name, cell in row.items() if cell)
    return {language: cell for (name, _, language), cell in cells if name == column}
