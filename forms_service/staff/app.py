"""The staff Flask app, put together."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import cast

import flask_babel
from babel import Locale
from flask import Flask, g, redirect, request, session, url_for
from flask_babel import Babel
from flask_wtf.csrf import CSRFProtect, generate_csrf
from jinja2 import ChoiceLoader, FileSystemLoader
from limits.storage import Storage, storage_from_string
from markupsafe import Markup
from sqlalchemy.orm import Session, scoped_session, sessionmaker
from werkzeug import Response

from forms_service.rendering.display import shown_file, visible, yes_no
from forms_service.serving.headers import security_headers
from forms_service.settings import Settings, read_settings
from forms_service.staff import access, errors, looks, metrics, readable, views, words
from forms_service.staff.console import ClinicFacts, Parts, blueprint, parts
from forms_service.staff.requests import ConsoleRequest
from forms_service.staff.security import set_up
from forms_service.staff.unlocked import OpenKeys
from forms_service.staff.working import Works
from forms_service.store import Store
from forms_service.store.times import moment
from site_src.errors import SiteError
from site_src.instance import DEFAULT_BRAND, read_clinic

_RENDERING = Path(__file__).parents[1] / "rendering"
LANGUAGES = ("en", "es")  # the interface speaks these


def create_app(settings: Settings | None = None) -> Flask:
    """The clinic's app; settings come from the environment when not given."""
    settings = settings or read_settings()
    app = Flask(__name__, static_folder=None)
    app.request_class = ConsoleRequest
    secure = settings.staff_url.startswith("https://")
    app.config.update(
        SESSION_COOKIE_NAME="__Host-kb-staff" if secure else "kb-staff",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",  # an invitation is opened from a mail
        WTF_CSRF_TIME_LIMIT=None,  # the visit ends first
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    clinic, brand = _clinic(settings)
    sheet = looks.stylesheet(brand)
    app.jinja_env.globals.update(
        style=sheet,
        script=looks.passkey_script(),
        inbox_script=looks.inbox_script(),
        action_name=words.action_name,
        role_names=words.ROLE_NAMES,
        status_names=words.STATUS_NAMES,
        place_names=words.PLACE_NAMES,
        token=_token,
        yes_no=yes_no,
    )
    app.context_processor(lambda: {"language": str(flask_babel.get_locale())})
    app.jinja_env.filters.update(
        when=_when, day=_day, language_name=_language_name, visible=visible, shown_file=shown_file
    )
    app.jinja_loader = ChoiceLoader(
        [FileSystemLoader(Path(__file__).with_name("templates")), FileSystemLoader(_RENDERING / "templates")]
    )
    CSRFProtect(app)
    _hang_parts(app, settings, clinic)
    Babel(
        app,
        locale_selector=_locale,
        timezone_selector=lambda: clinic.timezone,
        default_translation_directories=str(_RENDERING / "translations"),
    )
    app.url_map.converters["int"] = readable.RowNumber
    app.before_request(access.recognise)
    app.before_request(readable.refuse_unreadable)
    app.before_request(access.guard)
    views.register()
    looks.register(app, sheet)
    app.register_blueprint(blueprint)
    app.add_url_rule("/", "root", access.for_anyone(lambda: redirect(url_for("staff.home"), 303)))
    app.add_url_rule(
        "/health/live", "live", access.for_anyone(lambda: ("live\n", {"Content-Type": "text/plain"}))
    )
    metrics.register(app)
    errors.register(app)
    app.after_request(_finish)
    return app


def _hang_parts(app: Flask, settings: Settings, clinic: ClinicFacts) -> None:
    store = Store(settings.database_url)
    sessions: scoped_session[Session] = scoped_session(
        sessionmaker(expire_on_commit=False), scopefunc=lambda: id(g._get_current_object())
    )
    secret = settings.secret()
    security = set_up(app, sessions, secret)
    counters = cast(Storage, storage_from_string(settings.limits_url))
    app.extensions["kinbridge-staff"] = Parts(
        settings, store, sessions, security, counters, OpenKeys(), Works(), clinic, secret
    )


def _clinic(settings: Settings) -> tuple[ClinicFacts, str]:
    """The clinic's facts and colour; an instance whose mkdocs.yml is broken still has its console."""
    try:
        clinic = read_clinic(settings.instance)
    except SiteError:
        return ClinicFacts("Kinbridge", "UTC", LANGUAGES, demo=False), DEFAULT_BRAND
    languages = tuple(language for language in clinic.languages if language in LANGUAGES) or LANGUAGES[:1]
    return ClinicFacts(
        clinic.name, clinic.timezone, languages, clinic.demo, clinic.urgent_hours
    ), clinic.brand


def _locale() -> str:
    """The account's language, else the one chosen here, else the browser's."""
    languages = parts().clinic.languages
    person = g.get("person") or g.get("guest")
    for chosen in (person.language if person else None, session.get("language")):
        if chosen in languages:
            return str(chosen)
    return request.accept_languages.best_match(languages) or languages[0]


def _token() -> Markup:
    """The input that every form of the console carries."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


def _when(text: str) -> str:
    """A stored moment as the clinic's day and time."""
    found: datetime = moment(text)
    return str(flask_babel.format_datetime(found, "d MMM y HH:mm:ss"))


def _day(text: str) -> str:
    """The clinic's day of a stored moment."""
    return str(flask_babel.format_date(moment(text), "long"))


def _language_name(code: str) -> str:
    """A language as the reader calls it."""
    return Locale.parse(code, sep="-").get_display_name(flask_babel.get_locale()) or code


def _finish(response: Response) -> Response:
    """Nothing of the console stays in a cache but its looks."""
    response.headers.setdefault("Cache-Control", "no-store")
    for name, value in security_headers.items():
        response.headers.setdefault(name, value)
    return response
