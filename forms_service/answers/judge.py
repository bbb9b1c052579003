"""The one judge: a cell is accepted when frictionless' own field reader and the strict rules accept it.

Readers are built once per form and version and kept: that is what makes judging cheap (see facts on caching).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from frictionless import Package, Schema

from forms_service.answers.inputs import INCOMPLETE
from forms_service.answers.strict import broken_after, broken_before
from forms_service.definition import Field, Form

JUDGED = (
    *("name", "type", "format", "constraints", "missingValues", "trueValues", "falseValues"),
    *("decimalChar", "groupChar", "bareNumber", "floatNumber", "itemType", "delimiter", "arrayItem"),
)
_Reader = Callable[[Any], tuple[Any, dict[str, str] | None]]


@dataclass(frozen=True)
class Problem:
    """Why a cell is refused: the Table Schema constraint (`type` included) or strict rule, and its bound."""

    field: str
    constraint: str
    bound: Any = None


@dataclass(frozen=True)
class Reading:
    """A cell as judged: its text, its value (None when missing or refused), and the problems found."""

    cell: str | None
    value: Any
    problems: tuple[Problem, ...] = ()


class Judge:
    """Reads and judges the cells of one form."""

    def __init__(self, form: Form) -> None:
        """Build every reader. Raises frictionless.FrictionlessException when the schema does not load."""
        self.form = form
        self._schema = judged_schema(form.package["resources"][0]["schema"])
        self._readers: dict[str, _Reader] = {
            field.name: field.create_cell_reader() for field in self._schema.fields
        }
        self._referred = {
            name: self._values_of(field) for name, field in form.fields.items() if field.reference
        }

    def read(self, name: str, cell: str | None) -> Reading:
        """Judge one normalised cell (None: no answer). Raises KeyError for an unknown field."""
        field = self.form.fields[name]
        if cell is not None and cell not in field.missing_values:
            rule = self._refusal(field, cell)
            if rule:
                return Reading(cell, None, (rule,))
        try:
            value, notes = self._readers[name](cell)
            rule_after = broken_after(value)
        except Exception:  # a reader that raises refuses: see facts, "Readers can raise"
            return Reading(cell, None, (Problem(name, "unjudgeable"),))
        if notes:
            found = tuple(Problem(name, note, field.constraints.get(note)) for note in notes)
            return Reading(cell, None, found)
        if rule_after:
            return Reading(cell, None, (Problem(name, rule_after),))
        if value is not None and field.choices and not self._offered(field, cell or "", value):
            return Reading(cell, None, (Problem(name, "choice"),))
        return Reading(cell, value)

    def row(self, cells: Mapping[str, str | None], shown: Iterable[str] | None = None) -> dict[str, Reading]:
        """Judge a row: the fields in `shown`, or all of them. Fields without a cell are read as no answer."""
        return {
            name: self.read(name, cells.get(name)) for name in (self.form.fields if shown is None else shown)
        }

    def value_of(self, name: str, text: str) -> Any:
        """The typed value of `text` for comparison with an answer; for a list, of one item.

        Raises ValueError when the field cannot read it.
        """
        field: Any = self._schema.get_field(name)
        if field.type == "list":
            item = {"name": name, "type": field.item_type}
            field = Schema.from_descriptor({"fields": [item]}).get_field(name)
        value = field.create_value_reader()(text)
        if value is None:
            raise ValueError(f'"{name}" cannot read "{text}"')
        return value

    def _refusal(self, field: Field, cell: str) -> Problem | None:
        """A strict rule, or a length: lengths end judgement, so a pattern never runs on a long text."""
        if cell.startswith(INCOMPLETE):
            return Problem(field.name, "incomplete")
        rule = broken_before(cell, field)
        if rule:
            return Problem(field.name, rule)
        longest = field.constraints.get("maxLength")
        if field.type == "string" and isinstance(longest, int) and len(cell) > longest:
            return Problem(field.name, "maxLength", longest)
        return None

    def _offered(self, field: Field, cell: str, value: Any) -> bool:
        """Whether every value was offered; `enum` is frictionless' own matter, and keys compare typed as its do."""
        if "enum" in field.constraints:
            return True
        if field.reference:
            return value in self._referred[field.name]
        offered = {choice.value for choice in field.choices}
        return all(item in offered for item in (cell.split(field.delimiter) if field.many else [cell]))

    def _values_of(self, field: Field) -> list[Any]:
        readings = (self._readers[field.name](choice.value) for choice in field.choices)
        return [value for value, notes in readings if value is not None and not notes]


def judged_schema(schema: Mapping[str, Any]) -> Schema:
    """The schema with only what touches the judgement, loaded by frictionless under the v2 profile.

    Licences, examples, titles and keys never reach frictionless, so a fault there cannot stop a form.
    """
    fields = [{key: field[key] for key in JUDGED if key in field} for field in schema["fields"]]
    plain: dict[str, Any] = {"fields": fields}
    if "missingValues" in schema:
        plain["missingValues"] = schema["missingValues"]
    resource = {"name": "rows", "path": "rows.csv", "schema": plain}
    package = Package.from_descriptor(
        {
            "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
            "name": "p",
            "resources": [resource],
        }
    )
    return package.resources[0].schema
