"""Answering with a page of the console."""

from __future__ import annotations

from flask import g, make_response, render_template, request
from flask_babel import gettext as _
from werkzeug import Response

from forms_service.staff.console import parts
from forms_service.staff.navigation import menu_for


def page(template: str, title: str, status: int = 200, **values: object) -> Response:
    """A page from `templates/staff/`, in the frame with the menu of whoever is signed in.

    With `errors` (field name to text) it is a refusal: 422, said in the title, the summary and beside each field.
    """
    errors = values.setdefault("errors", {})
    if errors and status == 200:
        status = 422
    shown = f"{_('Error')}: {title}" if status == 422 else title
    person = g.get("person")
    html = render_template(
        f"staff/{template}",
        title=shown,
        heading=title,
        clinic=parts().clinic,
        person=person,
        menu=menu_for(person) if person else [],
        **values,
    )
    return make_response(html, status)


def message(title: str, *sentences: str, status: int, **values: object) -> Response:
    """A page that says what happened and what to do next."""
    return page("message.html", title, status, sentences=sentences, **values)


def typed(name: str, most: int = 1000) -> str:
    """What was typed into a field."""
    return request.form.get(name, "")[:most]
