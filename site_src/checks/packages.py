"""Rule: the clinic's tables (evidence, crisis lines and the like) are valid data packages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from site_src.checks.content import Content
from site_src.checks.finding import Finding, error
from site_src.checks.rows import record_lines
from site_src.checks.rule import Rule

CODE = "data-package"


def check(content: Content) -> Iterator[Finding]:
    """What frictionless says of each package that is no form; forms have a rule of their own."""
    forms = set(content.forms.values())
    for descriptor in sorted(content.instance.datapackages.glob("*/datapackage.json")):
        if descriptor.parent not in forms:
            yield from _check_package(content, descriptor)


def _check_package(content: Content, descriptor: Path) -> Iterator[Finding]:
    # Importing frictionless takes 0.3 seconds.
    from frictionless import FrictionlessException, Package

    path = descriptor.relative_to(content.root).as_posix()
    try:
        report = Package.from_descriptor(str(descriptor)).validate()
    except FrictionlessException as refusal:
        reasons = "; ".join(reason.note for reason in refusal.reasons) or refusal.error.note
        yield error(path, 1, CODE, _one_line(reasons))
        return
    for fault in report.errors:
        yield error(path, 1, CODE, _one_line(fault.note))
    for task in report.tasks:
        table = descriptor.parent / str(task.place)
        lines = record_lines(table)
        for fault in task.errors:
            place = table.relative_to(content.root).as_posix()
            yield error(place, _line(fault, lines), CODE, _one_line(fault.message))


def _line(fault: Any, lines: tuple[int, ...]) -> int:
    """The line of the record that a fault names: frictionless counts records, and a record may be many lines."""
    number = getattr(fault, "row_number", 1)
    return lines[number - 1] if 0 < number <= len(lines) else 1


def _one_line(text: str) -> str:
    return " ".join(text.split())


RULE = Rule({CODE: "A package of datapackages/ is not valid: frictionless says why."}, check)
