"""Checks of one condition: its shape, and that it looks only at what was asked before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from forms_service.definition import conditions
from forms_service.definition.findings import Finding


def check_condition(node: Any, at: str, position: Mapping[str, int], latest: int) -> Iterator[Finding]:
    """Faults of the condition at `at`; `position` gives each field's page, `latest` the last page it may look at."""
    try:
        condition = conditions.parse(node)
    except ValueError as error:
        yield Finding("condition", str(error), "Mend the condition", at)
        return
    compares = list(conditions.comparisons_of(condition))
    for compare in compares:
        if compare.field not in position:
            cause = f'the condition names "{compare.field}", which is no field'
            yield Finding("condition-field", cause, "Mend the name", at)
        elif position[compare.field] > latest:
            cause = f'the condition looks at "{compare.field}", which is asked later'
            yield Finding("condition-later", cause, "Ask it on an earlier page", at)
    existing = {compare.field for compare in compares if compare.operator == "exists"}
    for compare in compares:
        if compare.operator == "!=" and compare.field not in existing:
            cause = f'"!=" holds while "{compare.field}" is unanswered'
            yield Finding(
                "condition-not-equal", cause, 'Add {"operator": "exists"} if that is not meant', at, "warning"
            )
