"""The nouns of a form in one language: form, page, field, choice, alert."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from forms_service.definition.conditions import Condition, Names

Widget = Literal["radios", "select", "checkboxes", "textarea", "text", "date", "number", "scale", "file"]
FIELDS_A_PAGE = 10  # of a schema that says nothing of pages
UNROUNDED = 6  # decimals kept of a score whose author says nothing of rounding
DATE_PARTS: Mapping[str, tuple[str, ...]] = {"date": ("day", "month", "year"), "yearmonth": ("month", "year")}


@dataclass(frozen=True)
class Choice:
    """One offered answer: `value` is the cell's text, `label` what the reader sees."""

    value: str
    label: str


@dataclass(frozen=True)
class Reference:
    """The reference data a field chooses from (a Table Schema foreign key)."""

    resource: str
    field: str
    rows: tuple[Mapping[str, str], ...]


@dataclass(frozen=True)
class Field:
    """A question: a Table Schema field and what `form` adds to it."""

    name: str
    type: str
    format: str
    title: str
    hint: str
    widget: Widget
    required: bool
    constraints: Mapping[str, Any]
    missing_values: tuple[str, ...]
    missing_choices: tuple[Choice, ...] = ()
    choices: tuple[Choice, ...] = ()
    delimiter: str = ","
    item_type: str = "string"
    decimal_char: str = "."
    group_char: str = ""
    true_value: str = "true"
    false_value: str = "false"
    autocomplete: str = ""
    inputmode: str = ""
    prefix: str = ""
    suffix: str = ""
    identifying: bool = False
    confirm: bool = False
    accept: tuple[Literal["image", "pdf"], ...] = ()
    show_when: Condition | None = None
    reference: Reference | None = None

    @property
    def ident(self) -> str:
        """The name as an HTML id may hold it, without white space, and as no other field's."""
        plain = re.sub(r"\s", "_", self.name)
        return plain if plain == self.name else f"{plain}-{zlib.crc32(self.name.encode()):08x}"

    @property
    def parts(self) -> tuple[str, ...]:
        """The boxes that ask it: day, month and year of a date, month and year of a month; else nothing."""
        return DATE_PARTS.get(self.type, ()) if self.widget == "date" else ()

    @property
    def confirm_name(self) -> str:
        """The name of the input in which the answer is typed a second time; nothing when it is asked once."""
        return f"{self.name}-confirm" if self.confirm else ""

    @property
    def many(self) -> bool:
        """Several choices may be ticked."""
        return self.type == "list" and bool(self.choices)

    @property
    def blank(self) -> str:
        """The cell that says "no answer" (the schema's own code where an empty cell is a value)."""
        if "" in self.missing_values or not self.missing_values:
            return ""
        return self.missing_values[0]

    def label_of(self, value: str) -> str:
        """What the reader sees for a choice's value; the value itself when it is no choice."""
        for choice in (*self.choices, *self.missing_choices):
            if choice.value == value:
                return choice.label
        return value


@dataclass(frozen=True)
class Group:
    """A repeatable group: the table of its resource, whose rows are the items of a submission."""

    resource: str
    fields: Mapping[str, Field]
    schema: Mapping[str, Any]


@dataclass(frozen=True)
class Page:
    """One topic, asked on one page; one that repeats a group lists its items, each with a page of its own."""

    name: str
    title: str
    intro: str
    fields: tuple[str, ...]
    show_when: Condition | None = None
    quick_exit: bool = False
    repeat: str = ""
    least: int = 0
    most: int | None = None
    item_title: str = ""


@dataclass(frozen=True)
class Alert:
    """What certain answers set off: a text for the family at once, a flag for the clinic."""

    name: str
    when: Condition
    level: Literal["urgent", "note"]
    show: str


@dataclass(frozen=True)
class Band:
    """A range of a score with a name; an end that is None is open."""

    start: Decimal | None
    end: Decimal | None
    label: str


@dataclass(frozen=True)
class Score:
    """A figure worked out from numeric answers, for the clinic only."""

    name: str
    title: str
    method: Literal["sum", "mean"]
    fields: tuple[str, ...]
    reverse: frozenset[str]
    at_most_missing: int
    missing_as: Literal["zero", "prorate"]
    digits: int | None
    bands: tuple[Band, ...]


@dataclass(frozen=True)
class Rule:
    """A check across fields: when it holds, `message` stands at `field`; a warning may be passed."""

    when: Condition
    message: str
    field: str
    level: Literal["error", "warning"]


@dataclass(frozen=True)
class Exit:
    """A kind end of a journey: nothing is sent when it holds."""

    when: Condition
    title: str
    body: str


@dataclass(frozen=True)
class Reading:
    """A guide offered after sending; always when there is no condition."""

    guide: str
    when: Condition | None


@dataclass(frozen=True)
class Places:
    """Limited places: `field` chooses a row of `resource`; the other names are columns of it."""

    field: str
    resource: str
    capacity: str
    opens: str
    closes: str
    waitlist: bool
    offer_for: str


@dataclass(frozen=True)
class Form:
    """A whole form in one language."""

    name: str
    title: str
    description: str
    version: str
    language: str
    languages: tuple[str, ...]
    resource: str
    fields: Mapping[str, Field]
    pages: tuple[Page, ...]
    alerts: tuple[Alert, ...]
    scores: tuple[Score, ...]
    rules: tuple[Rule, ...]
    exits: tuple[Exit, ...]
    reading: tuple[Reading, ...]
    places: Places | None
    retention: str
    privacy: str
    minutes: int | None
    answered_within: str
    package: Mapping[str, Any]
    references: Mapping[str, tuple[Mapping[str, str], ...]] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)

    @property
    def outcome_conditions(self) -> tuple[Condition, ...]:
        """The conditions of alerts, rules, exits and reading."""
        always = (*(alert.when for alert in self.alerts), *(rule.when for rule in self.rules))
        reading = (item.when for item in self.reading if item.when is not None)
        return (*always, *(leave.when for leave in self.exits), *reading)

    def page(self, name: str) -> Page | None:
        """The page of that name, or None."""
        return next((page for page in self.pages if page.name == name), None)

    @property
    def names(self) -> Names:
        """The names that its conditions use."""
        return Names(self.resource, self.fields, {name: group.fields for name, group in self.groups.items()})

    def page_of(self, field: str) -> Page:
        """The page that asks `field`. Raises KeyError for a field on no page."""
        for page in self.pages:
            if field in page.fields:
                return page
        raise KeyError(field)
