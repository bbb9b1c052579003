"""The peer of our form page: four fields written by hand with Flask, WTForms and sqlite3, as durable as ours."""

from __future__ import annotations

import json
import os
import secrets
import sqlite3
import threading
from collections.abc import MutableMapping
from datetime import timedelta
from typing import Any

from flask import Flask, redirect, render_template, request, session, url_for
from markupsafe import Markup
from werkzeug import Response
from wtforms import EmailField, Form, IntegerField, RadioField, StringField
from wtforms.csrf.session import SessionCSRF
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

DATABASE = "KINBRIDGE_BENCH_DATABASE"
# Header, crisis lines and footer around the form: our pages are measured with the same text in their shell.
CHROME = "<p>What stands around a form on every page.</p>\n" * 80
_EMAIL = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"
_SECRET = "one secret for all processes of one run"


class VisitForm(Form):
    """The same four questions as the form of `pages`."""

    class Meta:
        """A token in the session, as Flask-WTF does it."""

        csrf = True
        csrf_class = SessionCSRF
        csrf_secret = _SECRET.encode()
        csrf_time_limit = timedelta(hours=2)

        @property
        def csrf_context(self) -> MutableMapping[str, Any]:
            return session

    name = StringField("What is your name?", [InputRequired(), Length(max=80)])
    email = EmailField("What is your email address?", [InputRequired(), Regexp(_EMAIL)])
    age = IntegerField("How old is your child?", [InputRequired(), NumberRange(0, 25)])
    first = RadioField("Is this your first visit?", [Optional()], choices=[("true", "Yes"), ("false", "No")])


def make_database(file: str) -> None:
    """An empty database for the app. Raises sqlite3.OperationalError when it exists."""
    with sqlite3.connect(file) as connection:
        connection.execute("pragma journal_mode=WAL")
        connection.execute("create table answers (visitor text primary key, answers text not null)")


def make_app() -> Flask:
    """GET shows the form, POST judges it, keeps one row a visitor and leads on."""
    app = Flask(__name__)
    app.secret_key = _SECRET
    local = threading.local()

    def database() -> sqlite3.Connection:
        if not hasattr(local, "connection"):
            local.connection = sqlite3.connect(os.environ[DATABASE], timeout=1, isolation_level=None)
            local.connection.execute("pragma synchronous=FULL")
        connection: sqlite3.Connection = local.connection
        return connection

    @app.route("/", methods=["GET", "POST"])
    def page() -> str | Response | tuple[str, int]:
        session.setdefault("visitor", secrets.token_hex(8))
        form = VisitForm(request.form)
        if request.method == "POST" and form.validate():
            kept = {name: value for name, value in form.data.items() if name != "csrf_token"}
            database().execute(
                "insert or replace into answers values (?, ?)", (session["visitor"], json.dumps(kept))
            )
            return redirect(url_for("thanks"), 303)
        html = render_template("peer.html", form=form, title="A visit", chrome=Markup(CHROME))
        return html, 422 if form.errors else 200

    @app.get("/thanks")
    def thanks() -> str:
        return "Thank you"

    return app
