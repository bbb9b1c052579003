"""The page that lists a group's items: their titles, what to mend, and the ways to add, change, remove and go on."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from werkzeug import Response

from forms_service.answers import items_sentence
from forms_service.answers.journey import Journey
from forms_service.definition import Page
from forms_service.public import pages
from forms_service.public.pages import local_url
from forms_service.public.services import services
from forms_service.rendering.items import item_title
from forms_service.rendering.questions import csrf_token


@dataclass(frozen=True)
class Listed:
    """An item as the list shows it."""

    number: int
    title: str
    is_faulty: bool


def list_page(journey: Journey, page: Page, lookup: str, status: int = 200, trouble: str = "") -> Response:
    """The items of a page; 422 says what to mend before going on."""
    form = journey.ready.form
    items = listed(journey, page)
    before = journey.before(page)
    title = page.title or form.title
    return pages.page(
        "items.html",
        f"{_('Error')}: {title}" if status == 422 else title,
        status,
        form=form,
        page=page,
        items=items,
        errors=_errors(journey, page, items) if status == 422 else [],
        new=None if page.most is not None and len(items) >= page.most else journey.next_number(page),
        alerts=journey.alerts,
        number=journey.pages.index(page) + 1 if page in journey.pages else 1,
        count=len(journey.pages),
        back=local_url("page", form=form.name, page=before.name)
        if before
        else local_url("start", form=form.name),
        csrf=csrf_token(services().secret, lookup),
        trouble=trouble,
        quick_exit=page.quick_exit,
    )


def listed(journey: Journey, page: Page) -> list[Listed]:
    """The items of a page in order, each with its title."""
    return [
        Listed(number, title_of(journey, page, number), journey.is_faulty(page, number))
        for number in journey.items[page.repeat]
    ]


def title_of(journey: Journey, page: Page, number: int) -> str:
    """What an item is called, by its answers or its place among the others."""
    items = journey.items[page.repeat]
    fields = journey.ready.form.groups[page.repeat].fields
    shown = journey.shown_in_item(page, number)
    answers = {name: (field, items[number][name]) for name, field in fields.items() if name in shown}
    return item_title(page, answers, [*items].index(number) + 1)


def _errors(journey: Journey, page: Page, items: list[Listed]) -> list[tuple[str, str]]:
    """Address and sentence of each thing to mend."""
    form = journey.ready.form
    found = [
        (
            local_url("item", form=form.name, page=page.name, number=item.number),
            _("Check the answers of “%(item)s”", item=item.title),
        )
        for item in items
        if item.is_faulty
    ]
    problem = journey.miscounted(page)
    if problem is None:
        return found
    at = "#add" if problem.constraint == "minItems" else "#items"
    return [(at, items_sentence(problem, page.title or form.title, _)), *found]
