"""A browser over real HTTP: keeps cookies, reads forms out of pages, and sends them as a browser would."""

from __future__ import annotations

import http.client
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from html import unescape
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from urllib.parse import urlencode

PATIENCE = 20.0
Answers = Mapping[str, str | Iterable[str]]
Fields = list[tuple[str, str]]


@dataclass
class HtmlForm:
    """A form of a page: where it goes, what stands in it, and every name it could send."""

    action: str
    method: str
    css: str
    fields: Fields = field(default_factory=list)
    names: set[str] = field(default_factory=set)

    def filled(self, answers: Answers) -> Fields:
        """What a browser sends when `answers` were typed over what stands in the form."""
        unknown = answers.keys() - self.names
        assert not unknown, f"the page does not ask for {unknown}"
        typed = [
            (name, value)
            for name, values in answers.items()
            for value in ([values] if isinstance(values, str) else values)
        ]
        return [pair for pair in self.fields if pair[0] not in answers] + typed


@dataclass(frozen=True)
class Page:
    """An answer as the family sees it. `address` is what the address bar shows."""

    address: str
    status: int
    headers: http.client.HTTPMessage
    body: bytes
    seconds: float

    @property
    def text(self) -> str:
        """The page's source."""
        return self.body.decode()

    @property
    def name(self) -> str:
        """The last part of the address, which for a page of questions is the page's name."""
        return self.address.partition("?")[0].rsplit("/", 1)[1]

    @cached_property
    def forms(self) -> list[HtmlForm]:
        """Every form of the page."""
        reader = _FormReader()
        reader.feed(self.text.replace("\r\n", "\n"))
        return reader.forms

    @property
    def form(self) -> HtmlForm:
        """The page's own form (a quick exit beside it does not count)."""
        found = [form for form in self.forms if "kb-exit-form" not in form.css]
        assert len(found) == 1, f"{self.status} {self.address}: {len(found)} forms\n{self.text}"
        return found[0]

    @property
    def reference(self) -> str:
        """The reference that the page shows."""
        found = re.search(r'data-reference="([^"]+)"', self.text)
        assert found, self.text
        return found[1]

    @property
    def code(self) -> str:
        """The code that the page shows, in groups."""
        found = re.search(r'class="kb-code">([^<]+)<', self.text)
        assert found, self.text
        return found[1]

    @property
    def heading(self) -> str:
        """The words of the first heading."""
        found = re.search(r"<h1[^>]*>([^<]+)</h1>", self.text)
        assert found, self.text
        return unescape(found[1]).strip()

    def shows(self, words: str) -> bool:
        """Whether a reader finds these words on the page, in the text or in a text box."""
        return words in unescape(self.text)


class Browser:
    """One browser on one device, looking at 127.0.0.1:`port`."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}

    def open(self, address: str) -> Page:
        """GET an address and go where it leads."""
        return self._follow(self.ask("GET", address))

    def send(self, form: HtmlForm, answers: Answers | None = None, *, to: str | None = None) -> Page:
        """Send a form with `answers` typed into it, and go where that leads; `to` is a button's own address."""
        return self._follow(self.post(to or form.action, form.filled(answers or {})))

    def post(self, address: str, fields: Fields, headers: Mapping[str, str] | None = None) -> Page:
        """POST these fields; the answer itself, not where it leads."""
        origin = f"http://127.0.0.1:{self.port}"
        usual = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": origin,
            "Referer": origin + address,
            "Sec-Fetch-Site": "same-origin",
        }
        as_sent = [(name, value.replace("\r\n", "\n").replace("\n", "\r\n")) for name, value in fields]
        return self.ask("POST", address, urlencode(as_sent).encode(), {**usual, **(headers or {})})

    def ask(
        self, method: str, address: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Page:
        """One request and its answer; cookies are kept."""
        began = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, address, body, {**self._cookie_header, **(headers or {})})
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        self._keep_cookies(answer.headers)
        return Page(address, answer.status, answer.headers, content, time.monotonic() - began)

    def _follow(self, page: Page) -> Page:
        for _ in range(5):
            if page.status != 303:
                return page
            page = self.ask("GET", page.headers["Location"])
        raise AssertionError(f"{page.address} leads in a circle")

    @property
    def _cookie_header(self) -> dict[str, str]:
        pairs = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {"Cookie": pairs} if pairs else {}

    def _keep_cookies(self, headers: http.client.HTTPMessage) -> None:
        for line in headers.get_all("Set-Cookie", []):
            for name, morsel in SimpleCookie(line).items():
                if morsel["max-age"] == "0":
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value


class _FormReader(HTMLParser):
    """Collects what each form would send as the page stands."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[HtmlForm] = []
        self._text: str | None = None
        self._name = ""

    def handle_starttag(self, tag: str, pairs: list[tuple[str, str | None]]) -> None:
        marks = {name: value or "" for name, value in pairs}
        if tag == "form":
            self.forms.append(HtmlForm(marks["action"], marks.get("method", "get"), marks.get("class", "")))
        elif tag in ("input", "textarea", "select") and marks.get("name"):
            self._name = marks["name"]
            self.forms[-1].names.add(self._name)
            if tag == "input":
                self._take_input(marks)
            elif tag == "textarea":
                self._text = ""
        elif tag == "option" and "selected" in marks:
            self.forms[-1].fields.append((self._name, marks["value"]))

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._text is not None:
            self.forms[-1].fields.append((self._name, self._text.removeprefix("\n")))
            self._text = None

    def _take_input(self, marks: Mapping[str, str]) -> None:
        kind = marks.get("type", "text")
        if kind not in ("radio", "checkbox", "submit") or "checked" in marks:
            self.forms[-1].fields.append((self._name, marks.get("value", "on")))
