"""An export as FHIR: a Questionnaire for each table, a QuestionnaireResponse for each submission (R5 or R4B).

Written as newline-delimited JSON, or as one Bundle (type `collection`), a resource at a time.

| here | in FHIR |
| --- | --- |
| form and version | Questionnaire, `url` and `version`; responses name them as `url|version` |
| reference | QuestionnaireResponse.id (in a de-identified export the number of the row) |
| moment of sending, language | `authored` (the month when de-identified), `language` |
| page | a group item, linkId `page:<name>` |
| page that repeats a group | a group item that repeats, one in the response for each item of the family |
| field | an item, linkId = its name (in a group `<group>.<name>`); the title is its text |
| boolean | valueBoolean |
| integer | valueInteger; beyond 32 bits valueDecimal |
| number | valueDecimal, its digits kept |
| date, year, yearmonth | valueDate (FHIR dates may be a year or a month) |
| time | valueTime |
| string format uri | valueUri |
| enum, choices, a key of reference data | valueCoding (system = `url#field`), `answerOption` in the Questionnaire |
| list | the item repeats, an answer for each |
| file | valueAttachment; its url is the path in the zip |
| all else | valueString; a datetime too, for FHIR wants a time zone and an answer may have none |
| a code for no answer ("don't know") | no answer; the item has the extensions data-absent-reason (`unknown`) and
  `url#missing` with the code as given |
| no answer, hidden | no item |
| a refused cell | valueString |

R4B differs in the item type `choice` (R5: `coding`) only. Conditions are not translated: an item is `required` only
where the form always asks it. Characters that FHIR forbids in a string become U+FFFD.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from functools import cached_property
from mimetypes import guess_type
from typing import IO, Any, Literal
from urllib.parse import quote

from forms_service.answers import Reading
from forms_service.definition import Field, Page
from forms_service.packages.export import Export, Opened
from forms_service.packages.exported import Table

Release = Literal["R5", "R4B"]
ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
_INTEGERS = range(-(2**31), 2**31)
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_DECIMAL = re.compile(
    r'"valueDecimal":"\\u0000(-?[0-9.]+)"'
)  # json writes no Decimal: a mark that no text holds
_YEAR = re.compile(r"(?!0000)\d{4}(-(0[1-9]|1[0-2]))?")
_TYPES = {"boolean": "boolean", "integer": "integer", "number": "decimal", "time": "time"}
_DAYS = frozenset({"date", "year", "yearmonth"})


@dataclass(frozen=True)
class Questionnaire:
    """The names one table's resources share."""

    export: Export
    table: Table
    url: str
    version: str
    release: Release

    @cached_property
    def fields(self) -> dict[str, dict[str, Field]]:
        """The fields of each page that leave, by linkId."""
        return {page.name: self._fields_of(page) for page in self.table.ready.form.pages}

    def _fields_of(self, page: Page) -> dict[str, Field]:
        form, group = self.table.ready.form, page.repeat
        if group:
            fields = form.groups[group].fields
            return {f"{group}.{name}": fields[name] for name in self.export.fields_of(self.table, group)}
        leave = self.export.fields_of(self.table)
        return {name: form.fields[name] for name in page.fields if name in leave}


def write_fhir(
    out: IO[bytes], export: Export, address: str, release: Release = "R5", bundle: bool = False
) -> None:
    """Write the resources to `out`; `address` is the form's own, the canonical url of its Questionnaire."""
    resources = _resources(export, address, release)
    if not bundle:
        for resource in resources:
            out.write(_json(resource) + b"\n")
        return
    out.write(b'{"resourceType":"Bundle","type":"collection","entry":[\n')
    for number, resource in enumerate(resources):
        out.write((b",\n" if number else b"") + _json({"resource": resource}))
    out.write(b"\n]}\n")


def _resources(export: Export, address: str, release: Release) -> Iterator[dict[str, Any]]:
    asked = [
        Questionnaire(
            export,
            table,
            address,
            str(export.versions[table.descriptors[-1]].package.get("version") or "0"),
            release,
        )
        for table in export.tables
    ]
    yield from (_questionnaire(questionnaire) for questionnaire in asked)
    for questionnaire in asked:
        for submission in export.judged(questionnaire.table):
            yield _response(questionnaire, submission)


def _questionnaire(asked: Questionnaire) -> dict[str, Any]:
    form = asked.table.ready.form
    return _filled(
        {
            "resourceType": "Questionnaire",
            "id": _id(f"{form.name}-{asked.version}"),
            "language": form.language,
            "url": asked.url,
            "version": asked.version,
            "name": "".join(part.capitalize() for part in re.findall("[A-Za-z0-9]+", form.name)) or "Form",
            "title": _text(form.title),
            "status": "active",
            "description": _text(form.description),
            "item": list(_pages(asked)),
        }
    )


def _pages(asked: Questionnaire) -> Iterator[dict[str, Any]]:
    for page in asked.table.ready.form.pages:
        fields = asked.fields[page.name]
        if fields:
            always = page.show_when is None
            yield _filled(
                {
                    "linkId": f"page:{page.name}",
                    "text": _text(page.title),
                    "type": "group",
                    "repeats": True if page.repeat else None,
                    "item": [_asked(asked, field, link, always) for link, field in fields.items()],
                }
            )


def _asked(asked: Questionnaire, field: Field, link: str, always: bool) -> dict[str, Any]:
    longest = field.constraints.get("maxLength")
    text = _type(field) in ("string", "text")
    options = [{"valueCoding": _coding(asked, link, field, choice.value)} for choice in field.choices]
    return _filled(
        {
            "linkId": link,
            "text": _text(field.title),
            "type": "choice" if _type(field) == "coding" and asked.release == "R4B" else _type(field),
            "required": True if field.required and always and field.show_when is None else None,
            "repeats": True if field.type == "list" else None,
            "maxLength": longest if text and field.type == "string" else None,
            "answerOption": options,
        }
    )


def _type(field: Field) -> str:
    """The item type (R5) of a field."""
    if field.choices:
        return "coding"
    if field.widget == "file":
        return "attachment"
    kind = field.item_type if field.type == "list" else field.type
    if kind in _DAYS:
        return "date"
    if kind == "string" and field.format == "uri":
        return "url"
    return _TYPES.get(kind) or ("text" if field.widget == "textarea" else "string")


def _response(asked: Questionnaire, submission: Opened) -> dict[str, Any]:
    ready = asked.table.ready
    (row,) = submission.rows[ready.form.resource]
    paths = {name: submission.path(cell) for name in asked.table.files if (cell := row.get(name))}
    readings, items = ready.judge.row({**row, **paths}), ready.items(submission.rows)
    groups = []
    for page in ready.form.pages:
        for answers in items[page.repeat].values() if page.repeat else (readings,):
            answered = list(_answered_page(asked, page, answers))
            group = {"linkId": f"page:{page.name}", "text": _text(page.title), "item": answered}
            groups += [_filled(group)] if answered else []
    return _filled(
        {
            "resourceType": "QuestionnaireResponse",
            "id": _id(submission.reference or str(submission.id)),
            "language": submission.language,
            "questionnaire": f"{asked.url}|{submission.version or asked.version}",
            "status": "completed",
            "authored": submission.submitted_at,
            "item": groups,
        }
    )


def _answered_page(
    asked: Questionnaire, page: Page, readings: Mapping[str, Reading]
) -> Iterator[dict[str, Any]]:
    for link, field in asked.fields[page.name].items():
        item = _answered(asked, link, field, readings[field.name])
        if item is not None:
            yield item


def _answered(asked: Questionnaire, link: str, field: Field, reading: Reading) -> dict[str, Any] | None:
    """The item of an answered question, or None."""
    cell = reading.cell
    if not cell or cell == field.blank:
        return None
    item: dict[str, Any] = {"linkId": link, "text": _text(field.title)}
    if cell in field.missing_values:
        code = {"url": f"{asked.url}#missing", "valueCoding": _coding(asked, link, field, cell)}
        item["extension"] = [{"url": ABSENT, "valueCode": "unknown"}, code]
    else:
        item["answer"] = [answer for answer in _answers(asked, link, field, cell, reading.value) if answer]
    return _filled(item)


def _answers(
    asked: Questionnaire, link: str, field: Field, cell: str, value: Any
) -> Iterable[dict[str, Any]]:
    if field.widget == "file":
        return [{"valueAttachment": _filled({"contentType": guess_type(cell)[0], "url": cell})}]
    if value is None:
        return [_string(cell)]
    if field.choices:
        cells = cell.split(field.delimiter) if field.many else [cell]
        return [{"valueCoding": _coding(asked, link, field, code)} for code in cells]
    if field.type == "list":
        return [_answer(_type(field), item, str(item)) for item in value]
    return [_answer(_type(field), value, cell)]


def _answer(kind: str, value: Any, text: str) -> dict[str, Any]:
    """value[x] of one answer; as a string where FHIR has no such value."""
    if isinstance(value, bool):
        return {"valueBoolean": value}
    if kind == "integer" and value in _INTEGERS:
        return {"valueInteger": value}
    if kind in ("integer", "decimal") and isinstance(value, int | float | Decimal):
        return {"valueDecimal": f"\0{Decimal(repr(value) if isinstance(value, float) else value):f}"}
    if kind == "date" and isinstance(value, date):
        return {"valueDate": value.isoformat()}
    if kind == "date" and _YEAR.fullmatch(text):
        return {"valueDate": text}
    if kind == "time" and isinstance(value, time) and value.tzinfo is None:
        return {"valueTime": value.isoformat()}
    if kind == "url" and not re.search(r"\s", text):
        return {"valueUri": text}
    return _string(text)


def _string(text: str) -> dict[str, Any]:
    plain = _text(text)
    return {"valueString": plain} if plain else {}


def _coding(asked: Questionnaire, link: str, field: Field, code: str) -> dict[str, Any]:
    plain = " ".join((_text(code) or "").split())  # a FHIR code has single spaces, inside only
    return _filled(
        {
            "system": f"{asked.url}#{quote(link)}",
            "code": plain or None,
            "display": _text(field.label_of(code)),
        }
    )


def _text(text: str) -> str | None:
    """`text` as a FHIR string may be; None when it says nothing."""
    return _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text) if text.strip() else None


def _id(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9.-]", "-", text)[:64]


def _filled(resource: dict[str, Any]) -> dict[str, Any]:
    """Without what is empty: FHIR knows no null and no empty list."""
    return {name: value for name, value in resource.items() if value not in (None, [], "")}


def _json(resource: dict[str, Any]) -> bytes:
    text = json.dumps(resource, ensure_ascii=False, separators=(",", ":"))
    return _DECIMAL.sub(r'"valueDecimal":\1', text).encode()
