"""A form page of ours, shown and answered, against four fields written by hand (`peer_app`)."""

from __future__ import annotations

import http.client
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.benchmarks.clients import CONNECTIONS, Load, free_port, load, wait_until_answered
from tests.benchmarks.peer_app import CHROME, DATABASE, make_database
from tests.benchmarks.timing import ratio, spread
from tests.instances import REPOSITORY, make_instance

ROUNDS = 5
SECONDS = 2.0
PROCESSES = 2
ANSWERS = {"name": "Sam Lee", "email": "sam@example.org", "age": "9", "first": "true"}
FORM: dict[str, Any] = {
    "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
    "name": "visit",
    "title": "A visit",
    "version": "1.0.0",
    "languages": ["en"],
    "resources": [
        {
            "name": "visits",
            "path": "visits.csv",
            "encoding": "utf-8",
            "schema": {
                "fields": [
                    {
                        "name": "name",
                        "type": "string",
                        "title": "What is your name?",
                        "constraints": {"required": True, "maxLength": 80},
                    },
                    {
                        "name": "email",
                        "type": "string",
                        "format": "email",
                        "title": "What is your email address?",
                        "constraints": {"required": True},
                    },
                    {
                        "name": "age",
                        "type": "integer",
                        "title": "How old is your child?",
                        "constraints": {"required": True, "minimum": 0, "maximum": 25},
                    },
                    {
                        "name": "first",
                        "type": "boolean",
                        "title": "Is this your first visit?",
                        "form": {"showWhen": {"field": "age", "operator": ">", "answer": 5}},
                    },
                    {"name": "words", "type": "string", "title": "What else should we know?"},
                ]
            },
        }
    ],
    "form": {
        "pages": [
            {"name": "you", "title": "You", "fields": ["name", "email", "age", "first"]},
            {"name": "more", "title": "More", "fields": ["words"]},
        ]
    },
}
_TOKEN = re.compile(r'name="csrf_token"[^>]* value="([^"]+)"')


@dataclass(frozen=True)
class App:
    """An app that is served, and what one client after the other asks of it."""

    name: str
    port: int
    gets: tuple[bytes, ...]
    posts: tuple[bytes, ...]

    def get(self) -> Load:
        """The page, shown."""
        return load(self.port, *self.gets, seconds=SECONDS, welcome=(b"200",))

    def post(self) -> Load:
        """The page, answered and kept."""
        return load(self.port, *self.posts, seconds=SECONDS, welcome=(b"303",))


def run() -> None:
    """Prints medians of the rounds, the ratios to the peer, and how fast the disk is."""
    print(f"{CONNECTIONS} connections, kept; {PROCESSES} processes each of the same server; synchronous=FULL")
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        ours = stack.enter_context(_our_app(Path(folder)))
        peer = stack.enter_context(_peer_app(Path(folder)))
        print(f"the disk: {_syncs(Path(folder)):,.0f} fdatasync/s")
        for what, ask in (("GET", App.get), ("POST", App.post)):
            loads: dict[str, list[Load]] = {ours.name: [], peer.name: []}
            for _ in range(ROUNDS):
                for app in (ours, peer):
                    loads[app.name].append(ask(app))
            _print(what, loads, ours.name, peer.name)


def _print(what: str, loads: Mapping[str, list[Load]], ours: str, peer: str) -> None:
    rates = {name: [each.rate() for each in found] for name, found in loads.items()}
    for name, found in loads.items():
        slow = spread([each.percentile(99) for each in found], 1000)
        lost = sum(each.failures + each.refused for each in found)
        compared = f"{ratio(rates[ours], rates[peer]):6.2f} of the peer" if name == ours else ""
        print(f"{what:5}{name:28}{spread(rates[name]):>24} /s   p99 {slow} ms   lost {lost}  {compared}")


def _syncs(folder: Path) -> float:
    """How often a second 4 KiB reach the disk."""
    with (folder / "sync").open("wb", buffering=0) as file:
        began, count = time.perf_counter(), 0
        while time.perf_counter() - began < 1:
            file.write(bytes(4096))
            os.fdatasync(file.fileno())
            count += 1
    return count


@contextmanager
def _our_app(folder: Path) -> Iterator[App]:
    instance = make_instance(folder / "instance", {"visit": FORM})
    for shell in (instance.release / "private" / "shells").iterdir():
        shell.write_text(shell.read_text("utf-8").replace("<main", f"{CHROME}<main"), "utf-8")
    more = (
        ", settings='forms_service.settings:read_settings'"
        f", release=Path('{instance.settings.current_release}')"
    )
    with _served("forms_service.public:create_app", instance.environment, "/forms/visit/", more) as port:
        visitors = [_begin(port, "/forms/visit/") for _ in range(CONNECTIONS)]
        yield App("kinbridge, sealed draft", port, *_messages("/forms/visit/you", visitors))


@contextmanager
def _peer_app(folder: Path) -> Iterator[App]:
    database = str(folder / "peer.db")
    make_database(database)
    with _served("tests.benchmarks.peer_app:make_app", {DATABASE: database}, "/") as port:
        visitors = [_visit(port, "/", "") for _ in range(CONNECTIONS)]
        yield App("Flask, WTForms, sqlite3", port, *_messages("/", visitors))


@contextmanager
def _served(factory: str, environment: Mapping[str, str], first: str, more: str = "") -> Iterator[int]:
    """The port of an app that is served by our own server, and answers at `first`."""
    port = free_port()
    code = (
        "from pathlib import Path\n"
        "from forms_service.serving.plan import Endpoint, ServePlan\n"
        "from forms_service.serving.supervisor import serve\n"
        f"public = Endpoint('bench', '127.0.0.1', {port}, "
        f"{factory!r}, processes={PROCESSES}, threads=32{more})\n"
        "serve(ServePlan(public=public))"
    )
    server = subprocess.Popen(
        [sys.executable, "-c", code],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY), **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until_answered(port, f"GET {first} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        yield port
    finally:
        server.terminate()
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _begin(port: int, start: str) -> tuple[str, str]:
    """Cookie and token of a draft that was just begun."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("POST", start, headers={"Content-Type": "application/x-www-form-urlencoded"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return _visit(port, answer.headers["Location"], answer.headers["Set-Cookie"])


def _visit(port: int, page: str, cookie: str) -> tuple[str, str]:
    """Cookie and token that a page gives a visitor."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", page, headers={"Cookie": cookie.split(";")[0]})
    answer = connection.getresponse()
    found = _TOKEN.search(answer.read().decode())
    connection.close()
    if found is None:
        raise RuntimeError(f"{page} shows no form: status {answer.status}")
    return (cookie or answer.headers["Set-Cookie"]).split(";")[0], found[1]


def _messages(page: str, visitors: list[tuple[str, str]]) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    gets, posts = [], []
    for cookie, token in visitors:
        body = urlencode({"csrf_token": token, **ANSWERS})
        head = f"{page} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n"
        kind = "Content-Type: application/x-www-form-urlencoded\r\n"
        gets.append(f"GET {head}\r\n".encode())
        posts.append(f"POST {head}{kind}Content-Length: {len(body)}\r\n\r\n{body}".encode())
    return tuple(gets), tuple(posts)
