"""A page of questions as a WTForms form: the field's own text cell stands between inputs and judge."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import wtforms
from babel.dates import format_date
from flask_babel import get_locale, gettext
from werkzeug.datastructures import MultiDict

from forms_service.answers import Judge, Reading, cell_of, hint_of, input_names, sentence
from forms_service.answers.files import KeptFile, kept_file
from forms_service.definition import Field
from forms_service.rendering.enhancement import condition_json


class Question(wtforms.Field):
    """One question. `inputs` is what was typed, `cell` the text that will stand in the table."""

    inputs: dict[str, list[str]]
    cell: str

    def __init__(self, field: Field, judge: Judge, **kwargs: Any) -> None:
        super().__init__(label=field.title, description=field.hint, **kwargs)
        self.question = field
        self.judge = judge
        self.input_names = (*input_names(field), field.name) if field.widget == "date" else input_names(field)

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Take the inputs of this question out of the form data."""
        self.inputs = {name: formdata.getlist(name) for name in self.input_names if formdata.getlist(name)}
        self.cell = cell_of(self.question, self.inputs)
        self.data = self.cell
        self.errors = ()

    def validate(self, form: Any, extra_validators: Any = ()) -> bool:
        """Judge the cell; `errors` are the sentences to show."""
        self.reading: Reading = self.judge.read(self.question.name, self.cell)
        self.errors = tuple(
            sentence(problem, self.question, gettext, show_bound) for problem in self.reading.problems[:1]
        )
        return not self.errors

    def first(self, name: str | None = None) -> str:
        """What the text box `name` shows."""
        codes = {choice.value for choice in self.question.missing_choices}
        given = self.inputs.get(name or self.question.name, ())
        return next((value for value in given if value not in codes), "")

    def chosen(self) -> list[str]:
        """The values that are ticked."""
        return list(self.inputs.get(self.question.name, ()))

    @property
    def when(self) -> str:
        """When the question applies, as the script reads it; nothing when it always does."""
        condition = self.question.show_when
        return condition_json(condition, self.judge.form, self.judge.group) if condition else ""

    @property
    def hint(self) -> str:
        """What stands below the question; nothing when it has no hint."""
        return hint_of(self.question, gettext)

    @property
    def kept(self) -> KeptFile | None:
        """The file that was given before, or None."""
        return kept_file(self.question, self.inputs)

    @property
    def anchor(self) -> str:
        """The id of the first input: where the error summary leads."""
        return "-".join((f"f-{self.question.ident}", *self.question.parts[:1]))


def show_bound(bound: Any) -> str:
    """A constraint's bound as the reader writes it."""
    try:
        return str(format_date(date.fromisoformat(str(bound)), "long", locale=get_locale()))
    except ValueError:
        return str(bound)


class PageForm(wtforms.form.BaseForm):
    """The questions of one page."""

    def __init__(self, fields: Iterable[Field], judge: Judge, inputs: Mapping[str, list[str]]) -> None:
        unbound = {field.name: wtforms.fields.core.UnboundField(Question, field, judge) for field in fields}
        super().__init__(unbound, meta=_Meta())
        self.process(MultiDict((name, value) for name, values in inputs.items() for value in values))

    def judge(self, shown: frozenset[str]) -> bool:
        """Judge the questions that apply; a hidden question has no error."""
        verdicts = [question.validate(self) for name, question in self._fields.items() if name in shown]
        return all(verdicts)

    def tell(self, messages: Mapping[str, str], instead: bool = False) -> None:
        """Put a message at a question, unless its answer itself is refused; or `instead` of what refuses it."""
        for name, message in messages.items():
            question = self._fields.get(name)
            if question is not None and (instead or not question.errors):
                question.errors = (message,)

    @property
    def takes_file(self) -> bool:
        """Whether the page sends a file."""
        return any(question.question.widget == "file" for question in self.questions)

    @property
    def questions(self) -> list[Question]:
        """The questions in the order they are asked."""
        return [question for question in self._fields.values() if isinstance(question, Question)]


class _Meta(wtforms.meta.DefaultMeta):
    csrf = False  # a token bound to the draft stands in the page instead
    locales = False


def csrf_token(secret: bytes, draft: str) -> str:
    """The token of a draft's pages: HMAC-SHA256 of its look-up id."""
    return hmac.new(secret, b"csrf " + draft.encode(), hashlib.sha256).hexdigest()


def csrf_matches(secret: bytes, draft: str, token: str) -> bool:
    """Whether `token` is that draft's, in constant time."""
    return hmac.compare_digest(csrf_token(secret, draft).encode(), token.encode("utf-8", "replace"))
