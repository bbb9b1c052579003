"""What a problem of a table is, in one English sentence for the person at the command line."""

from __future__ import annotations

from forms_service.answers import Problem, sentence
from forms_service.definition import Form

_TABLE = {
    "header": "the header must be: {bound}",
    "blank-row": "the row is blank",
    "missing-cell": "the row ends before this column",
    "extra-cell": "the row has more cells than the header",
    "primaryKey": "the primary key is empty or stands in an earlier row",
    "foreignKey": "the key stands nowhere in {bound}",
    "unique": "the value stands in an earlier row",
    "rule": "{bound}",
    "hidden": "the question does not apply, so it must be empty",
}


def table_sentence(problem: Problem, form: Form) -> str:
    """The sentence for a problem found by `TableJudge`."""
    if problem.constraint in _TABLE:
        return _TABLE[problem.constraint].format(bound=problem.bound)
    return sentence(problem, form.fields[problem.field])
