"""A family at its browser: starts a form, answers pages, sends; all over HTTP."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

Answers = Mapping[str, str | Iterable[str]]
_TOKEN = re.compile(r'name="csrf_token" value="([0-9a-f]+)"')
_REFERENCE = re.compile(r'data-reference="([^"]+)"')
_CARRIED = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
_ADD = re.compile(r'class="kb-add"><a [^>]*href="([^"]+)"')
_CODE = re.compile(r'class="kb-code">([^<]+)<')

INTAKE: dict[str, Answers] = {
    "you": {"your_name": "Ana Quispe", "relation": "mother", "contact_by": "phone", "phone": "555 0199"},
    "child": {
        "child_name": "Zoé",
        "birth_date-day": "3",
        "birth_date-month": "2",
        "birth_date-year": "2015",
    },
    "consent": {"consent": "true"},
}
SUPPORT_GROUP: dict[str, Answers] = {
    "group": {"group": "worries-2027-01"},
    "contact": {"your_name": "Ana Quispe", "contact_by": "email", "email": "ana@example.org"},
    "consent": {"consent": "true"},
}


@dataclass
class Family:
    """One browser. `form` is the form it fills in, `language` the prefix of its addresses."""

    client: FlaskClient
    form: str
    language: str = ""
    token: str = ""
    trail: list[str] = field(default_factory=list)

    def address(self, page: str = "") -> str:
        """The address of a page of the form."""
        prefix = f"/{self.language}" if self.language else ""
        return f"{prefix}/forms/{self.form}/{page}"

    def start(self) -> TestResponse:
        """Begin a draft and open its first page."""
        answer = self.client.post(self.address())
        assert answer.status_code == 303, answer.text
        return self.open(answer.headers["Location"])

    def open(self, address: str) -> TestResponse:
        """GET an address, keeping the page's token."""
        answer = self.client.get(address)
        found = _TOKEN.search(answer.text)
        if found:
            self.token = found[1]
        return answer

    def answer(self, page: str, answers: Answers, **more: str) -> TestResponse:
        """POST a page's answers."""
        data = {"csrf_token": self.token, **answers, **more}
        return self.client.post(self.address(page), data=data)

    def add(self, page: str, answers: Answers) -> TestResponse:
        """Follow the list page's link to a new item, and POST its answers."""
        listed = self.open(self.address(page))
        found = _ADD.search(listed.text)
        assert found, listed.text
        return self.change(found[1], answers)

    def change(self, address: str, answers: Answers) -> TestResponse:
        """Open an item's page and POST answers with what it carries itself."""
        asked = self.open(address)
        carried = dict(_CARRIED.findall(asked.text.partition("<form method")[2]))
        return self.client.post(address, data={**carried, **answers})

    def walk(self, pages: Mapping[str, Answers]) -> TestResponse:
        """Answer every page asked, those of `pages` with their answers, until "check your answers"."""
        answer = self.open(self.address("check"))
        address = _next(answer, self.address("check"))
        while not address.endswith("/check"):
            name = urlsplit(address).path.rsplit("/", 1)[1]
            self.trail.append(name)
            self.open(address)
            answer = self.answer(name, pages.get(name, {}))
            assert answer.status_code == 303, f"{name}: {errors_of(answer)}"
            address = answer.headers["Location"]
        return self.open(address)

    def send(self) -> str:
        """Send; the reference on the done page."""
        answer = self.client.post(self.address("check"), data={"csrf_token": self.token})
        assert answer.status_code == 303, answer.text
        return reference_of(self.client.get(answer.headers["Location"]))


def errors_of(answer: TestResponse) -> list[str]:
    """The lines of a page's error summary."""
    summary = answer.text.partition('id="error-summary"')[2].partition("</div>")[0]
    return [unescape(line).strip() for line in re.findall(r"<a [^>]*>([^<]+)</a>", summary)]


def reference_of(answer: TestResponse) -> str:
    """The reference a done page shows."""
    found = _REFERENCE.search(answer.text)
    assert found, answer.text
    return found[1]


def code_of(answer: TestResponse) -> str:
    """The code a page shows."""
    found = _CODE.search(answer.text)
    assert found, answer.text
    return found[1]


def _next(answer: TestResponse, check: str) -> str:
    found = re.search(r'href="([^"]+)">Some questions still need', answer.text)
    return found[1] if found else check
