"""Somebody who works at the clinic, at their own browser: all over HTTP."""

from __future__ import annotations

import base64
import re
import time
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urlsplit

from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from forms_service.cli import main
from tests.instances import Instance

PASSWORD = "four quiet herons wade"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_KEY = re.compile(r'class="kb-key">([^<]+)<')
_CODES = re.compile(r"<li><code>([^<]+)</code></li>")
_LINK = re.compile(r"https?://\S+?(/staff/invitation/[\w-]+)")


def run(instance: Instance, *words: str, **settings: str) -> Result:
    """A `kinbridge` command on this instance."""
    return CliRunner().invoke(main, list(words), env={**instance.environment, **settings})


def link_for(instance: Instance, email: str, role: str = "reader") -> str:
    """The path of the one-time link that the command line prints."""
    result = run(instance, "staff", "add", email, "--role", role)
    assert result.exit_code == 0, result.output
    return link_in(result.output)


def link_in(text: str) -> str:
    """The path of the one-time link in a text."""
    found = _LINK.search(unescape(text))
    assert found, text
    return found[1]


@dataclass
class Colleague:
    """One browser at one address."""

    client: FlaskClient
    email: str = "ana@clinic.example"
    password: str = PASSWORD
    address: str = "192.0.2.1"
    app_key: str = ""
    codes: list[str] = field(default_factory=list)
    token: str = ""
    first_code: str = ""

    def open(self, path: str, follow: bool = True) -> TestResponse:
        """GET a page, keeping its token."""
        page = self.client.get(path, environ_base={"REMOTE_ADDR": self.address}, follow_redirects=follow)
        found = _TOKEN.search(page.text)
        if found:
            self.token = unescape(found[1])
        return page

    def send(self, path: str, follow: bool = True, **typed: str) -> TestResponse:
        """POST what was typed, with the page's token."""
        page = self.client.post(
            path, data={"csrf_token": self.token, **typed}, environ_base={"REMOTE_ADDR": self.address}
        )
        return self.open(page.headers["Location"]) if follow and page.status_code == 303 else page

    def accept(self, link: str) -> TestResponse:
        """Go all the way in with a link: password, app, recovery codes."""
        self.open(link)
        page = self.send("/staff/welcome/password", password=self.password, again=self.password)
        assert heading_of(page) == "Add a second step to signing in", page.text
        page = self.open("/staff/welcome/app")
        self.app_key = _KEY.findall(page.text)[0].replace(" ", "").replace("-", "")
        self.first_code = self.code()
        page = self.send("/staff/welcome/app", code=self.first_code)
        page = self.send("/staff/welcome/codes")
        self.codes = _CODES.findall(page.text)
        return self.send("/staff/welcome/done")

    def enter_password(self, password: str | None = None) -> TestResponse:
        """The first step of signing in."""
        self.open("/staff/login")
        return self.send("/staff/login", email=self.email, password=password or self.password)

    def sign_in(self) -> TestResponse:
        """Both steps of signing in, with the next code of the app."""
        self.enter_password()
        return self.send("/staff/login/code", code=self.code(later=1))

    def code(self, later: int = 0) -> str:
        """What the app shows now, or `later` steps of 30 seconds from now."""
        return app_code(self.app_key, later)


def app_code(key: str, later: int = 0) -> str:
    """The six figures of an authenticator app, by another library than the one that judges them."""
    raw = base64.b32decode(key + "=" * (-len(key) % 8))
    return TOTP(raw, 6, SHA1(), 30, enforce_key_length=False).generate(int(time.time()) + 30 * later).decode()


def heading_of(page: TestResponse) -> str:
    """The words of the page's heading."""
    found = re.search(r"<h1[^>]*>([^<]+)</h1>", page.text)
    assert found, f"{page.status} {page.text}"
    return unescape(found[1])


def errors_of(page: TestResponse) -> list[str]:
    """The lines of a page's error summary."""
    summary = page.text.partition('id="error-summary"')[2].partition("</div>")[0]
    return [unescape(text) for text in re.findall(r'<a href="#[^"]+">([^<]+)</a>', summary)]


def path_of(page: TestResponse) -> str:
    """The path that the address bar shows."""
    return urlsplit(page.request.url).path


def new_colleague(instance: Instance, app: Flask, email: str, role: str) -> Colleague:
    """Somebody invited with that role who is signed in."""
    colleague = Colleague(app.test_client(), email)
    page = colleague.accept(link_for(instance, email, role))
    assert path_of(page) == "/staff/", page.text
    return colleague
