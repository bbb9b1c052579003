"""A whole form on one page, as staff fill it in from paper or correct it: its inputs, and what they come to."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any

from flask_babel import gettext as _

from forms_service.answers import ReadyForm, input_names, inputs_of, items_sentence, sentence
from forms_service.answers.files import KeptFile, kept_input
from forms_service.answers.journey import Journey, PageInputs, item_key
from forms_service.answers.judge import Problem
from forms_service.definition import Field, Page
from forms_service.rendering.questions import PageForm, show_bound

SPARE = 3  # empty items at the end of a group's list
Rows = Mapping[str, Sequence[Mapping[str, str | None]]]


@dataclass(frozen=True)
class Change:
    """One cell that was changed; `item` counts from 1 in a group, None for the submission's own row."""

    resource: str
    item: int | None
    field: str
    was: str | None
    now: str | None


@dataclass(frozen=True)
class Sheet:
    """What is typed, by input: an item's inputs are named `<page>/<number>/<field>`.

    `locked` are fields that are not asked: when correcting the group, which is moved elsewhere. Files are asked only
    where the sheet `takes_files`; what is `kept` of them stands by page.
    """

    ready: ReadyForm
    typed: Mapping[str, list[str]]
    items: Mapping[str, int]
    locked: frozenset[str] = frozenset()
    takes_files: bool = False
    kept: Mapping[str, PageInputs] = dataclasses.field(default_factory=dict)

    @cached_property
    def journey(self) -> Journey:
        """The same answers as a family's journey, judged by the same rules."""
        typed: dict[str, PageInputs | None] = {}
        for page in self.ready.form.pages:
            asked = (self.ready.form.fields[name] for name in page.fields if self._is_asked(name))
            typed[page.name] = {**self._inputs(asked, ""), **self.kept.get(page.name, {})}
            for number in self._numbers(page):
                fields = self.ready.form.groups[page.repeat].fields.values()
                inputs = self._inputs(fields, f"{item_key(page, number)}/")
                if any(text.strip() for values in inputs.values() for text in values):
                    typed[item_key(page, number)] = inputs
        return Journey(self.ready, typed)

    @cached_property
    def problems(self) -> dict[str, str]:
        """What to mend, by the name of the question on the sheet."""
        found: dict[str, str] = {}
        journey, form = self.journey, self.ready.form
        for name in form.fields:
            reading = journey.readings.get(name)
            if reading and reading.problems and name in journey.shown:
                found[name] = sentence(reading.problems[0], form.fields[name], _, show_bound)
        for rule in journey.broken:
            if rule.level == "error":
                found.setdefault(rule.field, rule.message)
        for page in form.pages:
            if page.repeat and page in journey.pages:
                found |= self._item_problems(page)
        return found

    @property
    def general(self) -> str:
        """What is wrong with the whole: nothing was answered, or the answers end the form."""
        if self.journey.exit is not None:
            return str(_("These answers end the form: “%(title)s”.", title=self.journey.exit.title))
        return str(_("Answer at least one question")) if self.journey.is_blank else ""

    def form(self, judged: bool) -> PageForm:
        """The questions to show, with what to mend when `judged`."""
        fields = [field for page in self.ready.form.pages for field in self.asked(page)]
        shown = PageForm(fields, self.ready.judge, dict(self.typed))
        if judged:
            shown.tell(self.problems, instead=True)
        return shown

    def asked(self, page: Page) -> Iterator[Field]:
        """The questions of a page, of every item on it too, under the names they have on the sheet."""
        files = {field.name for field in self.file_fields(page)}
        for name in page.fields:
            if self._is_asked(name) or name in files:
                yield replace(self.ready.form.fields[name], show_when=None, confirm=False)
        for number in self._numbers(page):
            for field in self.ready.form.groups[page.repeat].fields.values():
                name = f"{item_key(page, number)}/{field.name}"
                yield replace(field, name=name, show_when=None, confirm=False)

    def file_fields(self, page: Page) -> Iterator[Field]:
        """The fields of a page that take a file here."""
        fields = (self.ready.form.fields[name] for name in page.fields)
        return (field for field in fields if self.takes_files and field.widget == "file")

    def _is_asked(self, name: str) -> bool:
        """Whether the sheet asks it; what is posted under the name of another question counts for nothing."""
        return name not in self.locked and self.ready.form.fields[name].widget != "file"

    def _numbers(self, page: Page) -> range:
        return range(1, self.items.get(page.repeat, SPARE) + 1) if page.repeat else range(0)

    def _inputs(self, fields: Any, prefix: str) -> dict[str, list[str]]:
        names = {name for field in fields for name in (*input_names(field), field.name)}
        return {name: self.typed[prefix + name] for name in names if prefix + name in self.typed}

    def _item_problems(self, page: Page) -> dict[str, str]:
        found: dict[str, str] = {}
        journey, fields = self.journey, self.ready.form.groups[page.repeat].fields
        first = next(iter(fields))
        for number, readings in journey.items[page.repeat].items():
            for name in journey.shown_in_item(page, number):
                if readings[name].problems:
                    told = sentence(readings[name].problems[0], fields[name], _, show_bound)
                    found[f"{item_key(page, number)}/{name}"] = told
        wrong: Problem | None = journey.miscounted(page)
        if wrong is not None:
            found.setdefault(f"{item_key(page, 1)}/{first}", items_sentence(wrong, page.title, _))
        return found


def blank(ready: ReadyForm, items: int = SPARE) -> Sheet:
    """An empty sheet with room for `items` items in each group."""
    return Sheet(ready, {}, dict.fromkeys(ready.form.groups, items), takes_files=True)


def of_rows(ready: ReadyForm, rows: Rows, files: Mapping[str, KeptFile], locked: frozenset[str]) -> Sheet:
    """A sheet with the answers of a submission."""
    (row,) = rows[ready.form.resource]
    typed: dict[str, list[str]] = {}
    for name, field in ready.form.fields.items():
        typed |= inputs_of(field, row.get(name))
    for page in ready.form.pages:
        for number, item in enumerate(rows.get(page.repeat, ()), 1):
            for name, field in ready.form.groups[page.repeat].fields.items():
                prefix = f"{item_key(page, number)}/"
                typed |= {
                    prefix + given: values for given, values in inputs_of(field, item.get(name)).items()
                }
    items = {group: len(rows.get(group, ())) + SPARE for group in ready.form.groups}
    return Sheet(ready, typed, items, locked, kept=_kept(ready, row, files, locked))


def posted(before: Sheet, typed: Mapping[str, list[str]]) -> Sheet:
    """The same sheet with what was typed into it."""
    return replace(before, typed=typed)


def changes(before: Rows, after: Rows, main: str) -> list[Change]:
    """Every cell that differs; `main` is the resource of the submission's own row."""
    found = []
    for resource in dict.fromkeys([main, *before, *after]):
        old, new = before.get(resource, ()), after.get(resource, ())
        for place in range(max(len(old), len(new))):
            was = old[place] if place < len(old) else {}
            now = new[place] if place < len(new) else {}
            for name in dict.fromkeys([*was, *now]):
                if (was.get(name) or None) != (now.get(name) or None):
                    item = None if resource == main else place + 1
                    found.append(Change(resource, item, name, was.get(name), now.get(name)))
    return found


def _kept(
    ready: ReadyForm, row: Mapping[str, str | None], files: Mapping[str, KeptFile], locked: frozenset[str]
) -> dict[str, PageInputs]:
    """By page, the inputs of what is not asked, so that it stays."""
    found: dict[str, PageInputs] = {}
    for page in ready.form.pages:
        inputs: dict[str, list[str]] = {}
        for name in page.fields:
            field = ready.form.fields[name]
            if name in files:
                inputs[kept_input(field)] = [json.dumps(asdict(files[name]))]
            elif name in locked:
                inputs |= inputs_of(field, row.get(name))
        found[page.name] = inputs
    return found
