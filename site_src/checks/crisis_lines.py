"""Rule: families of the clinic's region see crisis lines, and a person has confirmed them not long ago."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from site_src.catalogue import read_date
from site_src.checks.content import CRISIS_LINES, Content, config_line
from site_src.checks.finding import Finding, error, warning
from site_src.checks.rows import Row
from site_src.checks.rule import Rule
from site_src.instance import CONFIG_NAME
from site_src.library.crisis import CrisisLine, lines_for

NONE, UNCONFIRMED, OLD = "no-crisis-lines", "crisis-unconfirmed", "crisis-check-old"
# Six months, as a person counts them: no month is longer than 31 days.
LONGEST = datetime.timedelta(days=184)


def check(content: Content) -> Iterator[Finding]:
    """Looks at the rows that the region's families are shown; the demo may show rows nobody has dialled."""
    rows = {_line(row): row for row in content.crisis_lines}
    shown: dict[int, Row] = {}
    for language in content.clinic.languages:
        lines = lines_for(rows, content.clinic.region, language)
        shown |= {rows[line].line: rows[line] for line in lines}
        if not any(line.is_emergency for line in lines):
            region = content.clinic.region
            problem = f"{CRISIS_LINES} has no emergency number for region {region!r}: add its rows there"
            yield error(CONFIG_NAME, config_line(content, "region"), NONE, problem)
            return
    if not content.clinic.demo:
        for row in shown.values():
            yield from _confirmed(row, content.today)


def _confirmed(row: Row, today: datetime.date) -> Iterator[Finding]:
    day = read_date(row["checked"])
    if row["status"] != "confirmed" or day is None or day > today:
        problem = f"nobody has confirmed {row['name']!r}: dial it, then write status confirmed and the day"
        yield warning(CRISIS_LINES, row.line, UNCONFIRMED, problem)
    elif today - day > LONGEST:
        problem = f"{row['name']!r} was last confirmed on {day}: dial it again, then write the new day"
        yield warning(CRISIS_LINES, row.line, OLD, problem)


def _line(row: Row) -> CrisisLine:
    names = ("region", "language", "name", "how", "hours", "for")
    return CrisisLine(*(row[name] for name in names))


RULE = Rule(
    {
        NONE: "Families of the clinic's region would see no emergency number.",
        UNCONFIRMED: "Outside the demo: nobody has confirmed a line that families see.",
        OLD: "Outside the demo: a line was last confirmed over six months ago.",
    },
    check,
)
