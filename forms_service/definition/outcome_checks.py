"""Checks of what answers lead to: scores, rules, exits, reading."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from forms_service.definition.condition_checks import Asked, asked_of, check_condition
from forms_service.definition.findings import Finding, pointer
from forms_service.definition.groups import asked_fields
from forms_service.definition.load import Descriptor

MOST_DIGITS = 10  # decimals of a score
_NUMERIC = frozenset({"integer", "number"})


def check_outcomes(package: dict[str, Any], _: Descriptor) -> Iterator[Finding]:
    """Faults under `form.scores`, `form.rules`, `form.exits` and `form.reading`."""
    form = package.get("form", {})
    fields = {raw["name"]: raw for _, raw in asked_fields(package, 0)}
    for key in ("scores", "rules", "exits", "reading"):
        entries = form.get(key, [])
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            yield Finding(key, f"{key} is a list of objects", "Mend its shape", pointer("form", key))
            return
    for index, raw in enumerate(form.get("scores", [])):
        yield from _score(raw, fields, pointer("form", "scores", index))
    asked = asked_of(package)
    for key, needed in (
        ("rules", ("when", "message", "field")),
        ("exits", ("when", "title")),
        ("reading", ("guide",)),
    ):
        for index, raw in enumerate(form.get(key, [])):
            yield from _entry(key, raw, needed, asked, pointer("form", key, index))


def _entry(
    key: str, raw: dict[str, Any], needed: tuple[str, ...], asked: Asked, at: str
) -> Iterator[Finding]:
    missing = [name for name in needed if name not in raw]
    if missing:
        yield Finding(key, f"an entry lacks {', '.join(missing)}", "Add it", at)
        return
    if "when" in raw:
        # A rule is told on the page of its field: what breaks it must have been asked by then, or nobody gets there.
        latest = asked.page_of((None, str(raw["field"]))) if key == "rules" else None
        yield from check_condition(raw["when"], at + "/when", asked, latest)
    if key == "rules" and raw["field"] not in asked.names.fields:
        yield Finding(key, f'no field is called "{raw["field"]}"', "Mend the name", at + "/field")
    if key == "rules" and raw.get("level", "error") not in ("error", "warning"):
        yield Finding(key, 'the level is "error" or "warning"', "Write one", at + "/level")


def _score(raw: dict[str, Any], fields: dict[str, dict[str, Any]], at: str) -> Iterator[Finding]:
    names = raw.get("fields")
    if not isinstance(raw.get("name"), str) or not isinstance(names, list) or not names:
        yield Finding("score", "a score has a name and fields", "Add them", at)
        return
    if raw.get("method", "sum") not in ("sum", "mean"):
        yield Finding("score", 'the method is "sum" or "mean"', "Write one", at + "/method")
    for name in names:
        if name not in fields or fields[name].get("type") not in _NUMERIC:
            yield Finding(
                "score", f'"{name}" is no numeric field', "Score integers and numbers", at + "/fields"
            )
    for name in raw.get("reverse") or []:
        if name not in names:
            yield Finding(
                "score", f'"{name}" is reversed but not scored', "Add it to fields", at + "/reverse"
            )
        elif not _has_ends(fields.get(name, {})):
            cause = f'"{name}" has no ends to reverse between'
            yield Finding("score", cause, "Give it minimum and maximum, or an enum", at + "/reverse")
    missing = raw.get("missing", {})
    if not isinstance(missing, dict) or missing.get("as", "prorate") not in ("zero", "prorate"):
        yield Finding(
            "score", 'missing is {"atMost": n, "as": "zero" or "prorate"}', "Mend it", at + "/missing"
        )
    digits = raw.get("round") or 0
    if isinstance(digits, bool) or not isinstance(digits, int) or not 0 <= digits <= MOST_DIGITS:
        cause = f"round is no number of decimals from 0 to {MOST_DIGITS}"
        yield Finding("score", cause, "Write one such as 1", at + "/round")
    else:
        yield from _bands(raw, at + "/bands")


def _bands(raw: dict[str, Any], at: str) -> Iterator[Finding]:
    step = Decimal(1).scaleb(-int(raw.get("round") or 0))
    before: Decimal | None = None
    for index, band in enumerate(raw.get("bands") or []):
        where = f"{at}/{index}"
        try:
            start, end = (
                None if band.get(key) is None else Decimal(str(band[key])) for key in ("from", "to")
            )
        except (InvalidOperation, AttributeError):
            yield Finding("band", "a band has from, to and label", "Mend its shape", where)
            return
        if not band.get("label"):
            yield Finding("band", "a band has no label", "Name it", where)
        if start is not None and end is not None and end < start:
            yield Finding("band", "the band ends before it starts", "Mend its ends", where)
        if index and (start is None or before is None or start != before + step):
            cause = "there is a gap or an overlap before this band"
            yield Finding("band", cause, f"Start it {step} after the one before", where)
        before = end


def _has_ends(raw: dict[str, Any]) -> bool:
    constraints = raw.get("constraints", {})
    return bool(constraints.get("enum")) or ("minimum" in constraints and "maximum" in constraints)
