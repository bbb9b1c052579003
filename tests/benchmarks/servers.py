"""Compares WSGI servers under the load of a clinic: pages, saved answers, half-sent requests."""

from __future__ import annotations

import importlib.util
import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask, render_template, request
from jinja2 import DictLoader
from wtforms import BooleanField, EmailField, IntegerField, StringField
from wtforms.form import BaseForm
from wtforms.validators import InputRequired, Length, NumberRange

from tests.benchmarks.clients import CONNECTIONS, SECONDS, Load, free_port, load, wait_until_answered

REPOSITORY = Path(__file__).resolve().parents[2]
HALF_SENT = 100
WAITING = 40
LOCK_WAIT = 1.0
DATABASE = "KINBRIDGE_BENCH_DATABASE"
PAGE = """<!doctype html><html lang="en"><head><title>{{ title }}</title></head><body><main>
<form method="post">{% for field in form %}<p>{{ field.label }} {{ field() }}
{% for error in field.errors %}<span>{{ error }}</span>{% endfor %}</p>{% endfor %}
<button>Continue</button></form>{{ filler }}</main></body></html>"""
FILLER = "A paragraph of help that stands below the form. " * 60
BODY = b"name=Sam+Lee&email=sam%40example.org&age=9&first=y"
GET = b"GET / HTTP/1.1\r\nHost: bench\r\n\r\n"
GUIDE = b"GET /health/live HTTP/1.1\r\nHost: bench\r\n\r\n"
POST = (
    b"POST / HTTP/1.1\r\nHost: bench\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: %d\r\n\r\n%s" % (len(BODY), BODY)
)
HALF_HEADERS = GET[:20]
HALF_BODY = POST[:-20]


def make_app() -> Flask:
    """A form of four fields: GET shows a page of 4 kB, POST judges and inserts a row (SQLite, FULL).

    `/health/live` stands for the pages that need no database.
    """
    app = Flask(__name__)
    app.jinja_env.loader = DictLoader({"page": PAGE})
    fields: dict[str, Any] = {
        "name": StringField("Name", [InputRequired(), Length(max=80)]),
        "email": EmailField("E-mail", [InputRequired()]),
        "age": IntegerField("Age", [NumberRange(0, 25)]),
        "first": BooleanField("First visit"),
    }
    local = threading.local()

    def database() -> sqlite3.Connection:
        if not hasattr(local, "connection"):
            local.connection = sqlite3.connect(os.environ[DATABASE], LOCK_WAIT, isolation_level=None)
            local.connection.execute("pragma synchronous=FULL")
        connection: sqlite3.Connection = local.connection
        return connection

    @app.route("/", methods=["GET", "POST"])
    def page() -> str | tuple[str, int]:
        form = BaseForm(fields)
        form.process(request.form)
        if request.method == "POST" and form.validate():
            try:
                database().execute("insert into answers values (?)", (repr(form.data),))
            except sqlite3.OperationalError:
                return "busy", 503
        return render_template("page", form=form, title="Benchmark", filler=FILLER)

    @app.route("/health/live")
    def live() -> str:
        return "alive"

    return app


@dataclass(frozen=True)
class Contender:
    """One way to serve the app: the package it needs and its command for a port."""

    name: str
    package: str
    command: Callable[[int], list[str]]


def _gunicorn(*options: str) -> Callable[[int], list[str]]:
    app = "tests.benchmarks.servers:make_app()"
    return lambda port: ["gunicorn", "-b", f"127.0.0.1:{port}", "-w", "2", *options, "--log-level=error", app]


def _kinbridge(port: int) -> list[str]:
    code = (
        "from forms_service.serving.plan import Endpoint, ServePlan\n"
        "from forms_service.serving.supervisor import serve\n"
        "factory = 'tests.benchmarks.servers:make_app'\n"
        f"serve(ServePlan(public=Endpoint('public', '127.0.0.1', {port}, factory, processes=2)))"
    )
    return ["-c", code]


def _waitress(port: int) -> list[str]:
    app = "tests.benchmarks.servers:make_app"
    return ["waitress", f"--listen=127.0.0.1:{port}", "--threads=8", "--call", app]


def _granian(port: int) -> list[str]:
    app = ["--factory", "tests.benchmarks.servers:make_app"]
    options = ["--workers", "2", "--blocking-threads", "8", "--no-ws", "--log-level", "error"]
    return ["granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), *options, *app]


CONTENDERS = (
    Contender("kinbridge: waitress, 2 processes", "waitress", _kinbridge),
    Contender("waitress, 1 process x 8 threads", "waitress", _waitress),
    Contender("gunicorn, 2 sync", "gunicorn", _gunicorn("-k", "sync")),
    Contender("gunicorn, 2 x 8 gthread", "gunicorn", _gunicorn("-k", "gthread", "--threads", "8")),
    Contender("gunicorn, 2 gevent", "gevent", _gunicorn("-k", "gevent")),
    Contender("granian, 2 x 8 threads", "granian", _granian),
)


@contextmanager
def _running(contender: Contender) -> Iterator[tuple[int, Path]]:
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "bench.db"
        with sqlite3.connect(database) as connection:
            connection.execute("pragma journal_mode=WAL")
            connection.execute("create table answers (row text)")
        environment = {**os.environ, DATABASE: str(database), "PYTHONPATH": str(REPOSITORY)}
        command = contender.command(port)
        server = subprocess.Popen(
            [sys.executable, *([] if command[0] == "-c" else ["-m"]), *command],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_until_answered(port, GET)
            yield port, database
        finally:
            server.terminate()
            try:
                server.wait(timeout=15)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _load_beside_half_sent(port: int) -> Load:
    with ExitStack() as stack:
        for number in range(HALF_SENT):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            connection.sendall(HALF_HEADERS if number % 2 else HALF_BODY)
        time.sleep(0.3)
        return load(port, GET, clients=4, keep=False)


def _load_beside_lock(port: int, database: Path) -> Load:
    with closing(sqlite3.connect(database, isolation_level=None)) as holder:
        holder.execute("begin immediate")
        posting = threading.Thread(target=load, args=(port, POST), kwargs={"clients": WAITING})
        posting.start()
        time.sleep(0.3)
        seen = load(port, GUIDE, clients=4, keep=False)
        posting.join()
    return seen


def run() -> None:
    """Prints one line a server; what is not installed is skipped with a line."""
    print(
        f"{CONNECTIONS} connections, {SECONDS:.0f} s each. Half sent: new visitors' pages while {HALF_SENT}"
    )
    print(
        f"requests stand half sent (headers, bodies). Locked: pages without database while {WAITING} answers"
    )
    print(f"wait {LOCK_WAIT:.0f} s each for a locked one. Unanswered: no answer within {SECONDS:.0f} s.")
    print(f"{'':34}{'':26}{'half sent':>22}{'locked':>22}")
    columns = ("GET/s", "POST/s", "p99 POST", "p99", "unanswered", "p99", "unanswered")
    widths = (8, 8, 10, 10, 12, 10, 12)
    print(f"{'server':34}" + "".join(f"{name:>{width}}" for name, width in zip(columns, widths, strict=True)))
    for contender in CONTENDERS:
        if importlib.util.find_spec(contender.package) is None:
            print(f"{contender.name:34}skipped: {contender.package} is not installed")
            continue
        with _running(contender) as (port, database):
            gets, posts = load(port, GET), load(port, POST)
            locked, half = _load_beside_lock(port, database), _load_beside_half_sent(port)
        print(
            f"{contender.name:34}{gets.rate():8.0f}{posts.rate():8.0f}{posts.percentile(99) * 1000:7.0f} ms"
            f"{half.described()}{locked.described()}"
        )


if __name__ == "__main__":
    run()
