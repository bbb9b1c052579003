"""Rule: every form can start, and its texts are there in all its languages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from forms_service.definition import DefinitionError, load
from forms_service.definition import Finding as FormFinding
from forms_service.definition.lines import line_of
from site_src.checks.content import Content
from site_src.checks.finding import Finding
from site_src.checks.rule import Rule


def check(content: Content) -> Iterator[Finding]:
    """The findings of `kinbridge forms check`, with their own codes."""
    for folder in content.forms.values():
        for found in _findings(folder):
            file = found.path or folder / "datapackage.json"
            line = found.line if found.path else line_of(file, found.pointer)
            pointer = f"{found.pointer}: " if found.pointer else ""
            message = " ".join(f"{pointer}{found.cause}. {found.mend}.".split())
            path = file.relative_to(content.root).as_posix()
            yield Finding(path, line, found.level, found.code, message)


def _findings(folder: Path) -> list[FormFinding]:
    # The check imports frictionless, which takes 0.3 seconds.
    from forms_service.answers.check import check as check_form

    try:
        return check_form(load(folder))
    except DefinitionError as error:
        return error.findings


RULE = Rule({}, check)
