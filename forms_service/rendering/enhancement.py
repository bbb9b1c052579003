"""A field's condition as JSON for the small script that hides what does not apply yet."""

from __future__ import annotations

import json
from typing import Any

from forms_service.definition import All, Any_, Compare, Condition, Field, Form
from forms_service.definition.conditions import ORDER_OPERATORS

_ELSEWHERE = {"field": "", "operator": "exists", "answer": "true"}  # no input has this name
_NUMERIC = frozenset({"integer", "number", "year"})
_ISO = frozenset({"default", "%Y-%m-%d"})


def condition_json(condition: Condition, form: Form, group: str | None = None) -> str:
    """The condition of a question of `group` (None: of the submission table), with its answers as inputs spell them.

    `true`, `2`, `email`; what another page decides is said to be so, and so is what the script cannot judge as the
    server does: then it hides nothing.
    """
    return json.dumps(_plain(condition, form, group), ensure_ascii=False, separators=(",", ":"))


def _plain(condition: Condition, form: Form, group: str | None) -> dict[str, Any]:
    if isinstance(condition, Compare):
        table, name = form.names.find(condition.field, group)
        if table != group:
            return _ELSEWHERE
        answer = condition.answer
        text = str(answer).lower() if isinstance(answer, bool) else str(answer)
        fields = form.fields if table is None else form.groups[table].fields
        unsure = {} if _compares_as_text(fields[name], condition.operator, text) else {"unsure": True}
        return {"field": name, "operator": condition.operator, "answer": text, **unsure}
    if isinstance(condition, All | Any_):
        parts = [_plain(part, form, group) for part in condition.parts]
        return {"all" if isinstance(condition, All) else "any": parts}
    return _ELSEWHERE


def _compares_as_text(field: Field, operator: str, answer: str) -> bool:
    """Whether what is typed compares in the browser as its value does here, whatever the field's own format."""
    if operator == "exists" or field.type == "boolean":
        return True
    if field.type in _NUMERIC:
        return not field.group_char  # the script takes plain digits for a number, and nothing else
    if operator in ORDER_OPERATORS or field.type in ("date", "yearmonth"):
        return field.type in ("date", "yearmonth") and field.format in _ISO
    if field.choices:
        return answer in {choice.value for choice in field.choices}
    return field.type == "string"
