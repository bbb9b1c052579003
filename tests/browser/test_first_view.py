"""The first view of a page: light as it is served, and nothing moves while it loads."""

from __future__ import annotations

import http.client
from urllib.parse import urljoin, urlsplit

import pytest

from tests.browser.clinic import Clinic
from tests.browser.conftest import NewVisitor
from tests.browser.kinds import KINDS
from tests.browser.visitor import DESK, PHONE
from tests.site.pages import Element, parse

GUIDE, FORM = 50_000, 30_000  # bytes, compressed
SHIFT = """() => new Promise(done => {
    let sum = 0;
    new PerformanceObserver(list => {
        for (const entry of list.getEntries()) sum += entry.value;
    }).observe({type: "layout-shift", buffered: true});
    setTimeout(() => done(sum), 300);
})"""


class Weighing:
    """Fetches what a page loads by itself, as a browser would, and adds up the bytes."""

    def __init__(self, clinic: Clinic) -> None:
        self._host = urlsplit(clinic.base).netloc
        self._assets: dict[str, int] = {}

    def page(self, address: str) -> int:
        """The bytes of the page and of all that its first view needs; forms are sent as they are."""
        status, kind, body = self._get(address, "identity")
        assert (status, kind) == (200, ""), address
        _, kind, sent = self._get(address, "br, gzip")
        assert kind == "br" or "/forms/" in address, address
        elements = parse(body.decode()).walk()
        loaded = {urljoin(address, asset) for element in elements for asset in _loads(element)}
        assert loaded, address
        return len(sent) + sum(self._asset(asset) for asset in loaded)

    def _asset(self, address: str) -> int:
        if address not in self._assets:
            status, _, body = self._get(address, "br, gzip")
            assert status == 200, address
            self._assets[address] = len(body)
        return self._assets[address]

    def _get(self, address: str, encodings: str) -> tuple[int, str, bytes]:
        connection = http.client.HTTPConnection(self._host, timeout=20)
        try:
            connection.request("GET", address, headers={"Accept-Encoding": encodings})
            answer = connection.getresponse()
            return answer.status, answer.headers.get("Content-Encoding", ""), answer.read()
        finally:
            connection.close()


def _loads(element: Element) -> list[str]:
    """The addresses that an element makes a browser fetch."""
    if element.tag == "link" and element.get("rel") in ("stylesheet", "icon", "preload"):
        return [element["href"]]
    if element.tag in ("script", "img", "source", "iframe") and element.get("src"):
        return [element["src"]]
    return []


def test_every_page_is_light_in_its_first_view(clinic: Clinic) -> None:
    weighing = Weighing(clinic)
    pages = sorted(
        "/" + path.relative_to(clinic.public).as_posix().removesuffix("index.html")
        for path in clinic.public.rglob("index.html")
    )
    weights = {address: weighing.page(address) for address in pages}
    assert len(weights) > 80
    assert {address: weight for address, weight in weights.items() if weight > GUIDE} == {}


@pytest.mark.parametrize("language", ["", "/es"])
def test_every_form_begins_light(clinic: Clinic, language: str) -> None:
    weighing = Weighing(clinic)
    forms = [path.name for path in (clinic.files.instance.release / "private" / "forms").iterdir()]
    weights = {form: weighing.page(f"{language}/forms/{form}/") for form in sorted(forms)}
    assert {"intake", "support-group", "session-feedback"} <= set(weights)
    assert {form: weight for form, weight in weights.items() if weight > FORM} == {}


@pytest.mark.browser
@pytest.mark.parametrize("kind", ["page", "page of safety", "page with every widget", "check"])
def test_a_page_of_a_form_is_light(new: NewVisitor, kind: str) -> None:
    visitor = new(width=PHONE)
    KINDS[kind].go(visitor)
    sizes = "() => performance.getEntriesByType('resource').map((entry) => entry.encodedBodySize)"
    page = "() => performance.getEntriesByType('navigation')[0].encodedBodySize"
    resources = visitor.page.evaluate(sizes)
    assert len(resources) >= 2
    assert visitor.page.evaluate(page) + sum(resources) <= FORM


@pytest.mark.browser
@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize(
    "kind", ["home", "guide", "worksheet", "all guides", "start", "page", "page of safety"]
)
def test_nothing_moves_while_a_page_loads(new: NewVisitor, kind: str, width: int) -> None:
    visitor = new(width=width)
    KINDS[kind].go(visitor)
    visitor.page.reload()
    assert visitor.page.evaluate(SHIFT) == 0
