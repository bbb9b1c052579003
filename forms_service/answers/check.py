"""Checks of a descriptor that need readers: everything that must be right before a form may start."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from frictionless import FrictionlessException, Package

from forms_service.answers import patterns
from forms_service.answers.conditions import Conditions
from forms_service.answers.judge import Judge, judged_schema
from forms_service.definition import (
    Descriptor,
    Finding,
    Form,
    build,
    check_structure,
    resolve,
)
from forms_service.definition.findings import pointer

_FIELDS = ("resources", 0, "schema", "fields")
_BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "enum")


def check(descriptor: Descriptor) -> list[Finding]:
    """Every fault of a form, errors first; with no error in it the form can start."""
    findings = check_structure(descriptor)
    if any(finding.level == "error" for finding in findings):
        return findings
    findings += _readers(descriptor)
    if not any(finding.level == "error" for finding in findings):
        findings += _conditions(descriptor)
    findings += _whole_package(descriptor)
    return sorted(findings, key=lambda finding: finding.level)


def _readers(descriptor: Descriptor) -> Iterator[Finding]:
    schema = resolve(descriptor.package, "")["resources"][0]["schema"]
    try:
        fields: list[Any] = judged_schema(schema).fields
    except Exception:  # one field spoils the whole schema: look at each alone
        fields = [None] * len(schema["fields"])
    findings: list[Finding] = []
    for index, (raw, field) in enumerate(zip(schema["fields"], fields, strict=True)):
        findings += _field(raw, field, pointer(*_FIELDS, index))
    yield from findings or _slow_patterns(schema)


def _field(raw: dict[str, Any], field: Any, at: str) -> Iterator[Finding]:
    constraints = raw.get("constraints", {})
    if isinstance(constraints, dict) and isinstance(constraints.get("pattern"), str):
        try:
            re.compile(f"^{constraints['pattern']}$")
        except re.error as error:
            where = f"{at}/constraints/pattern"
            yield Finding("pattern", f"the pattern is no regular expression: {error}", "Mend it", where)
            return
    try:
        field = field or judged_schema({"fields": [raw]}).fields[0]
        reader = field.create_value_reader()
        for name in _BOUNDS:
            if name in constraints:
                yield from _bound(reader, name, constraints[name], f"{at}/constraints/{name}")
        field.create_cell_reader()
    except FrictionlessException as error:
        yield Finding("field", _reason(error), "Mend the field", at)
    except Exception as error:
        yield Finding("field", f"no reader can be built: {error}", "Mend the format or the constraints", at)


def _bound(reader: Any, name: str, bound: Any, at: str) -> Iterator[Finding]:
    """A bound that its own field cannot read, or cannot compare with what it reads."""
    for value in bound if isinstance(bound, list) else [bound]:
        read = _try_read(reader, value)
        if read is None:
            yield Finding(
                "bound",
                f'the field cannot read its own {name} "{value}"',
                "Write it in the field's format",
                at,
            )


def _try_read(reader: Any, value: Any) -> Any:
    try:
        return reader(value)
    except Exception:
        return None


def _slow_patterns(schema: dict[str, Any]) -> Iterator[Finding]:
    by_pattern = {
        raw["constraints"]["pattern"]: index
        for index, raw in enumerate(schema["fields"])
        if "pattern" in raw.get("constraints", {})
    }
    for slow in patterns.too_slow(list(by_pattern)):
        at = pointer(*_FIELDS, by_pattern[slow], "constraints", "pattern")
        yield Finding(
            "slow-pattern",
            "the pattern can run for ever on a long text",
            "Avoid a repeat inside a repeat",
            at,
        )


def _conditions(descriptor: Descriptor) -> Iterator[Finding]:
    form: Form = build(descriptor)
    try:
        conditions = Conditions(Judge(form))
        for condition in form.outcome_conditions:
            conditions.compile(condition)
    except ValueError as error:
        yield Finding("condition-answer", str(error), "Write an answer that the field accepts", "/form")


def _whole_package(descriptor: Descriptor) -> Iterator[Finding]:
    """What frictionless says of the package as it lies; for a bare schema only what it would mend."""
    package = resolve(descriptor.package, "")
    level = "warning" if descriptor.bare else "error"
    try:
        loaded = Package.from_descriptor(package, basepath=str(descriptor.path.parent))
        if descriptor.bare:
            return
        for error in loaded.validate().flatten(["message"]):
            yield Finding("package", str(error[0]), "Mend the package", "", "error")
    except FrictionlessException as error:
        yield Finding("package", _reason(error), "Mend it", "", level)  # type: ignore[arg-type]


def _reason(error: FrictionlessException) -> str:
    return "; ".join(reason.note for reason in error.reasons) or error.error.note
