"""A form as a sheet of paper: numbered questions, and in words when one applies."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from flask_babel import gettext

from forms_service.definition import Field, Form, Page
from forms_service.definition.conditions import All, Any_, Compare, Condition, Source
from forms_service.rendering.questions import show_bound

_: Callable[..., str] = gettext
BLOCKS = 3  # for how many items of a group a sheet has room


@dataclass(frozen=True)
class PaperQuestion:
    """A question, its number on the sheet, and when it applies (nothing: always)."""

    number: int
    field: Field
    only_if: str


@dataclass(frozen=True)
class PaperPage:
    """A topic; `blocks` are the items that its questions have room for, or 0 when they are asked once."""

    page: Page
    only_if: str
    questions: tuple[PaperQuestion, ...]
    blocks: int = 0


def paper_pages(form: Form) -> tuple[PaperPage, ...]:
    """Every question of a form, in order."""
    numbers = {source: number for number, source in enumerate(_asked(form), 1)}
    return tuple(_page(form, page, numbers) for page in form.pages)


def _asked(form: Form) -> Iterator[Source]:
    for page in form.pages:
        if page.repeat:
            yield from ((page.repeat, name) for name in form.groups[page.repeat].fields)
        else:
            yield from ((None, name) for name in page.fields)


def _page(form: Form, page: Page, numbers: Mapping[Source, int]) -> PaperPage:
    group = page.repeat or None
    fields = form.groups[page.repeat].fields if page.repeat else form.fields
    names = tuple(fields) if page.repeat else page.fields
    questions = tuple(
        PaperQuestion(
            numbers[group, name], fields[name], _only_if(form, fields[name].show_when, group, numbers)
        )
        for name in names
    )
    blocks = min(max(page.least, BLOCKS), page.most or BLOCKS) if page.repeat else 0
    return PaperPage(page, _only_if(form, page.show_when, None, numbers), questions, blocks)


def _only_if(
    form: Form, condition: Condition | None, group: str | None, numbers: Mapping[Source, int]
) -> str:
    if condition is None:
        return ""
    words = _words(form, condition, group, numbers)
    return (
        _("Answer this only if %(condition)s.", condition=words) if words else _("Answer this if it applies.")
    )


def _words(form: Form, condition: Condition, group: str | None, numbers: Mapping[Source, int]) -> str:
    """A condition as words; nothing for one that looks at all items of a group."""
    if isinstance(condition, All | Any_):
        parts = [_words(form, part, group, numbers) for part in condition.parts]
        joint = _(" and ") if isinstance(condition, All) else _(" or ")
        return joint.join(parts) if all(parts) else ""
    if not isinstance(condition, Compare):
        return ""
    table, name = form.names.find(condition.field, group)
    field = (form.groups[table].fields if table else form.fields)[name]
    if (table, name) not in numbers:
        return ""
    told = {"number": numbers[table, name], "answer": _answer(field, condition.answer)}
    if condition.operator == "exists":
        answered = _("you answered question %(number)s", **told)
        return answered if condition.answer else _("you did not answer question %(number)s", **told)
    sentences = {
        "=": _("your answer to question %(number)s is “%(answer)s”", **told),
        "!=": _("your answer to question %(number)s is not “%(answer)s”", **told),
        ">": _("your answer to question %(number)s is more than %(answer)s", **told),
        "<": _("your answer to question %(number)s is less than %(answer)s", **told),
        ">=": _("your answer to question %(number)s is %(answer)s or more", **told),
        "<=": _("your answer to question %(number)s is %(answer)s or less", **told),
    }
    return sentences[condition.operator]


def _answer(field: Field, answer: object) -> str:
    if field.type == "boolean":
        return _("Yes") if answer is True else _("No")
    return show_bound(field.label_of(str(answer)))
