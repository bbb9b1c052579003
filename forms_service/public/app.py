"""The public Flask app, put together."""

from __future__ import annotations

from gettext import NullTranslations
from pathlib import Path

from flask import Flask, g, request
from flask_babel import Babel, get_translations
from jinja2 import ChoiceLoader, FileSystemLoader
from werkzeug.exceptions import NotFound

from forms_service.public import errors, health, views
from forms_service.public.limits import limiter
from forms_service.public.pages import clinic_phone, local_url
from forms_service.public.release import CurrentRelease, NotPublished
from forms_service.public.requests import FormRequest, refuse_too_much
from forms_service.public.services import Services, release
from forms_service.rendering.display import shown_day, shown_file, visible, yes_no
from forms_service.sealing.codes import grouped
from forms_service.serving.headers import security_headers, with_default_headers
from forms_service.settings import Settings, read_settings
from forms_service.store import Store
from forms_service.store.times import moment

_TEMPLATES = Path(__file__).with_name("templates")
_RENDERING = Path(__file__).parents[1] / "rendering"


class PublicApp(Flask):
    """Flask with our strict request."""

    request_class = FormRequest


def create_app(settings: Settings | None = None) -> Flask:
    """The families' app; settings come from the environment when not given."""
    settings = settings or read_settings()
    app = PublicApp(__name__, static_folder=None)
    app.config.update(RATELIMIT_STORAGE_URI=settings.limits_url)
    app.jinja_loader = ChoiceLoader(
        [FileSystemLoader(_RENDERING / "templates"), FileSystemLoader(_TEMPLATES)]
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(local_url=local_url, yes_no=yes_no, clinic_phone=clinic_phone)
    app.jinja_env.filters.update(
        grouped=grouped,
        visible=visible,
        day=shown_day,
        shown_file=shown_file,
        moment_day=lambda text: shown_day(moment(text)),
    )
    app.extensions["kinbridge"] = Services(
        settings, Store(settings.database_url), CurrentRelease(settings.current_release), settings.secret()
    )
    Babel(app, locale_selector=_locale, default_translation_directories=str(_RENDERING / "translations"))
    # Flask-Babel looks for the reader's language at every text, a third of the time a page takes.
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: _texts().gettext(text),
        lambda one, many, count: _texts().ngettext(one, many, count),
        newstyle=True,
    )
    limiter.init_app(app)
    app.before_request(refuse_too_much)
    app.url_value_preprocessor(_take_language)
    app.register_blueprint(health.blueprint)
    app.register_blueprint(views.blueprint, name="forms", url_prefix="/forms")
    app.register_blueprint(views.blueprint, name="translated", url_prefix="/<language>/forms")
    errors.register(app)
    # No answer stays in a cache, and no page asks anything of a third party.
    headers = {"Cache-Control": "no-store", **security_headers}
    app.wsgi_app = with_default_headers(app.wsgi_app, headers)  # type: ignore[assignment, method-assign]
    return app


def _locale() -> str:
    return str(g.get("language", "en")).replace("-", "_")


def _texts() -> NullTranslations:
    if "texts" not in g:
        g.texts = get_translations()
    found: NullTranslations = g.texts
    return found


def _take_language(_endpoint: str | None, values: dict[str, str] | None) -> None:
    """The reader's language, from the address: only the site's own languages, the default without a prefix."""
    try:
        languages = release().languages
    except NotPublished:
        g.language = "en"
        return
    first = request.path.split("/", 2)[1]
    g.language = first if first in languages[1:] else languages[0]
    prefix = values.pop("language", None) if values else None
    if prefix is not None and prefix not in languages[1:]:
        raise NotFound
