"""A field's condition as JSON for the small script that hides what does not apply yet."""

from __future__ import annotations

import json
from typing import Any

from forms_service.definition import All, Compare, Condition


def condition_json(condition: Condition) -> str:
    """The condition with its answers as the inputs spell them: `true`, `2`, `email`."""
    return json.dumps(_plain(condition), ensure_ascii=False, separators=(",", ":"))


def _plain(condition: Condition) -> dict[str, Any]:
    if isinstance(condition, Compare):
        answer = condition.answer
        text = str(answer).lower() if isinstance(answer, bool) else str(answer)
        return {"field": condition.field, "operator": condition.operator, "answer": text}
    return {"all" if isinstance(condition, All) else "any": [_plain(part) for part in condition.parts]}
