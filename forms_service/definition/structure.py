"""From a descriptor to a Form in one language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from forms_service.definition import conditions
from forms_service.definition.checks import check_structure
from forms_service.definition.fields import read_field
from forms_service.definition.findings import DefinitionError
from forms_service.definition.groups import asked_fields, groups_of
from forms_service.definition.languages import resolve
from forms_service.definition.load import Descriptor
from forms_service.definition.model import (
    FIELDS_A_PAGE,
    Alert,
    Band,
    Exit,
    Field,
    Form,
    Group,
    Page,
    Places,
    Reading,
    Rule,
    Score,
)

__all__ = ["build", "check_structure"]


def build(descriptor: Descriptor, language: str | None = None) -> Form:
    """The form in `language` (the descriptor's first when None).

    Raises DefinitionError with every structural error found.
    """
    errors = [finding for finding in check_structure(descriptor) if finding.level == "error"]
    if errors:
        raise DefinitionError(errors)
    languages = tuple(descriptor.package.get("languages") or ["en"])
    chosen = language or languages[0]
    package = resolve(descriptor.package, chosen)
    extra = package.get("form") or {}
    resource = package["resources"][0]
    fields = _fields(package, 0, descriptor, chosen)
    return Form(
        name=descriptor.name,
        title=str(package.get("title") or descriptor.name),
        description=str(package.get("description") or ""),
        version=str(package.get("version") or "0.0.0"),
        language=chosen,
        languages=languages,
        resource=str(resource.get("name", "rows")),
        fields=fields,
        pages=_pages(extra, fields, groups_of(package).values()),
        alerts=tuple(_alert(raw) for raw in extra.get("alerts") or []),
        scores=tuple(_score(raw) for raw in extra.get("scores") or []),
        rules=tuple(_rule(raw) for raw in extra.get("rules") or []),
        exits=tuple(_exit(raw) for raw in extra.get("exits") or []),
        places=_places(extra["places"]) if "places" in extra else None,
        reading=tuple(_reading(raw) for raw in extra.get("reading") or []),
        retention=str(extra.get("retention") or ""),
        privacy=str(extra.get("privacy") or ""),
        minutes=extra.get("minutes"),
        answered_within=str(extra.get("answeredWithin") or ""),
        package=package,
        references=descriptor.rows,
        groups={
            raw["name"]: Group(raw["name"], _fields(package, place, descriptor, chosen), raw["schema"])
            for place, raw in groups_of(package).items()
        },
    )


def _fields(
    package: Mapping[str, Any], place: int, descriptor: Descriptor, language: str
) -> dict[str, Field]:
    """The questions of the table at that place."""
    schema = package["resources"][place]["schema"]
    return {
        raw["name"]: read_field(raw, schema, package, descriptor.rows, language)
        for _, raw in asked_fields(package, place)
    }


def _pages(
    extra: Mapping[str, Any], fields: Mapping[str, Field], groups: Iterable[Mapping[str, Any]]
) -> tuple[Page, ...]:
    if "pages" in extra:
        return tuple(_page(raw) for raw in extra["pages"])
    names = list(fields)
    asked = [tuple(names[start : start + FIELDS_A_PAGE]) for start in range(0, len(names), FIELDS_A_PAGE)]
    pages = [Page(f"page-{number}", "", "", part) for number, part in enumerate(asked, 1)]
    return (
        *pages,
        *(
            Page(f"page-{number}", str(group.get("title") or ""), "", (), repeat=group["name"])
            for number, group in enumerate(groups, len(pages) + 1)
        ),
    )


def _page(raw: Mapping[str, Any]) -> Page:
    return Page(
        name=raw["name"],
        title=str(raw.get("title") or ""),
        intro=str(raw.get("intro") or ""),
        fields=tuple(raw.get("fields", ())),
        show_when=conditions.parse(raw["showWhen"]) if "showWhen" in raw else None,
        quick_exit=raw.get("quickExit") is True,
        repeat=raw.get("repeat", ""),
        least=raw.get("min", 0),
        most=raw.get("max"),
        item_title=raw.get("itemTitle", ""),
    )


def _alert(raw: Mapping[str, Any]) -> Alert:
    return Alert(raw["name"], conditions.parse(raw["when"]), raw["level"], str(raw.get("show") or ""))


def _score(raw: Mapping[str, Any]) -> Score:
    missing = raw.get("missing") or {}
    return Score(
        name=raw["name"],
        title=str(raw.get("title") or raw["name"]),
        method=raw.get("method", "sum"),
        fields=tuple(raw["fields"]),
        reverse=frozenset(raw.get("reverse") or ()),
        at_most_missing=int(missing.get("atMost", 0)),
        missing_as=missing.get("as", "prorate"),
        digits=raw.get("round"),
        bands=tuple(
            Band(_decimal(band.get("from")), _decimal(band.get("to")), str(band["label"]))
            for band in raw.get("bands") or []
        ),
    )


def _rule(raw: Mapping[str, Any]) -> Rule:
    return Rule(conditions.parse(raw["when"]), str(raw["message"]), raw["field"], raw.get("level", "error"))


def _exit(raw: Mapping[str, Any]) -> Exit:
    return Exit(conditions.parse(raw["when"]), str(raw["title"]), str(raw.get("body") or ""))


def _reading(raw: Mapping[str, Any]) -> Reading:
    return Reading(str(raw["guide"]), conditions.parse(raw["when"]) if "when" in raw else None)


def _places(raw: Mapping[str, Any]) -> Places:
    return Places(
        field=raw["field"],
        resource=raw["resource"],
        capacity=raw["capacity"],
        opens=str(raw.get("opens") or ""),
        closes=str(raw.get("closes") or ""),
        waitlist=raw.get("waitlist", True) is True,
        offer_for=str(raw.get("offerFor") or "P3D"),
    )


def _decimal(number: Any) -> Decimal | None:
    return None if number is None else Decimal(str(number))
