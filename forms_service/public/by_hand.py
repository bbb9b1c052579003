"""A form on paper, for a family that would rather write by hand."""

from __future__ import annotations

from dataclasses import replace

from flask import g
from werkzeug import Response

from forms_service.public import pages
from forms_service.public.blueprint import blueprint
from forms_service.public.placing import offers
from forms_service.public.services import published
from forms_service.rendering.paper import paper_pages


@blueprint.get("/<form>/paper.html")
def by_hand(form: str) -> Response:
    """All questions with room for the answers, to print; of the groups those that can be chosen now."""
    sheet = published(form).ready(g.language).form
    if sheet.places is not None:
        field, on_offer = sheet.fields[sheet.places.field], offers(sheet)
        choices = tuple(choice for choice in field.choices if choice.value in on_offer)
        sheet = replace(sheet, fields={**sheet.fields, field.name: replace(field, choices=choices)})
    return pages.page("by_hand.html", sheet.title, form=sheet, pages=paper_pages(sheet))
