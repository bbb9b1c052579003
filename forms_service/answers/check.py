"""Checks of a descriptor that need readers: everything that must be right before a form may start."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from frictionless import FrictionlessException

from forms_service.answers import patterns
from forms_service.answers.conditions import compiled
from forms_service.answers.judge import Judge, judges_of
from forms_service.answers.key_checks import check_keys
from forms_service.answers.package_checks import check_package, reason
from forms_service.answers.schemas import judged_schema
from forms_service.answers.scores import possible_range
from forms_service.answers.strict import LONGEST_CELL, longest_cell
from forms_service.definition import (
    Condition,
    Descriptor,
    Field,
    Finding,
    Form,
    Score,
    build,
    check_structure,
    resolve,
)
from forms_service.definition.fields import keeps_days, labelled_codes
from forms_service.definition.findings import pointer
from forms_service.definition.groups import asked_fields, groups_of

_SCHEMA = ("resources", 0, "schema")
_BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "enum")
STEPS = 100  # on the longest scale
_OF_MANY = frozenset(
    {"minLength", "maxLength"}
)  # on a list these count its items, so one choice says nothing


def check(descriptor: Descriptor) -> list[Finding]:
    """Every fault of a form, errors first; with no error in it the form can start."""
    findings = _check(descriptor)
    if descriptor.bare:  # the author's file is the schema alone
        inside = pointer(*_SCHEMA)
        findings = [replace(found, pointer=found.pointer.removeprefix(inside)) for found in findings]
    return sorted(findings, key=lambda finding: finding.level)


def _check(descriptor: Descriptor) -> list[Finding]:
    findings = check_structure(descriptor)
    for stage in (_readers, _slow_patterns, check_keys, _made_ready):
        if any(finding.level == "error" for finding in findings):
            return findings
        findings += stage(descriptor)
    return [*findings, *check_package(descriptor)]


def _readers(descriptor: Descriptor) -> Iterator[Finding]:
    package = resolve(descriptor.package, "")
    for place in (0, *groups_of(package)):
        yield from _table(package["resources"][place]["schema"], ("resources", place, "schema"))


def _table(schema: dict[str, Any], at: tuple[str | int, ...]) -> Iterator[Finding]:
    trouble: Exception | None = None
    try:
        fields: list[Any] = judged_schema(schema).fields
    except Exception as error:  # one field spoils the whole schema: look at each alone
        fields, trouble = [None] * len(schema["fields"]), error
    findings: list[Finding] = []
    for index, (raw, field) in enumerate(zip(schema["fields"], fields, strict=True)):
        findings += _field(raw, field, pointer(*at, "fields", index))
    if trouble and not findings:
        findings.append(Finding("schema", reason(trouble), "Mend the schema", pointer(*at)))
    yield from findings


def _field(raw: dict[str, Any], field: Any, at: str) -> Iterator[Finding]:
    constraints = raw.get("constraints", {})
    if "pattern" in constraints:
        try:
            re.compile(f"^{constraints['pattern']}$")
        except (re.error, RecursionError, OverflowError) as error:
            where = f"{at}/constraints/pattern"
            yield Finding("pattern", f"the pattern is no regular expression: {error}", "Mend it", where)
            return
    try:
        field = field or judged_schema({"fields": [raw]}).fields[0]
        reader = field.create_value_reader()
        reader("a")
        for name in _BOUNDS:
            if constraints.get(name) is not None:
                yield from _bound(reader, name, constraints[name], f"{at}/constraints/{name}")
        field.create_cell_reader()
    except FrictionlessException as error:
        yield Finding("field", reason(error), "Mend the field", at)
    except Exception as error:
        yield Finding("field", f"no reader can be built: {error}", "Mend the format or the constraints", at)


def _bound(reader: Any, name: str, bound: Any, at: str) -> Iterator[Finding]:
    """A bound that its own field cannot read, or cannot compare with what it reads."""
    for value in bound if isinstance(bound, list) else [bound]:
        if _try_read(reader, value) is None:
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


def _slow_patterns(descriptor: Descriptor) -> Iterator[Finding]:
    package = resolve(descriptor.package, "")
    faced: dict[patterns.Faced, str] = {}
    for at, _, raw, field in _asked(package, build(descriptor)):
        own = raw.get("constraints", {}).get("pattern")
        if own is not None:
            faced[own, longest_cell(field)] = f"{at}/constraints/pattern"
        of_item = raw.get("arrayItem", {}).get("constraints", {})
        if isinstance(of_item, dict) and isinstance(of_item.get("pattern"), str):
            faced[of_item["pattern"], LONGEST_CELL] = f"{at}/arrayItem/constraints/pattern"
    slow = set(patterns.too_slow(list(faced)))
    for (pattern, _), at in faced.items():
        if pattern in slow:
            cause = "the pattern can run for ever on a long text"
            yield Finding("slow-pattern", cause, "Avoid a repeat inside a repeat", at)


def _made_ready(descriptor: Descriptor) -> Iterator[Finding]:
    form = build(descriptor)
    try:
        judges = judges_of(form)
    except Exception as error:  # what is left now are the reference rows
        cause = f"the reference data cannot be read: {reason(error)}"
        yield Finding("foreign-key", cause, "Mend the reference resource", pointer(*_SCHEMA, "foreignKeys"))
        return
    for at, group, raw, field in _asked(form.package, form):
        if not _fits(field):
            cause = f'the widget "{field.widget}" cannot ask for this field'
            yield Finding("widget", cause, "Leave it out, and one is chosen by type", f"{at}/form/widget")
        yield from _refused_choices(judges[group], field, at)
        for code in labelled_codes(raw, judges[group].schema) if field.required else ():
            cause = f'"{code.label}" is never offered, for the question must be answered'
            yield Finding("choice-refused", cause, "Take one of the two out", at, "warning")
    for at, group, condition in _placed_conditions(form):
        try:
            compiled(condition, judges, group)
        except ValueError as error:
            mend = "Write an answer that the field can have"
            yield Finding("condition-answer", str(error), mend, at)
    for index, score in enumerate(form.scores):
        yield from _without_band(score, judges[None], pointer("form", "scores", index, "bands"))


def _asked(package: Mapping[str, Any], form: Form) -> Iterator[tuple[str, str | None, dict[str, Any], Field]]:
    """Every question: its pointer, the group that asks it (None: the submission), the descriptor's field, the form's."""
    for place in (0, *groups_of(package)):
        group = str(package["resources"][place]["name"]) if place else None
        fields = form.fields if group is None else form.groups[group].fields
        for index, raw in asked_fields(package, place):
            yield pointer("resources", place, "schema", "fields", index), group, raw, fields[raw["name"]]


def _placed_conditions(form: Form) -> Iterator[tuple[str, str | None, Condition]]:
    """Every condition of a form with its pointer, and the group in whose items it stands."""
    for at, group, _, field in _asked(form.package, form):
        if field.show_when is not None:
            yield f"{at}/form/showWhen", group, field.show_when
    for index, page in enumerate(form.pages):
        if page.show_when is not None:
            yield pointer("form", "pages", index, "showWhen"), None, page.show_when
    for name in ("alerts", "rules", "exits", "reading"):
        for index, entry in enumerate(getattr(form, name)):
            if entry.when is not None:
                yield pointer("form", name, index, "when"), None, entry.when


def _fits(field: Field) -> bool:
    """Whether every answer the field takes can be given with its widget."""
    if field.widget == "checkboxes":
        return field.many
    if field.widget in ("radios", "select"):
        yes_or_no = field.type == "boolean" and field.widget == "radios"
        return yes_or_no or bool(field.choices) or field.reference is not None
    if field.widget == "date":
        return field.type == "yearmonth" or (field.type == "date" and keeps_days(field.format))
    if field.widget == "scale":
        ends = (field.constraints.get("minimum", 0), field.constraints.get("maximum", 10))
        return field.type == "integer" and all(str(end).isdecimal() and int(end) <= STEPS for end in ends)
    return True


def _without_band(score: Score, judge: Judge, at: str) -> Iterator[Finding]:
    """Figures below the first band or above the last, which mean nothing to the clinic."""
    possible = possible_range(score, judge) if score.bands else None
    if possible is None:
        return
    low, high = possible
    if score.bands[0].start is not None and low < score.bands[0].start:
        cause = f"a score can be {low:f}, which is below the first band"
        yield Finding("band", cause, "Start it there, or leave its from out", f"{at}/0", "warning")
    if score.bands[-1].end is not None and high > score.bands[-1].end:
        cause = f"a score can be {high:f}, which is above the last band"
        mend = "End it there, or leave its to out"
        yield Finding("band", cause, mend, f"{at}/{len(score.bands) - 1}", "warning")


def _refused_choices(judge: Judge, field: Field, at: str) -> Iterator[Finding]:
    """Choices that the field itself would refuse, so that nobody can give them."""
    for choice in field.choices:
        problems = {problem.constraint for problem in judge.read(field.name, choice.value).problems}
        if problems - (_OF_MANY if field.many else frozenset()):
            cause = f'the field refuses its own choice "{choice.value}" ({", ".join(sorted(problems))})'
            yield Finding("choice-refused", cause, "Take it out, or mend the field", at, "warning")
