"""Where a family stands in a form: what applies, what is still open, what comes next (no web, no database)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from forms_service.answers.conditions import Values
from forms_service.answers.files import KeptFile, kept_file
from forms_service.answers.inputs import cell_of, input_names
from forms_service.answers.items import miscounted, says_nothing
from forms_service.answers.judge import Problem, Reading
from forms_service.answers.ready import ReadyForm
from forms_service.definition import Alert, Exit, Field, Page, Rule
from forms_service.definition.checks import ADDED

PageInputs = Mapping[str, list[str]]


def item_key(page: Page, number: int) -> str:
    """Where an item's inputs stand among those of pages: no page's name has a slash."""
    return f"{page.name}/{number}"


@dataclass(frozen=True)
class Journey:
    """A form and what was typed into it so far, by page and by item; of a removed item, None is left."""

    ready: ReadyForm
    typed: Mapping[str, PageInputs | None]
    open_groups: frozenset[str] | None = None  # None: places are not limited

    @cached_property
    def readings(self) -> dict[str, Reading]:
        """Every answer judged, hidden ones too; a page never saved has no answers."""
        readings = {}
        for page in self.ready.form.pages:
            inputs = self.typed.get(page.name) or {}
            for name in page.fields:
                field = self.ready.form.fields[name]
                cell = cell_of(field, inputs)
                readings[name] = self.ready.judge.read(name, cell)
        return readings

    @cached_property
    def items(self) -> dict[str, dict[int, dict[str, Reading]]]:
        """Every item judged, by group and number, hidden ones too."""
        return {page.repeat: dict(self._items(page)) for page in self.ready.form.pages if page.repeat}

    def _items(self, page: Page) -> Iterator[tuple[int, dict[str, Reading]]]:
        judge = self.ready.judges[page.repeat]
        for number in self._numbers(page):
            inputs = self.typed[item_key(page, number)]
            if inputs is not None:
                cells = ((field, cell_of(field, inputs)) for field in judge.fields.values())
                yield number, {field.name: judge.read(field.name, cell) for field, cell in cells}

    def _numbers(self, page: Page) -> list[int]:
        """The numbers that items of a page have or had."""
        parts = (key.partition("/") for key in self.typed)
        return sorted(int(number) for name, slash, number in parts if slash and name == page.name)

    def next_number(self, page: Page) -> int:
        """The number of the next item: no other ever had it in this draft."""
        return max(self._numbers(page), default=0) + 1

    @cached_property
    def values(self) -> Values:
        """The typed values of accepted answers."""
        return self.ready.values(self.readings, self.items)

    @cached_property
    def shown(self) -> frozenset[str]:
        """The names of the fields that apply."""
        return self.ready.conditions.shown(self.values)

    @cached_property
    def pages(self) -> tuple[Page, ...]:
        """The pages that apply, in order."""
        return self.ready.conditions.pages(self.values, self.shown)

    @cached_property
    def _shown_in_items(self) -> dict[str, dict[int, frozenset[str]]]:
        shown = self.ready.conditions.shown_in_items(self.values, self.shown)
        return {group: dict(zip(self.items[group], names, strict=True)) for group, names in shown.items()}

    def shown_in_item(self, page: Page, number: int) -> frozenset[str]:
        """The names of the fields that apply in an item; none in one that is not there."""
        return self._shown_in_items.get(page.repeat, {}).get(number, frozenset())

    @cached_property
    def alerts(self) -> tuple[Alert, ...]:
        """The alerts these answers raise."""
        return self.ready.alerts(self.values, self.shown)

    @property
    def is_urgent(self) -> bool:
        """Whether an answer calls for fast help."""
        return any(alert.level == "urgent" for alert in self.alerts)

    @property
    def open_page(self) -> Page | None:
        """The first page that was not answered yet or needs mending; None when all is there."""
        return next((page for page in self.pages if not self.is_done(page)), None)

    @cached_property
    def broken(self) -> tuple[Rule, ...]:
        """The rules across fields that these answers break."""
        return self.ready.broken_rules(self.values, self.shown)

    @property
    def exit(self) -> Exit | None:
        """The kind end that these answers lead to, or None."""
        return self.ready.exit(self.values, self.shown)

    def is_done(self, page: Page) -> bool:
        """Whether a page was saved and nothing on it needs mending."""
        return page.name in self.typed and not self.has_faults(page)

    def has_faults(self, page: Page) -> bool:
        """Whether an answer on the page is refused: alone, by a rule, by a group that closed, or in an item."""
        if page.repeat:
            return self.miscounted(page) is not None or any(
                self.is_faulty(page, number) for number in self.items[page.repeat]
            )
        refused = any(self.readings[name].problems for name in page.fields if name in self.shown)
        ruled_out = any(rule.level == "error" and rule.field in page.fields for rule in self.broken)
        return refused or ruled_out or self.closed_choice(page)

    def miscounted(self, page: Page) -> Problem | None:
        """What is wrong with the number of items on a page, or None."""
        return miscounted(page, len(self.items[page.repeat]))

    def is_faulty(self, page: Page, number: int) -> bool:
        """Whether an item needs mending: an answer is refused, or there is none."""
        shown, readings = self.shown_in_item(page, number), self.items[page.repeat][number]
        return says_nothing(readings, shown) or any(readings[name].problems for name in shown)

    def closed_choice(self, page: Page) -> bool:
        """Whether the page's answer is a group that can be chosen no more."""
        places = self.ready.form.places
        if places is None or self.open_groups is None or places.field not in page.fields:
            return False
        chosen = self.readings[places.field]
        return places.field in self.shown and chosen.value is not None and chosen.cell not in self.open_groups

    @property
    def group(self) -> str | None:
        """The group that was chosen, or None; a choice that does not apply any more is none."""
        places = self.ready.form.places
        return self.row[places.field] if places and places.field in self.values else None

    def warnings(self, page: Page) -> tuple[Rule, ...]:
        """The warnings that these answers deserve on a page: shown once, then passed."""
        return tuple(rule for rule in self.broken if rule.level == "warning" and rule.field in page.fields)

    def reachable(self, page: Page) -> bool:
        """Whether every page before this one is done."""
        return all(self.is_done(earlier) for earlier in self.pages[: self.pages.index(page)])

    def after(self, page: Page) -> Page | None:
        """The page to ask next; None leads to "check your answers"."""
        if self.open_page is None:
            return None
        later = self.pages[self.pages.index(page) + 1 :] if page in self.pages else ()
        return next(iter(later), self.open_page)

    def before(self, page: Page) -> Page | None:
        """The page that came before, or None for the first."""
        place = self.pages.index(page) if page in self.pages else 0
        return self.pages[place - 1] if place else None

    @property
    def row(self) -> dict[str, str | None]:
        """The submission's row: the cells of the questions that apply, None where nothing was said."""
        return {
            name: None
            if name not in self.shown or self.readings[name].cell == ""
            else self.readings[name].cell
            for name in self.ready.form.fields
        }

    @property
    def rows(self) -> dict[str, list[dict[str, str | None]]]:
        """The submission's rows by resource: its own, and one for each item of the groups that apply."""
        found = {self.ready.form.resource: [self.row]}
        for group, items in self.items.items():
            shown = self._shown_in_items.get(group, {})
            found[group] = [
                {name: readings[name].cell or None if name in names else None for name in readings}
                for names, readings in ((shown[number], items[number]) for number in shown)
            ]
        return found

    @property
    def files(self) -> dict[str, KeptFile]:
        """What is known of the files that are sent, by field."""
        form, row = self.ready.form, self.row
        found = {}
        for page in form.pages:
            for name in page.fields:
                kept = kept_file(form.fields[name], self.typed.get(page.name) or {})
                if kept and row[name] is not None:
                    found[name] = kept
        return found

    @property
    def is_blank(self) -> bool:
        """Whether nothing at all was answered (frictionless calls it a blank row)."""
        answered = any(self.readings[name].value is not None for name in self.shown)
        return not answered and not any(self._shown_in_items.values())

    @property
    def set_aside(self) -> tuple[Field | Page, ...]:
        """Questions, and pages of items, that were answered but do not apply any more: those are not sent."""
        form = self.ready.form
        hidden = [
            form.fields[name] for name in form.fields if name not in self.shown and self.readings[name].cell
        ]
        repeats = [page for page in form.pages if self.items.get(page.repeat)]
        away = [page for page in repeats if page.repeat not in self._shown_in_items]
        inside = {
            id(field): field
            for page in repeats
            if page not in away
            for number, readings in self.items[page.repeat].items()
            for field in form.groups[page.repeat].fields.values()
            if readings[field.name].cell and field.name not in self.shown_in_item(page, number)
        }
        return (*hidden, *away, *inside.values())

    def with_page(self, page: Page, posted: PageInputs) -> Journey:
        """The journey with a page's new inputs; what was hidden before and after keeps its old text."""
        fields = [self.ready.form.fields[name] for name in page.fields]
        return self._with(page, page.name, fields, posted, lambda journey: journey.shown)

    def with_item(self, page: Page, number: int, posted: PageInputs) -> Journey:
        """The journey with an item's new inputs, a new item's too."""
        fields = list(self.ready.form.groups[page.repeat].fields.values())
        key = item_key(page, number)
        return self._with(page, key, fields, posted, lambda journey: journey.shown_in_item(page, number))

    def without_item(self, page: Page, number: int) -> Journey:
        """The journey without an item; its number stays taken."""
        return replace(self, typed={**self.typed, item_key(page, number): None})

    def _with(
        self,
        page: Page,
        key: str,
        fields: list[Field],
        posted: PageInputs,
        shown: Callable[[Journey], frozenset[str]],
    ) -> Journey:
        asked = (ADDED, *(name for field in fields for name in _names(field)))
        taken = {name: posted[name] for name in asked if name in posted}
        applied = replace(self, typed={**self.typed, key: taken})
        old = self.typed.get(key) or {}
        may_hide = fields if page.show_when else [field for field in fields if field.show_when]
        hidden = [field for field in may_hide if field.name not in shown(self) | shown(applied)]
        back = {name for field in hidden for name in _names(field) if taken.get(name) != old.get(name)}
        if not back:
            return applied  # judged already
        kept = {name: values for name, values in taken.items() if name not in back}
        kept |= {name: old[name] for name in back if name in old}
        return replace(self, typed={**self.typed, key: kept})


def _names(field: Field) -> tuple[str, ...]:
    names = input_names(field)
    return names if field.name in names else (*names, field.name)
