"""Rule: every row of the evidence is used, or marked as background, and can be read in each language."""

from __future__ import annotations

from collections.abc import Iterator

from site_src.checks.content import SOURCES, Content
from site_src.checks.finding import Finding, warning
from site_src.checks.rule import Rule
from site_src.checks.sources import citation_keys, citations

UNUSED, UNTRANSLATED = "unused-source", "untranslated-source"
BACKGROUND = "background"
TRANSLATED = ("finding", "limits")


def check(content: Content) -> Iterator[Finding]:
    """A row is marked as background by `true` in a column of that name."""
    cited = {
        key
        for page in content.pages
        for key in (
            *(key for _, key in page.front_matter.items("sources")),
            *(key for _, text in citations(page) for key in citation_keys(text)),
        )
    }
    for row in content.sources:
        unread = any(row["key"] in text for text in content.unread.values())
        if row["key"] not in cited and not unread and row[BACKGROUND].lower() != "true":
            problem = f"no page cites {row['key']!r}: cite it, or write true in its column `{BACKGROUND}`"
            yield warning(SOURCES, row.line, UNUSED, problem)
        missing = [
            f"{column}@{language}"
            for language in content.clinic.languages[1:]
            for column in TRANSLATED
            if row[column] and not row[f"{column}@{language}"]
        ]
        if missing:
            yield warning(SOURCES, row.line, UNTRANSLATED, f"{row['key']!r} lacks {', '.join(missing)}")


RULE = Rule(
    {
        UNUSED: "A source is cited by no page and not marked as background.",
        UNTRANSLATED: "A source's finding or limits are not translated.",
    },
    check,
)
