"""Structural checks of a descriptor: what plain JSON shows, before any reader is built."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import isodate
from babel import Locale, UnknownLocaleError

from forms_service.definition.condition_checks import asked_of, check_condition, check_show_when
from forms_service.definition.fields import ON_ONE_LINE, read_field
from forms_service.definition.file_checks import check_files, takes_file
from forms_service.definition.findings import Finding, pointer
from forms_service.definition.group_checks import PLACEHOLDER, check_groups
from forms_service.definition.groups import asked_fields, groups_of
from forms_service.definition.languages import missing_translations, resolve
from forms_service.definition.load import Descriptor, Rows
from forms_service.definition.model import DATE_PARTS
from forms_service.definition.outcome_checks import check_outcomes
from forms_service.definition.place_checks import check_places
from forms_service.definition.shapes import misshapen

RESERVED_FORMS = frozenset({"resume", "withdraw"})
RESERVED_PAGES = frozenset({"check", "done", "save", "leave", "print", "datapackage.json"})
PASSED = "passed_warnings"  # the input that carries the warnings a family has read
ADDED = "added_item"  # the input that tells a new item sent twice from two new items
RESERVED_FIELDS = frozenset({"csrf_token", PASSED, ADDED})
WIDGETS = frozenset({"radios", "select", "checkboxes", "textarea", "text", "date", "number", "scale", "file"})
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_SEMVER = re.compile(r"\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_NOT_YET = ("unique",)
_SCHEMA = ("resources", 0, "schema")


def check_structure(descriptor: Descriptor) -> list[Finding]:
    """Every structural fault, errors first; an empty list means the descriptor can be built."""
    shape = list(misshapen(descriptor.package)) or list(_shape(descriptor.package))
    if shape:
        return shape
    package = resolve(descriptor.package, "")
    findings = [finding for check in _CHECKS for finding in check(package, descriptor)]
    return sorted(findings, key=lambda finding: finding.level)


def _shape(package: dict[str, Any]) -> Iterator[Finding]:
    for place in (0, *groups_of(package)):
        yield from _table_shape(package["resources"], place)
    for index, page in enumerate(package.get("form", {}).get("pages", [])):
        at = pointer("form", "pages", index)
        if not isinstance(page, dict) or not isinstance(page.get("name"), str):
            yield Finding("page-shape", "a page has no name", "Give it a name", at)
        elif "repeat" in page and "fields" in page:
            yield Finding("page-shape", "a page has fields or repeats a group", "Leave one out", at)
        elif "repeat" not in page and not page.get("fields"):
            yield Finding("page-shape", "a page asks nothing", "Give it fields", at)


def _table_shape(resources: list[Any], place: int) -> Iterator[Finding]:
    at, resource = ("resources", place), resources[place]
    if not isinstance(resource, dict) or not isinstance(resource.get("schema"), dict):
        later = [raw.get("name") for raw in resources if isinstance(raw, dict) and "schema" in raw]
        mend = f', or put "{later[0]}" first' if later else ""
        cause = "the first resource has no schema beside it"
        yield Finding("no-schema", cause, f"Give it a Table Schema{mend}", pointer(*at))
        return
    fields = resource["schema"].get("fields")
    if not isinstance(fields, list) or not fields:
        mend = "Add at least one field"
        yield Finding("no-fields", "the schema has no fields", mend, pointer(*at, "schema"))
        return
    for index, raw in enumerate(fields):
        if not isinstance(raw, dict) or not isinstance(raw.get("name"), str) or not raw["name"]:
            where = pointer(*at, "schema", "fields", index)
            yield Finding("field-without-name", "a field has no name", "Give it a name", where)


def _names(package: dict[str, Any], descriptor: Descriptor) -> Iterator[Finding]:
    name = descriptor.name
    if "form" in package and not _SLUG.fullmatch(name):
        yield Finding("form-name", f'"{name}" cannot stand in an address', "Use a-z, 0-9 and -", "/name")
    if "form" in package and name in RESERVED_FORMS:
        yield Finding("reserved-name", f'"{name}" is a reserved form name', "Choose another name", "/name")
    for place in (0, *groups_of(package)):
        yield from _field_names(package, package["resources"][place]["schema"]["fields"], place)


def _field_names(package: dict[str, Any], fields: list[dict[str, Any]], place: int) -> Iterator[Finding]:
    names = [raw["name"] for raw in fields]
    parts = {f"{raw['name']}-{part}" for raw in fields for part in DATE_PARTS.get(str(raw.get("type")), ())}
    files = [raw["name"] for raw in package["resources"][0]["schema"]["fields"] if takes_file(raw)]
    parts |= {f"{name}-{part}" for name in files for part in ("kept", "remove")}
    parts |= {f"{raw['name']}-confirm" for raw in fields if raw.get("form", {}).get("confirm")}
    for index, field in enumerate(names):
        at = pointer("resources", place, "schema", "fields", index, "name")
        if field in RESERVED_FIELDS or field in parts:
            yield Finding("reserved-name", f'"{field}" is a reserved field name', "Choose another name", at)
        if "form" in package and (field != field.strip() or _CONTROL.search(field)):
            cause = "a header with outer space or control characters is never matched"
            yield Finding("field-name", cause, "Take them out of the name", at)
        if field in names[:index]:
            yield Finding("field-twice", f'the field "{field}" stands twice', "Rename or remove one", at)


def _package(package: dict[str, Any], descriptor: Descriptor) -> Iterator[Finding]:
    if descriptor.bare or "form" not in package:
        return
    if not _SEMVER.fullmatch(str(package.get("version", ""))):
        yield Finding("version", "the package has no version", 'Write one such as "1.0.0"', "/version")
    languages = package.get("languages")
    if not isinstance(languages, list) or not languages:
        yield Finding(
            "languages", "the package names no languages", 'Write "languages": ["en"]', "/languages"
        )
    for number, language in enumerate(languages if isinstance(languages, list) else []):
        if not _is_language(language):
            where = pointer("languages", number)
            yield Finding("languages", f'"{language}" is no language code', 'Write one such as "en"', where)
    form = package["form"]
    for key in _NOT_YET:
        if key in form:
            cause = f'"{key}" is not supported by this version'
            yield Finding("not-supported", cause, "Leave it out", pointer("form", key))
    if "retention" not in form:
        cause = "nothing says how long answers are kept, so they are kept for ever"
        yield Finding("no-retention", cause, 'Write "retention": "P1Y" under form', "/form", "warning")
    try:
        isodate.parse_duration(form.get("retention", "P1Y"))
    except (isodate.ISO8601Error, TypeError):
        cause = "retention is not an ISO 8601 duration"
        yield Finding("retention", cause, 'Write how long answers are kept, such as "P1Y"', "/form/retention")
    if not isinstance(form.get("minutes", 1), int):
        yield Finding("minutes", "minutes is not a whole number", "Write a number", "/form/minutes")


def _is_language(code: str) -> bool:
    try:
        Locale.parse(code, sep="-")
    except (ValueError, UnknownLocaleError):
        return False
    return True


def _pages(package: dict[str, Any], _: Descriptor) -> Iterator[Finding]:
    pages = package.get("form", {}).get("pages")
    if pages is None:
        return
    known = {raw["name"] for _, raw in asked_fields(package, 0)}
    seen: dict[str, str] = {}
    names: set[str] = set()
    for index, page in enumerate(pages):
        at = ("form", "pages", index)
        if page["name"] in RESERVED_PAGES:
            yield Finding(
                "reserved-name",
                f'"{page["name"]}" is a reserved page name',
                "Rename it",
                pointer(*at, "name"),
            )
        if not _SLUG.fullmatch(page["name"]):
            cause = f'"{page["name"]}" cannot stand in an address'
            yield Finding("page-name", cause, "Use a-z, 0-9 and -", pointer(*at, "name"))
        if page["name"] in names:
            yield Finding(
                "page-twice", f'the page "{page["name"]}" stands twice', "Rename one", pointer(*at, "name")
            )
        names.add(page["name"])
        for number, field in enumerate(page.get("fields", ())):
            where = pointer(*at, "fields", number)
            if field not in known:
                yield Finding(
                    "unknown-field", f'no field is called "{field}"', "Mend the name or add it", where
                )
            elif field in seen:
                yield Finding(
                    "field-on-two-pages", f'"{field}" is also on "{seen[field]}"', "Ask it once", where
                )
            seen[str(field)] = page["name"]
    for index, raw in asked_fields(package, 0):
        if raw["name"] not in seen:
            where = pointer(*_SCHEMA, "fields", index)
            yield Finding("field-on-no-page", f'"{raw["name"]}" is on no page', "Put it on a page", where)


def _choices(package: dict[str, Any], descriptor: Descriptor) -> Iterator[Finding]:
    for place in (0, *groups_of(package)):
        yield from _table_choices(package, descriptor, place)


def _table_choices(package: dict[str, Any], descriptor: Descriptor, place: int) -> Iterator[Finding]:
    for index, raw in asked_fields(package, place):
        at = ("resources", place, "schema", "fields", index)
        extra = raw.get("form", {})
        if "widget" in extra and extra["widget"] not in WIDGETS:
            cause = f'"{extra["widget"]}" is no widget'
            yield Finding(
                "widget", cause, f"Use one of {', '.join(sorted(WIDGETS))}", pointer(*at, "form", "widget")
            )
        if extra.get("confirm") and not _typed_on_one_line(raw):
            mend = 'Take "confirm" out'
            cause = "only an answer typed on one line can be asked twice"
            yield Finding("confirm", cause, mend, pointer(*at, "form", "confirm"))
        delimiter = raw.get("delimiter", ",")
        choices = extra.get("choices", [])
        if not isinstance(choices, list) or not all(
            isinstance(item, dict) and "value" in item for item in choices
        ):
            cause = "choices is a list of objects with a value"
            yield Finding("choices", cause, "Mend its shape", pointer(*at, "form", "choices"))
            continue
        if choices and raw.get("type") != "list":
            mend = "Use constraints.enum and categories"
            yield Finding("choices", "choices belong to a list", mend, pointer(*at, "form", "choices"))
        for number, item in enumerate(choices):
            if delimiter in str(item["value"]):
                cause = f'"{item["value"]}" contains the delimiter "{delimiter}"'
                yield Finding(
                    "choice-delimiter", cause, "Change one", pointer(*at, "form", "choices", number)
                )
        if not descriptor.bare:
            yield from _unlabelled(raw, at)


def _typed_on_one_line(raw: dict[str, Any]) -> bool:
    return read_field(raw, {}, {"resources": []}, {}, "en").widget in ON_ONE_LINE


def _unlabelled(raw: dict[str, Any], at: tuple[str | int, ...]) -> Iterator[Finding]:
    categories = raw.get("categories")
    listed = categories if isinstance(categories, list) else []
    labelled = {str(item.get("value")) for item in listed if isinstance(item, dict)}
    for number, value in enumerate(raw.get("constraints", {}).get("enum") or []):
        if raw.get("type") != "boolean" and str(value) not in labelled:
            cause, where = f'"{value}" has no label', pointer(*at, "constraints", "enum", number)
            yield Finding("enum-without-label", cause, "Add it to categories", where, "warning")


def _conditions(package: dict[str, Any], _: Descriptor) -> Iterator[Finding]:
    yield from check_show_when(package)
    asked = asked_of(package)
    for number, alert in enumerate(package.get("form", {}).get("alerts") or []):
        at = pointer("form", "alerts", number)
        if not isinstance(alert, dict) or not isinstance(alert.get("name"), str) or "when" not in alert:
            yield Finding("alert", "an alert has a name and a when", "Mend its shape", at)
        elif alert.get("level") not in ("urgent", "note"):
            yield Finding("alert", 'the level is "urgent" or "note"', "Write one", at + "/level")
        else:
            yield from check_condition(alert["when"], at + "/when", asked)


def _translations(package: dict[str, Any], descriptor: Descriptor) -> Iterator[Finding]:
    for language in (package.get("languages") or ["en"])[1:]:
        for at in missing_translations(descriptor.package, str(language)):
            cause = f"no text in {language}"
            yield Finding(
                "translation", cause, f"Add {at.rsplit('/', 1)[-1]}@{language} beside it", at, "warning"
            )
        for place, resource in enumerate(package["resources"]):
            rows = descriptor.rows.get(str(resource.get("name")), ())
            yield from _label_translations(resource, rows, str(language), pointer("resources", place))


def _label_translations(resource: dict[str, Any], rows: Rows, language: str, at: str) -> Iterator[Finding]:
    """Columns of words in the label of reference data, of which a row has none in that language."""
    extra, schema = resource.get("form"), resource.get("schema")
    label = extra.get("label") if isinstance(extra, dict) else None
    fields = schema.get("fields") if isinstance(schema, dict) else None
    kinds = {
        raw["name"]: raw.get("type", "string") for raw in fields or [] if isinstance(raw.get("name"), str)
    }
    for name in dict.fromkeys(PLACEHOLDER.findall(label) if isinstance(label, str) else ()):
        for number, row in enumerate(rows, 1) if kinds.get(name, "string") == "string" else ():
            words = any(character.isalpha() for character in row.get(name, ""))
            if words and not row.get(f"{name}@{language}"):
                cause = f'row {number} of "{resource["name"]}" has no "{name}" in {language}'
                yield Finding("translation", cause, f'Fill a column "{name}@{language}"', at, "warning")
                break


_CHECKS: tuple[Callable[[dict[str, Any], Descriptor], Iterator[Finding]], ...] = (
    _names,
    _package,
    _pages,
    check_groups,
    _choices,
    _conditions,
    check_outcomes,
    check_places,
    check_files,
    _translations,
)
