"""The families' app for a form's author: what is typed lives in the memory of this process, and every page says so."""

from __future__ import annotations

from flask import Flask
from flask_babel import gettext as _
from markupsafe import Markup

from forms_service.public.app import create_app
from forms_service.settings import Settings
from forms_service.store.migrate import migrate


def create_preview(settings: Settings) -> Flask:
    """The app on a database of its own in memory, with a banner on every page."""
    app = create_app(settings)
    migrate(app.extensions["kinbridge"].store)
    app.extensions["kinbridge-banner"] = _banner
    return app


def _banner() -> Markup:
    words = _("Preview: nothing you type here is kept or sent.")
    return Markup('<p class="kb-notice kb-preview" role="note"><strong>{}</strong></p>').format(words)
