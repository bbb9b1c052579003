"""Rule: pages say truly when they were checked, and are checked again in time."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from site_src.catalogue import read_date
from site_src.checks.content import Content
from site_src.checks.finding import Finding, error, warning
from site_src.checks.page import Page
from site_src.checks.rule import Rule

WARN_AHEAD = datetime.timedelta(days=60)
PAST = ("reviewed", "published", "changed")
FUTURE, NO_DATE, MISSING = "reviewed-in-future", "review-date", "review-missing"
OVERDUE, SOON = "review-overdue", "review-soon"


def check(content: Content) -> Iterator[Finding]:
    """Looks at the dates of each page. An empty `reviewed` is right until someone has read the page."""
    for page in content.pages:
        for key in PAST:
            yield from _past(page, key, content.today)
        yield from _review_by(page, content.today)


def _past(page: Page, key: str, today: datetime.date) -> Iterator[Finding]:
    line, text = page.front_matter.line(key), page.front_matter.text(key)
    day = read_date(page.front_matter.values.get(key))
    if text and day is None:
        yield error(page.path, line, NO_DATE, f"`{key}: {text}` is no date: write it as 2027-05-31")
    elif day is not None and day > today:
        yield error(page.path, line, FUTURE, f"`{key}` is {day}, which has not come yet")


def _review_by(page: Page, today: datetime.date) -> Iterator[Finding]:
    line, text = page.front_matter.line("review_by"), page.front_matter.text("review_by")
    day = read_date(page.front_matter.values.get("review_by"))
    if not text:
        if not page.is_list:
            yield error(page.path, line, MISSING, "add `review_by`, the day by which to read the page again")
    elif day is None:
        yield error(page.path, line, NO_DATE, f"`review_by: {text}` is no date: write it as 2027-05-31")
    elif day < today:
        yield error(
            page.path, line, OVERDUE, f"the review was due by {day}: read the page again, set a new day"
        )
    elif day - today <= WARN_AHEAD:
        yield warning(page.path, line, SOON, f"the review is due by {day}, in {(day - today).days} days")


RULE = Rule(
    {
        FUTURE: "`reviewed`, `published` or `changed` is a day that has not come yet.",
        NO_DATE: "`reviewed`, `published`, `changed` or `review_by` is not a date.",
        MISSING: "A guide or worksheet has no `review_by`.",
        OVERDUE: "`review_by` is past. Stops only a release that changes the page.",
        SOON: f"`review_by` is {WARN_AHEAD.days} days away or less.",
    },
    check,
)
