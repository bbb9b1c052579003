"""A field's condition as JSON for the small script that hides what does not apply yet."""

from __future__ import annotations

import json
from typing import Any

from forms_service.definition import All, Any_, Compare, Condition, Form

_ELSEWHERE = {"field": "", "operator": "exists", "answer": "true"}  # no input has this name


def condition_json(condition: Condition, form: Form, group: str | None = None) -> str:
    """The condition of a question of `group` (None: of the submission table), with its answers as inputs spell them.

    `true`, `2`, `email`; what another page decides is said to be so.
    """
    return json.dumps(_plain(condition, form, group), ensure_ascii=False, separators=(",", ":"))


def _plain(condition: Condition, form: Form, group: str | None) -> dict[str, Any]:
    if isinstance(condition, Compare):
        table, name = form.names.find(condition.field, group)
        answer = condition.answer
        text = str(answer).lower() if isinstance(answer, bool) else str(answer)
        own = {"field": name, "operator": condition.operator, "answer": text}
        return own if table == group else _ELSEWHERE
    if isinstance(condition, All | Any_):
        parts = [_plain(part, form, group) for part in condition.parts]
        return {"all" if isinstance(condition, All) else "any": parts}
    return _ELSEWHERE
