"""The rules of `kinbridge check`: each is a module of this package, and `ALL` is every one of them."""

from __future__ import annotations

import datetime
from collections.abc import Collection

from site_src.checks import (
    blocks,
    brand,
    crisis_help,
    crisis_lines,
    evidence,
    forms,
    headings,
    help_boxes,
    images,
    lengths,
    links,
    markup,
    packages,
    page_facts,
    reading_level,
    reviews,
    sentences,
    shared_paragraphs,
    sources,
    translations,
)
from site_src.checks.content import read_content
from site_src.checks.finding import Finding
from site_src.checks.rule import Rule
from site_src.instance import Instance

ALL: tuple[Rule, ...] = (
    page_facts.RULE,
    reading_level.RULE,
    sentences.RULE,
    lengths.RULE,
    sources.RULE,
    evidence.RULE,
    reviews.RULE,
    links.RULE,
    images.RULE,
    crisis_help.RULE,
    translations.RULE,
    blocks.RULE,
    help_boxes.RULE,
    headings.RULE,
    markup.RULE,
    shared_paragraphs.RULE,
    packages.RULE,
    crisis_lines.RULE,
    forms.RULE,
    brand.RULE,
)
# These stop only a release that changes the page they are about: a phone number must always be publishable.
OF_CHANGED_PAGES = frozenset({reviews.OVERDUE, translations.STALE})


# These import frictionless; an editor's preview can do without them.
OF_DATA: tuple[Rule, ...] = (packages.RULE, forms.RULE)


def run_checks(instance: Instance, today: datetime.date, rules: Collection[Rule] = ALL) -> list[Finding]:
    """Everything the rules find in an instance, by file and line; `today` is what reviews are held against.

    Raises SiteError when mkdocs.yml cannot be read or there is no content.
    """
    content = read_content(instance, today)
    return sorted({finding for rule in rules for finding in rule.run(content)})


__all__ = ["ALL", "OF_CHANGED_PAGES", "OF_DATA", "Finding", "Rule", "run_checks"]
