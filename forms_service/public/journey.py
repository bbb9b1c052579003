"""Where a family stands in a form: what applies, what is still open, what comes next (no web, no database)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from forms_service.answers import Reading, ReadyForm, cell_of, input_names
from forms_service.answers.conditions import Values
from forms_service.definition import Alert, Exit, Field, Page, Rule

PageInputs = Mapping[str, list[str]]


@dataclass(frozen=True)
class Journey:
    """A form and what was typed into it so far, by page."""

    ready: ReadyForm
    typed: Mapping[str, PageInputs]
    open_groups: frozenset[str] | None = None  # None: places are not limited

    @cached_property
    def readings(self) -> dict[str, Reading]:
        """Every answer judged, hidden ones too; a page never saved has no answers."""
        readings = {}
        for page in self.ready.form.pages:
            inputs = self.typed.get(page.name, {})
            for name in page.fields:
                field = self.ready.form.fields[name]
                cell = cell_of(field, inputs)
                readings[name] = self.ready.judge.read(name, cell)
        return readings

    @cached_property
    def values(self) -> Values:
        """The typed values of accepted answers."""
        return self.ready.values(self.readings)

    @cached_property
    def shown(self) -> frozenset[str]:
        """The names of the fields that apply."""
        return self.ready.conditions.shown(self.values)

    @cached_property
    def pages(self) -> tuple[Page, ...]:
        """The pages that apply, in order."""
        return self.ready.conditions.pages(self.shown)

    @cached_property
    def alerts(self) -> tuple[Alert, ...]:
        """The alerts these answers raise."""
        return self.ready.alerts(self.values, self.shown)

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
        """Whether an answer on the page is refused: alone, by a rule across fields, or by a group that closed."""
        refused = any(self.readings[name].problems for name in page.fields if name in self.shown)
        ruled_out = any(rule.level == "error" and rule.field in page.fields for rule in self.broken)
        return refused or ruled_out or self.closed_choice(page)

    def closed_choice(self, page: Page) -> bool:
        """Whether the page's answer is a group that can be chosen no more."""
        places = self.ready.form.places
        if places is None or self.open_groups is None or places.field not in page.fields:
            return False
        chosen = self.readings[places.field]
        return places.field in self.shown and chosen.value is not None and chosen.cell not in self.open_groups

    @property
    def group(self) -> str | None:
        """The group that was chosen, or None."""
        places = self.ready.form.places
        return self.readings[places.field].cell if places and places.field in self.values else None

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
    def is_blank(self) -> bool:
        """Whether nothing at all was answered (frictionless calls it a blank row)."""
        return all(self.readings[name].value is None for name in self.shown)

    @property
    def set_aside(self) -> tuple[Field, ...]:
        """Questions that were answered but do not apply any more: their answers are not sent."""
        fields = self.ready.form.fields
        return tuple(fields[name] for name in fields if name not in self.shown and self.readings[name].cell)

    def with_page(self, page: Page, posted: PageInputs) -> Journey:
        """The journey with a page's new inputs; what was hidden before and after keeps its old text."""
        fields = [self.ready.form.fields[name] for name in page.fields]
        taken = {name: posted[name] for field in fields for name in _names(field) if name in posted}
        applied = replace(self, typed={**self.typed, page.name: taken})
        old = self.typed.get(page.name, {})
        may_hide = fields if page.show_when else [field for field in fields if field.show_when]
        hidden = [field for field in may_hide if field.name not in self.shown | applied.shown]
        back = {name for field in hidden for name in _names(field) if taken.get(name) != old.get(name)}
        if not back:
            return applied  # judged already
        kept = {name: values for name, values in taken.items() if name not in back}
        kept |= {name: old[name] for name in back if name in old}
        return replace(self, typed={**self.typed, page.name: kept})


def _names(field: Field) -> tuple[str, ...]:
    names = input_names(field)
    return names if field.name in names else (*names, field.name)
