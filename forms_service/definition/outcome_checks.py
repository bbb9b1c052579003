"""Checks of what answers lead to: scores, rules, exits, reading."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from forms_service.definition.condition_checks import Asked, asked_of, check_condition
from forms_service.definition.findings import Finding, pointer
from forms_service.definition.groups import asked_fields
from forms_service.definition.load import Descriptor
from forms_service.definition.model import UNROUNDED

MOST_DIGITS = 10  # decimals of a score
_NUMERIC = frozenset({"integer", "number"})


def check_outcomes(package: dict[str, Any], _: Descriptor) -> Iterator[Finding]:
    """Faults under `form.scores`, `form.rules`, `form.exits` and `form.reading`."""
    form = package.get("form", {})
    fields = {raw["name"]: raw for _, raw in asked_fields(package, 0)}
    names: list[Any] = []
    for index, raw in enumerate(form.get("scores", [])):
        at = pointer("form", "scores", index)
        yield from _score(raw, fields, at)
        if raw.get("name") in names:
            yield Finding("score", f'the score "{raw["name"]}" stands twice', "Rename one", at + "/name")
        names.append(raw.get("name"))
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
    if not isinstance(raw.get("name"), str) or not names:
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
    if missing.get("as", "prorate") not in ("zero", "prorate") or missing.get("atMost", 0) < 0:
        yield Finding(
            "score", 'missing is {"atMost": n, "as": "zero" or "prorate"}', "Mend it", at + "/missing"
        )
    digits = 0 if raw.get("round") is None else raw["round"]
    if isinstance(digits, bool) or not isinstance(digits, int) or not 0 <= digits <= MOST_DIGITS:
        cause = f"round is no number of decimals from 0 to {MOST_DIGITS}"
        yield Finding("score", cause, "Write one such as 1", at + "/round")
    else:
        yield from _bands(raw, _step(raw, fields), at + "/bands")


def _step(raw: dict[str, Any], fields: dict[str, dict[str, Any]]) -> Decimal:
    """What lies between a figure of this score and the next."""
    digits: int | None = raw.get("round")
    if digits is None:
        missing = raw.get("missing", {})
        divided = missing.get("atMost", 0) > 0 and missing.get("as", "prorate") == "prorate"
        whole = all(fields.get(name, {}).get("type") == "integer" for name in raw["fields"])
        digits = 0 if whole and not divided and raw.get("method", "sum") == "sum" else UNROUNDED
    return Decimal(1).scaleb(-digits)


def _bands(raw: dict[str, Any], step: Decimal, at: str) -> Iterator[Finding]:
    before: Decimal | None = None
    for index, band in enumerate(raw.get("bands", [])):
        where = f"{at}/{index}"
        start, end = (None if band.get(key) is None else Decimal(str(band[key])) for key in ("from", "to"))
        if not band.get("label"):
            yield Finding("band", "a band has no label", "Name it", where)
        if start is not None and end is not None and end < start:
            yield Finding("band", "the band ends before it starts", "Mend its ends", where)
        if index and (start is None or before is None or start != before + step):
            cause = "there is a gap or an overlap before this band"
            mend = f"Start it {step:f} after the one before"
            rounded = "" if "round" in raw else ', or say how the score is rounded: "round": 0'
            yield Finding("band", cause, mend + rounded, where)
        before = end


def _has_ends(raw: dict[str, Any]) -> bool:
    constraints = raw.get("constraints", {})
    bounds = (constraints.get("minimum"), constraints.get("maximum"))
    return bool(constraints.get("enum")) or None not in bounds
