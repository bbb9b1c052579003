"""The one judge: a cell is accepted when frictionless' own field reader and the strict rules accept it.

Readers are built once per form and version and kept: that is what makes judging cheap (see facts on caching).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from frictionless import Schema

from forms_service.answers.inputs import INCOMPLETE, UNEQUAL
from forms_service.answers.keys import ForeignKey, foreign_keys
from forms_service.answers.schemas import judged_schema
from forms_service.answers.strict import broken_after, broken_before, longest_cell
from forms_service.definition import Field, Form, Group

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

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing in the cell, or only a code for no answer."""
        return self.value is None and all(problem.constraint == "required" for problem in self.problems)


class Judge:
    """Reads and judges the cells of a form's submission table, or of one of its groups."""

    def __init__(self, form: Form, group: Group | None = None) -> None:
        """Build every reader. Raises frictionless.FrictionlessException when the schema does not load."""
        self.form = form
        self.group = None if group is None else group.resource
        self.fields = form.fields if group is None else group.fields
        self.schema: Mapping[str, Any] = (
            form.package["resources"][0]["schema"] if group is None else group.schema
        )
        self._schema = judged_schema(self.schema)
        self._readers: dict[str, _Reader] = {
            field.name: field.create_cell_reader() for field in self._schema.fields
        }
        self.foreign_keys = foreign_keys(form, group)
        self._referred: dict[str, list[ForeignKey]] = {}
        for key in self.foreign_keys:
            if len(key.fields) == 1 and key.values is not None:
                self._referred.setdefault(key.fields[0], []).append(key)

    def read(self, name: str, cell: str | None) -> Reading:
        """Judge one normalised cell (None: no answer). Raises KeyError for an unknown field."""
        field = self.fields[name]
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
        if value is not None and not self._offered(field, cell or "", value):
            return Reading(cell, None, (Problem(name, "choice"),))
        return Reading(cell, value)

    def row(self, cells: Mapping[str, str | None], shown: Iterable[str] | None = None) -> dict[str, Reading]:
        """Judge a row: the fields in `shown`, or all of them. Fields without a cell are read as no answer."""
        return {name: self.read(name, cells.get(name)) for name in (self.fields if shown is None else shown)}

    def value_of(self, name: str, text: Any) -> Any:
        """The typed value of a text, or of a bound in JSON, for comparison with an answer; for a list, of one item.

        Raises ValueError when the field cannot read it.
        """
        reader, field = self._value_readers[name], self.fields[name]
        if field.type == "list":
            item = {"name": name, "type": field.item_type}
            reader = Schema.from_descriptor({"fields": [item]}).get_field(name).create_value_reader()
        value = reader(text)
        if value is None:
            raise ValueError(f'"{name}" cannot read "{text}"')
        return value

    def key_value(self, name: str, cell: str | None) -> Any:
        """The value a key sees: what frictionless reads, in a refused cell too; None when there is none."""
        field = self.fields[name]
        if cell is None or cell in field.missing_values or len(cell) > longest_cell(field):
            return None
        try:
            value = self._value_readers[name](cell)
            hash(value)
        except Exception:  # a reader raises on it, or nothing equals it
            return None
        return value

    @cached_property
    def _value_readers(self) -> dict[str, Callable[[Any], Any]]:
        return {field.name: field.create_value_reader() for field in self._schema.fields}

    def _refusal(self, field: Field, cell: str) -> Problem | None:
        """A length or a strict rule: they end judgement, so a pattern never runs on a long text."""
        if field.confirm and cell.startswith(UNEQUAL):
            return Problem(field.name, "confirm")
        longest = field.constraints.get("maxLength")
        if field.type == "string" and isinstance(longest, int) and len(cell) > longest:
            return Problem(field.name, "maxLength", longest)
        if field.widget == "date" and cell.startswith(INCOMPLETE):
            return Problem(field.name, "incomplete")
        rule = broken_before(cell, field)
        return Problem(field.name, rule) if rule else None

    def _offered(self, field: Field, cell: str, value: Any) -> bool:
        """Whether every value was offered; `enum` is frictionless' own matter, and keys compare typed as its do."""
        if not all(key.allows((value,)) for key in self._referred.get(field.name, ())):
            return False
        if not field.choices or field.reference or "enum" in field.constraints:
            return True
        offered = {choice.value for choice in field.choices}
        if field.many:
            return all(item in offered for item in cell.split(field.delimiter))
        return cell in offered or value in self._categories(field)

    def _categories(self, field: Field) -> list[Any]:
        """The typed values of a field's categories, as an enum would be compared."""
        return [self.key_value(field.name, choice.value) for choice in field.choices]


def judges_of(form: Form) -> dict[str | None, Judge]:
    """The judge of each table: of the submission (None) and of every group. Raises FrictionlessException."""
    return {None: Judge(form), **{name: Judge(form, group) for name, group in form.groups.items()}}
