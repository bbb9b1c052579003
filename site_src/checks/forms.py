"""Rule: every form can start, and its texts are there in all its languages."""

from __future__ import annotations

from collections.abc import Iterator

from forms_service.definition.codes import MEANINGS
from site_src.checks.content import Content
from site_src.checks.finding import Finding
from site_src.checks.page import NOT_UTF_8
from site_src.checks.rule import Rule


def check(content: Content) -> Iterator[Finding]:
    """The findings of `kinbridge forms check`, with their own codes."""
    # The check imports frictionless, which takes 0.3 seconds.
    from forms_service.answers.folder import check_folder

    for folder in content.forms.values():
        for found in check_folder(folder, content.published_form(folder)):
            pointer = f"{found.pointer}: " if found.pointer else ""
            message = " ".join(f"{pointer}{found.cause}. {found.mend}.".split())
            path = (found.path or folder).relative_to(content.root).as_posix()
            yield Finding(path, found.line, found.level, found.code, message)


# Pages may be no UTF-8, too: one rule says what that means.
RULE = Rule({code: meaning for code, meaning in MEANINGS.items() if code != NOT_UTF_8}, check)
