"""The staff app: for now one page that says what to type to read answers."""

from __future__ import annotations

from flask import Flask, redirect, render_template, url_for
from werkzeug import Response

from forms_service.serving.headers import security_headers
from forms_service.settings import Settings, read_settings


def create_app(settings: Settings | None = None) -> Flask:
    """The clinic's app; settings come from the environment when not given."""
    settings = settings or read_settings()
    app = Flask(__name__, static_folder=None)

    @app.get("/")
    def root() -> Response:
        return redirect(url_for("console"), 303)

    @app.get("/staff/")
    def console() -> str:
        return render_template("console.html", identity=settings.identity_file)

    @app.get("/staff/console.css")
    def style() -> tuple[str, dict[str, str]]:
        return render_template("console.css"), {"Content-Type": "text/css; charset=utf-8"}

    @app.get("/health/live")
    def live() -> tuple[str, dict[str, str]]:
        return "live\n", {"Content-Type": "text/plain"}

    @app.after_request
    def finish(response: Response) -> Response:
        response.headers.setdefault("Cache-Control", "no-store")
        for name, value in security_headers.items():
            response.headers.setdefault(name, value)
        return response

    return app
