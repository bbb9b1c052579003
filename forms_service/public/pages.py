"""How every public page is made: a template's main part inside the site's shell."""

from __future__ import annotations

import functools
from typing import Any

from babel import Locale
from flask import current_app, g, make_response, render_template, request, url_for
from markupsafe import Markup, escape
from werkzeug import Response

from forms_service.definition import Form
from forms_service.public.services import crisis_help, release


def page(template: str, title: str, status: int = 200, **context: Any) -> Response:
    """The page of `template` in the shell; `title` is what the browser's tab shows."""
    found = release()
    main = render_template(
        template,
        clinic=found.clinic,
        crisis_help=crisis_help(),
        many_languages=len(found.languages) > 1,
        **context,
    )
    shell = found.shells[g.language]
    html = shell.fill(
        {
            "title": str(escape(f"{title} - {found.clinic.get('name', '')}")),
            "head": "" if status != 200 else _head(context.get("form")),
            "languages": _languages(),
            "main": _banner() + main,
        }
    )
    response = make_response(html, status)
    response.content_language = g.language
    return response


def message(heading: str, *sentences: str, status: int, **context: Any) -> Response:
    """A plain page that says what happened and what to do next."""
    return page("message.html", heading, status, heading=heading, sentences=sentences, **context)


def local_url(endpoint: str, **values: Any) -> str:
    """The address of a form page in the reader's language."""
    return in_language(g.language, endpoint, **values)


def in_language(language: str, endpoint: str, **values: Any) -> str:
    """The address of a form page in `language`."""
    if language == release().languages[0]:
        return url_for(f"forms.{endpoint}", **values)
    return url_for(f"translated.{endpoint}", language=language, **values)


def _banner() -> str:
    """What stands above every page of a preview."""
    banner = current_app.extensions.get("kinbridge-banner")
    return str(banner()) if banner else ""


def _languages() -> str:
    links = []
    for language in release().languages:
        if language != g.language:
            href = escape(_this_page(language))
            links.append(
                f'<a href="{href}" hreflang="{language}" lang="{language}">{escape(_own_name(language))}</a>'
            )
    return " ".join(links)


@functools.cache
def _own_name(language: str) -> str:
    return (Locale.parse(language, sep="-").get_display_name(language) or language).capitalize()


def _head(form: Form | None) -> str:
    if request.endpoint is None or not request.endpoint.endswith(".start"):
        return '<meta name="robots" content="noindex">'
    root = release().site_url
    tags = [f'<link rel="canonical" href="{escape(root + _this_page(g.language))}">']
    tags += [
        f'<link rel="alternate" hreflang="{language}" href="{escape(root + _this_page(language))}">'
        for language in release().languages
    ]
    if form is not None and form.description:
        tags.append(f'<meta name="description" content="{escape(form.description)}">')
    return "".join(tags)


def _this_page(language: str) -> str:
    """This page in another language; the start of that language when the address leads to no form."""
    if request.endpoint is None or request.blueprint not in ("forms", "translated"):
        return "/" if language == release().languages[0] else f"/{language}/"
    return in_language(language, request.endpoint.split(".", 1)[1], **(request.view_args or {}))


def clinic_phone() -> Markup:
    """The clinic's phone number as a link."""
    phone = str(release().clinic.get("phone", ""))
    return Markup('<a href="tel:{}">{}</a>').format("".join(c for c in phone if c in "+0123456789"), phone)
