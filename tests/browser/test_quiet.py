"""Behind the page nothing is kept that is not needed. (Each visit of this folder ends with a look at the console.)"""

from __future__ import annotations

import pytest

from tests.browser.conftest import NewVisitor
from tests.families import SUPPORT_GROUP

pytestmark = pytest.mark.browser

STORED = """async () => [localStorage.length, sessionStorage.length, (await indexedDB.databases()).length,
    (await navigator.serviceWorker?.getRegistrations() ?? []).length]"""


def test_before_a_form_is_started_nothing_is_kept(new: NewVisitor) -> None:
    visitor = new()
    for path in ("/", "/home-practice/", "/worksheets/", "/forms/", "/forms/intake/", "/forms/resume"):
        visitor.open(path)
    assert visitor.context.cookies() == []
    assert visitor.page.evaluate(STORED) == [0, 0, 0, 0]


def test_each_form_begun_keeps_one_cookie_that_no_script_reads(new: NewVisitor) -> None:
    visitor = new()
    for form in ("intake", "support-group"):
        visitor.open(f"/forms/{form}/")
        visitor.press()
    cookies = visitor.context.cookies()
    assert sorted(cookie.get("name", "") for cookie in cookies) == ["kb-intake", "kb-support-group"]
    assert [cookie.get("httpOnly") for cookie in cookies] == [True, True]
    assert [cookie.get("sameSite") for cookie in cookies] == ["Lax", "Lax"]
    assert visitor.page.evaluate("document.cookie") == ""
    assert visitor.page.evaluate(STORED) == [0, 0, 0, 0]


def test_after_sending_the_cookie_lasts_half_an_hour_and_leaving_clears_it(new: NewVisitor) -> None:
    visitor = new()
    visitor.begin("support-group", SUPPORT_GROUP)
    visitor.open("/forms/support-group/check")
    visitor.press("form .kb-actions .kb-button")
    (cookie,) = visitor.context.cookies()
    assert cookie.get("expires", 0) - visitor.page.evaluate("Date.now() / 1000") < 31 * 60
    visitor.open("/forms/support-group/leave")
    visitor.press()
    assert visitor.context.cookies() == []


def test_a_script_and_a_style_in_the_page_are_refused_and_found(new: NewVisitor) -> None:
    visitor = new()
    visitor.open("/forms/intake/")
    visitor.page.evaluate(
        """() => {
            const script = document.createElement("script");
            script.textContent = "document.title = 'taken over'";
            document.body.append(script);
            document.body.setAttribute("style", "display: none");
        }"""
    )
    assert visitor.page.title() != "taken over"
    assert visitor.page.locator("h1").is_visible()
    found = " ".join(visitor.noise)
    assert "violates script-src" in found and "violates style-src" in found
    visitor.noise.clear()
