"""A family at its own browser, which writes down all that goes wrong behind the page."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal
from urllib.parse import urlencode, urlsplit

from playwright.sync_api import APIResponse, Browser, BrowserContext, ConsoleMessage, Page, Request, Response

from tests.browser.clinic import Clinic
from tests.families import Answers

Scheme = Literal["light", "dark"]
PHONE, DESK = 360, 1280
HEIGHTS = {PHONE: 740, DESK: 900}
_STATUS = re.compile(r"Failed to load resource: the server responded with a status of [45]\d\d ")
_NEW = re.compile(r'class="kb-add"><a [^>]*href="([^"]+)"')
_MARK = re.compile(r'name="added_item" value="([0-9a-f]+)"')
_TOKEN = re.compile(r'name="csrf_token" value="([0-9a-f]+)"')
_TELL_VIOLATIONS = """addEventListener("securitypolicyviolation", (event) =>
    console.error(`violates ${event.violatedDirective}: ${event.blockedURI}`), true)"""
_addresses = itertools.count(1)


@dataclass
class Visitor:
    """One browser with its own cookies.

    `status` is the last page's, `began_at` the id of what had the focus when the page was opened, `noise` what
    the console complained of, `hosts` whom the browser asked, and `allowed` whom it may.
    """

    clinic: Clinic
    context: BrowserContext
    page: Page
    language: str = ""
    status: int = 0
    began_at: str = ""
    noise: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)
    allowed: set[str] = field(default_factory=set)

    def address(self, path: str) -> str:
        """The address of a path of the site in the visitor's language."""
        prefix = f"/{self.language}" if self.language else ""
        return f"{self.clinic.base}{prefix}{path}"

    def open(self, path: str) -> Response:
        """Go to a path of the site in the visitor's language."""
        response = self.page.goto(self.address(path))
        assert response is not None
        return response

    def beside(self) -> Visitor:
        """The same family in another tab."""
        other = replace(self, page=self.context.new_page())
        other.watch(other.page)
        return other

    def watch(self, page: Page) -> None:
        """Write down what its console complains of."""
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.noise.append(f"error: {error}"))
        page.on("response", self._arrive)

    @property
    def path(self) -> str:
        """Where the visitor is, without language and fragment."""
        path = urlsplit(self.page.url).path
        return path.removeprefix(f"/{self.language}") if self.language else path

    def code(self) -> str:
        """The code that the page shows."""
        return self.page.locator(".kb-code").inner_text().strip()

    def reference(self) -> str:
        """The reference that the page shows."""
        return self.page.locator("[data-reference]").first.get_attribute("data-reference") or ""

    def press(self, button: str = ".kb-actions .kb-button") -> None:
        """Click what leads on, and wait for the page it leads to."""
        with self.page.expect_navigation():
            self.page.locator(button).first.click()

    def begin(self, form: str, answers: Mapping[str, Answers] | None = None, until: str = "check") -> None:
        """Begin a form and answer its pages up to (not including) `until`, without looking at them."""
        found = self._post(f"/forms/{form}/", {})
        self.go_on(form, found.rsplit("/", 1)[1], answers, until)

    def add_item(self, page: str, answers: Answers, form: str = "intake", status: int = 303) -> None:
        """Add an item to a list."""
        path = f"/forms/{form}/{page}"
        listed = self.context.request.get(self.address(path)).text()
        address = _NEW.search(listed)
        token = _TOKEN.search(listed)
        assert address and token
        mark = _MARK.search(self.context.request.get(self.clinic.base + address[1]).text())
        assert mark
        self._post(address[1], {**answers, "csrf_token": token[1], "added_item": mark[1]}, status)

    def go_on(
        self, form: str, page: str, answers: Mapping[str, Answers] | None = None, until: str = "check"
    ) -> None:
        """Answer the pages of a form that was begun, from `page` up to (not including) `until`."""
        found = self.address(f"/forms/{form}/{page}").removeprefix(self.clinic.base)
        token = _TOKEN.search(self.context.request.get(self.clinic.base + found).text())
        assert token
        while (name := found.rsplit("/", 1)[1]) != until:
            found = self._post(
                f"/forms/{form}/{name}", {**(answers or {}).get(name, {}), "csrf_token": token[1]}
            )

    def _post(self, path: str, answers: Answers, status: int = 303) -> str:
        """Where a POST leads."""
        response: APIResponse = self.context.request.post(
            self.address(path),
            data=urlencode(_flat(answers)),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            max_redirects=0,
        )
        assert response.status == status, (
            f"{path}: {response.text().partition('<h1')[2].partition('</form>')[0]}"
        )
        return response.headers.get("location", path)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not _STATUS.match(message.text):
            self.noise.append(f"{message.type}: {message.text}")

    def _arrive(self, response: Response) -> None:
        if response.request.is_navigation_request():
            self.status = response.status

    def _note(self, request: Request) -> None:
        self.hosts.add(urlsplit(request.url).netloc)


def new_visitor(
    clinic: Clinic,
    browser: Browser,
    *,
    width: int = DESK,
    scheme: Scheme = "light",
    javascript: bool = True,
    language: str = "",
) -> Visitor:
    """A visitor with a browser as new."""
    number = next(_addresses)
    context = browser.new_context(
        viewport={"width": width, "height": HEIGHTS.get(width, 900)},
        color_scheme=scheme,
        java_script_enabled=javascript,
        extra_http_headers={"X-Forwarded-For": f"10.0.{number // 250}.{number % 250 + 1}"},
    )
    context.set_default_timeout(15_000)
    context.add_init_script(_TELL_VIOLATIONS)
    visitor = Visitor(clinic, context, context.new_page(), language, allowed={urlsplit(clinic.base).netloc})
    visitor.watch(visitor.page)
    context.on("request", visitor._note)
    return visitor


def _flat(answers: Answers) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for name, value in answers.items():
        values: Iterable[str] = [value] if isinstance(value, str) else value
        pairs += [(name, item) for item in values]
    return pairs
