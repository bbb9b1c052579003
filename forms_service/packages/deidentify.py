"""An export without what names a family: columns left out, references replaced, months for moments.

De-identified is not anonymous: a rare combination of answers may still point to one family. So small groups are
counted and told, one column at a time; combinations of columns are not looked at.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from forms_service.definition import Field, Form, conditions
from forms_service.definition.conditions import Source

if TYPE_CHECKING:
    from forms_service.packages.export import Opened
    from forms_service.packages.exported import Table

SMALL = 5  # families: a figure below it may point to one of them
EXPLANATION = (
    "This export is de-identified. Left out: {fields}. "
    "`submission_id` is the number of the row in this export, and the reference that the family and the clinic "
    "know is left out, so that a row cannot be looked up. `submitted_at` tells the month only, because a day and "
    "an hour may be enough to recognise who wrote. Conditions and rules that look at a column left out cannot be "
    "checked any more and are left out, too. De-identified is not anonymous: keep it as safe as the whole export."
)
_OWN = {
    "submission_id": {"title": "Number of the row in this export"},
    "submitted_at": {"type": "yearmonth", "title": "Month in which it was sent (UTC)"},
}


def without_names(opened: Iterable[Opened], first: int) -> Iterator[Opened]:
    """The submissions numbered from `first` on, without a reference, with the month they were sent in."""
    for number, submission in enumerate(opened, first):
        yield replace(submission, id=number, reference="", submitted_at=submission.submitted_at[:7])


@dataclass(frozen=True)
class Names:
    """The fields of a form that may tell who a family is: those the author marked, and every file."""

    form: Form

    @cached_property
    def fields(self) -> tuple[Source, ...]:
        """Each with the group that asks it (None: the submission table)."""
        asked = [
            (None, self.form.fields),
            *((group.resource, group.fields) for group in self.form.groups.values()),
        ]
        return tuple(
            (group, name)
            for group, fields in asked
            for name, field in fields.items()
            if field.identifying or field.widget == "file"
        )

    @cached_property
    def groups(self) -> frozenset[str]:
        """The groups that ask nothing else."""
        return frozenset(
            name
            for name, group in self.form.groups.items()
            if all((name, field) in self.fields for field in group.fields)
        )

    def taken_out(self, resource: Mapping[str, Any], group: str | None) -> dict[str, Any]:
        """An exported table without these fields and without the rules that look at them."""
        made = copy.deepcopy(dict(resource))
        schema, own = made["schema"], made["form"]["own"]
        lost = own[1] if group is None else None  # the reference, by which the clinic could look a row up
        unconditional = self._pages(made["form"])
        kept = [
            raw for raw in schema["fields"] if (group, raw["name"]) not in self.fields and raw["name"] != lost
        ]
        for raw in kept:
            plain = raw["name"].removeprefix("kb_")
            if raw["name"] in own:
                raw |= _OWN.get(plain, {})
            elif self._drop(raw.get("form", {}), group) or raw["name"] in unconditional:
                raw.get("form", {}).pop("required", None)
        schema["fields"] = kept
        schema["foreignKeys"] = [
            key for key in schema.get("foreignKeys", []) if not self._among(key["fields"], group)
        ]
        form = {**self._form(made["form"], group), "own": [name for name in own if name != lost]}
        return {**made, "form": form, "deidentified": True}

    def _pages(self, form: dict[str, Any]) -> set[str]:
        """The fields of pages that have no condition any more."""
        loose = [page for page in form.get("pages", []) if self._drop(page, None)]
        for page in loose:
            page.pop("min", None)
        return {name for page in loose for name in page.get("fields", [])}

    def _form(self, form: dict[str, Any], group: str | None) -> dict[str, Any]:
        """The rules that can still be checked."""
        found = dict(form)
        for page in found.get("pages", []):
            if self._told_by(page.get("itemTitle", ""), page.get("repeat")):
                del page["itemTitle"]
            if "fields" in page:
                page["fields"] = [name for name in page["fields"] if (None, name) not in self.fields]
        found["pages"] = [
            page
            for page in found.get("pages", [])
            if (page["repeat"] not in self.groups if "repeat" in page else page["fields"])
        ]
        for name in ("alerts", "rules", "exits"):
            found[name] = [
                item
                for item in found.get(name, [])
                if not self._looks(item["when"], None) and (None, item.get("field")) not in self.fields
            ]
        found["scores"] = [
            score for score in found.get("scores", []) if not self._among(score["fields"], None)
        ]
        found["unique"] = [key for key in found.get("unique", []) if not self._among(key, group)]
        return {name: value for name, value in found.items() if value}

    def _drop(self, node: dict[str, Any], group: str | None) -> bool:
        """Whether `node` had a condition that looks at what is taken out; it has none any more."""
        found = "showWhen" in node and self._looks(node["showWhen"], group)
        if found:
            del node["showWhen"]
        return found

    def _looks(self, node: Any, group: str | None) -> bool:
        for leaf, at in conditions.leaves_of(conditions.parse(node), group):
            if isinstance(leaf, conditions.Compare):
                if self.form.names.find(leaf.field, at) in self.fields:
                    return True
            elif leaf.group in self.groups:
                return True
        return False

    def _told_by(self, template: str, group: str | None) -> bool:
        return any(at == group and "{" + name + "}" in template for at, name in self.fields)

    def _among(self, names: str | list[str], group: str | None) -> bool:
        listed = [names] if isinstance(names, str) else names
        return any((group, name) in self.fields for name in listed)


@dataclass(frozen=True)
class SmallGroups:
    """Counts, as rows pass, how many families gave each offered answer; memory grows with the choices only."""

    counted: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)

    def count(self, table: Table, submission: Opened) -> None:
        """Count one submission's answers; one that several items give counts once."""
        self._add(table.name, "language", submission.language)
        self._add(table.name, "submitted_at", submission.submitted_at)
        form = table.ready.form
        self._count(table.name, form.fields, submission.rows[form.resource])
        for group in form.groups.values():
            self._count(group.resource, group.fields, submission.rows.get(group.resource, ()))

    def _count(
        self, table: str, fields: Mapping[str, Field], rows: Iterable[Mapping[str, str | None]]
    ) -> None:
        for name, question in fields.items():
            if not question.identifying and question.widget != "file":
                given = {value for row in rows for value in _offered(question, row.get(name))}
                for value in given:
                    self._add(table, name, value)

    def few(self) -> Iterator[tuple[str, dict[str, int]]]:
        """Each column with answers that fewer than five families gave, and how many gave each."""
        for (table, column), counter in self.counted.items():
            found = {value: number for value, number in sorted(counter.items()) if number < SMALL}
            if found:
                yield f"{table}.{column}", found

    def warnings(self) -> Iterator[str]:
        """One line for each of those columns."""
        for column, found in self.few():
            told = ", ".join(f"{value} ({number})" for value, number in found.items())
            yield f"fewer than {SMALL} families in {column}: {told}"

    def _add(self, table: str, column: str, value: str) -> None:
        self.counted.setdefault((table, column), Counter())[value] += 1


def _offered(question: Field, cell: str | None) -> list[str]:
    """The offered answers in a cell; a text that somebody wrote is none."""
    if not cell:
        return []
    codes = {choice.value for choice in (*question.choices, *question.missing_choices)}
    values = cell.split(question.delimiter) if question.many else [cell]
    return values if question.type == "boolean" else [value for value in values if value in codes]
