"""The site in a real browser: narrow and wide, light and dark, with and without scripts."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import brotli
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.site.conftest import Built
from tests.site.screens import opened, served

pytestmark = pytest.mark.browser

ADDRESSES = (
    "/",
    "/es/",
    "/guides/",
    "/es/guides/",
    "/worksheets/",
    "/worksheets/log/",
    "/forms/",
    "/calm/",
    "/es/noches/",
    "/crisis/",
    "/es/crisis/",
    "/search/",
    "/es/search/",
    "/404.html",
)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Page) -> list[str]:
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    return [f"{fault['id']}: {node['html'][:100]}" for fault in found for node in fault["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_no_page_has_a_barrier_that_axe_can_find(
    browser: Browser, base: str, width: int, scheme: str
) -> None:
    with opened(browser, width, scheme, bypass_csp=True) as page:
        for address in (
            "/",
            "/guides/",
            "/worksheets/log/",
            "/forms/",
            "/calm/",
            "/crisis/",
            "/search/",
            "/404.html",
        ):
            page.goto(base + address)
            assert violations(page) == [], address


def test_axe_finds_a_planted_barrier(browser: Browser, base: str) -> None:
    with opened(browser, 360, bypass_csp=True) as page:
        page.goto(f"{base}/calm/")
        page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<input>')")
        assert any(fault.startswith("label") for fault in violations(page))


@pytest.mark.parametrize("width", [320, 360, 768, 1280, 1920])
def test_nothing_has_to_be_scrolled_sideways(browser: Browser, base: str, width: int) -> None:
    with opened(browser, width) as page:
        for address in ADDRESSES:
            page.goto(base + address)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, address


@pytest.mark.parametrize("address", ["/calm/", "/es/noches/", "/es/guides/"])
def test_on_a_phone_the_crisis_bar_is_one_line_and_the_menu_one_more(
    browser: Browser, base: str, address: str
) -> None:
    with opened(browser, 360) as page:
        page.goto(base + address)
        assert len(_rows(page, ".kb-bar a")) == 1
        brand = page.locator(".kb-brand__name").bounding_box()
        search = page.locator(".kb-menu__search a").bounding_box()
        assert brand is not None and brand["height"] < 25
        assert search is not None and search["y"] < brand["y"] < search["y"] + search["height"]
        assert len(_rows(page, ".kb-menu li:not(.kb-menu__search) a, .kb-languages a")) == 1


def test_everything_to_tap_in_the_chrome_is_large_enough(browser: Browser, base: str) -> None:
    with opened(browser, 360) as page:
        page.goto(f"{base}/calm/")
        for link in page.locator(".kb-bar a, .kb-menu a, .kb-languages a, .kb-button").all():
            box = link.bounding_box()
            assert box is not None and box["height"] >= 44, link.inner_text()


def test_dark_mode_follows_the_device_and_stores_nothing(browser: Browser, base: str) -> None:
    grounds = []
    for scheme in ("light", "dark"):
        with opened(browser, 360, scheme) as page:
            page.goto(f"{base}/calm/")
            grounds.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
            assert page.evaluate("localStorage.length + sessionStorage.length") == 0
            assert page.context.cookies() == []
    assert grounds == ["rgb(251, 247, 240)", "rgb(20, 32, 31)"]


def test_the_first_tab_reaches_the_main_text(browser: Browser, base: str) -> None:
    with opened(browser, 360) as page:
        page.goto(f"{base}/calm/")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"


def test_a_page_shifts_nothing_while_it_loads(browser: Browser, base: str) -> None:
    with opened(browser, 360) as page:
        page.goto(f"{base}/")
        shift = page.evaluate(
            """() => new Promise(done => {
                let sum = 0;
                new PerformanceObserver(list => {
                    for (const entry of list.getEntries()) sum += entry.value;
                }).observe({type: "layout-shift", buffered: true});
                setTimeout(() => done(sum), 200);
            })"""
        )
        assert shift == 0


def test_a_guide_is_light(hilltop: Built) -> None:
    sent = [hilltop.public / "calm" / "index.html", *(hilltop.public / "assets").glob("kinbridge.*")]
    assert sum(len(brotli.compress(path.read_bytes())) for path in sent) < 20_000


# Pixels between the margins of print.css.
PAPERS = {"A4": 665, "Letter": 687}
CUT = """() => [...document.querySelectorAll("[data-kb-fill]:not([type=checkbox])")]
    .filter((place) => place.scrollHeight > place.clientHeight + 1 || place.scrollWidth > place.clientWidth + 1)
    .map((place) => `${place.id}: ${place.scrollHeight} of ${place.clientHeight} px`)"""


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("scripts", [True, False])
def test_a_filled_worksheet_prints_all_that_was_typed(
    browser: Browser, base: str, scripts: bool, paper: str
) -> None:
    with opened(browser, 1280, scripts=scripts) as page:
        page.goto(f"{base}/worksheets/log/")
        places = page.locator("textarea[data-kb-fill]")
        for place in places.all():
            place.fill("We sat down together and it went rather well for once. " * 6 + "Word" * 40)
        page.emulate_media(media="print")
        page.set_viewport_size({"width": PAPERS[paper], "height": 900})
        assert places.count() > 3
        assert page.evaluate(CUT) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= PAPERS[paper]


@pytest.mark.parametrize("paper", PAPERS)
def test_an_empty_worksheet_prints_lines_to_write_on(browser: Browser, base: str, paper: str) -> None:
    with opened(browser, PAPERS[paper]) as page:
        page.goto(f"{base}/worksheets/log/")
        page.emulate_media(media="print")
        for place in page.locator(".kb-fill textarea").all():
            box = place.bounding_box()
            rows = int(place.get_attribute("rows") or 0)
            assert box is not None and box["height"] >= rows * 22 and box["width"] > 200
            assert place.evaluate("place => getComputedStyle(place).borderBottomStyle") == "solid"


@pytest.mark.parametrize("width", [360, 1280])
def test_a_line_of_a_worksheet_grows_while_one_types(browser: Browser, base: str, width: int) -> None:
    with opened(browser, width) as page:
        page.goto(f"{base}/worksheets/log/")
        place = page.get_by_label("Who helps")
        before = place.bounding_box()
        place.fill("Grandma, on the days when she is here, and else the neighbour. " * 4)
        after = place.bounding_box()
        assert before is not None and after is not None and after["height"] > 1.5 * before["height"]


@pytest.mark.parametrize("scripts", [True, False])
def test_a_worksheet_can_be_filled_in_with_and_without_scripts(
    browser: Browser, base: str, scripts: bool
) -> None:
    with opened(browser, 360, scripts=scripts) as page:
        page.goto(f"{base}/worksheets/log/")
        page.get_by_label("Monday: What we tried").fill("We sat down.")
        page.get_by_label("Who helps").fill("Grandma")
        assert page.get_by_role("button", name="Print").is_visible() is scripts


def test_a_worksheet_is_kept_in_this_browser_until_it_is_cleared(browser: Browser, base: str) -> None:
    with opened(browser, 360) as page:
        sent: list[str] = []
        page.goto(f"{base}/worksheets/log/")
        page.on("request", lambda request: sent.append(request.url))
        page.get_by_label("Who helps").fill("Grandma")
        page.get_by_label("We did it together").check()
        assert [address for address in sent if "/assets/" not in address] == []
        page.reload()
        assert page.get_by_label("Who helps").input_value() == "Grandma"
        assert page.get_by_label("We did it together").is_checked()
        page.on("dialog", lambda dialog: dialog.accept())
        page.get_by_role("button", name="Clear").click()
        assert page.get_by_role("status").inner_text() == "Cleared. Nothing of it is left in this browser."
        assert page.evaluate("localStorage.length") == 0
        page.reload()
        assert page.get_by_label("Who helps").input_value() == ""


def test_a_worksheet_can_be_saved_as_a_file(browser: Browser, base: str) -> None:
    with opened(browser, 360) as page:
        page.goto(f"{base}/worksheets/log/")
        page.get_by_label("Who helps").fill("Grandma")
        page.get_by_label("We did it together").check()
        with page.expect_download() as download:
            page.get_by_role("button", name="Save as a file").click()
        assert download.value.suggested_filename == "log.txt"
        lines = download.value.path().read_text("utf-8").splitlines()
        assert lines[0] == "A small log"
        assert {"Who helps: Grandma", "[x] We did it together"} <= set(lines)


QUESTIONS = """
<form>
<label class="kb-choice"><input type="radio" name="slept" value="no">No</label>
<label class="kb-choice"><input type="radio" name="slept" value="yes">Yes</label>
<label class="kb-choice kb-choice--missing"><input type="radio" name="slept" value="unknown">Not sure</label>
<input class="kb-input" name="nights" aria-label="Nights">
<div class="kb-field" data-kb-when='{"field":"slept","operator":"=","answer":"no"}'>
  <label>Why<input name="why"></label></div>
<div class="kb-field" data-kb-when='{"field":"slept","operator":"exists","answer":"true"}'>Any answer</div>
<div class="kb-field" data-kb-when='{"field":"nights","operator":">","answer":"7"}'>Many</div>
<div class="kb-field" data-kb-when='{"all":[{"field":"slept","operator":"!=","answer":"yes"},
  {"field":"why","operator":"exists","answer":"true"}]}'>Tell us more</div>
<div class="kb-field" data-kb-hidden data-kb-when='{"field":"before","operator":"=","answer":"x"}'>Earlier</div>
<div class="kb-field" data-kb-when='{"any":[{"field":"before","operator":"=","answer":"x"}]}'>Else</div>
</form>
"""


@pytest.fixture(scope="module")
def questions(hilltop: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A form page with conditional questions, in the real shell."""
    public = tmp_path_factory.mktemp("questions")
    shutil.copytree(hilltop.public / "assets", public / "assets")
    shell = (hilltop.private / "shells" / "en.html").read_text("utf-8")
    (public / "index.html").write_text(
        shell.replace("[[kb:head]]", "").replace("[[kb:main]]", QUESTIONS), "utf-8"
    )
    with served(public) as address:
        yield address


def _seen(page: Page) -> list[str]:
    fields = page.locator(".kb-field").all()
    return [field.inner_text().strip() for field in fields if field.is_visible()]


def test_questions_that_do_not_apply_yet_are_hidden_by_the_script(browser: Browser, questions: str) -> None:
    with opened(browser, 360) as page:
        page.goto(questions)
        assert _seen(page) == ["Else"]
        page.get_by_label("No", exact=True).check()
        assert _seen(page) == ["Why", "Any answer", "Else"]
        page.get_by_label("Why").fill("Noise")
        assert _seen(page) == ["Why", "Any answer", "Tell us more", "Else"]
        page.get_by_label("Yes").check()
        assert _seen(page) == ["Any answer", "Else"]
        page.get_by_label("Not sure").check()
        assert _seen(page) == ["Else"]
        page.get_by_label("Nights").fill("10")
        assert _seen(page) == ["Many", "Else"]


def test_without_scripts_every_question_of_the_page_is_there(browser: Browser, questions: str) -> None:
    with opened(browser, 360, scripts=False) as page:
        page.goto(questions)
        assert len(_seen(page)) == 6


def _rows(page: Page, selector: str) -> set[int]:
    """The heights at which elements stand."""
    boxes = [link.bounding_box() for link in page.locator(selector).all()]
    return {round(box["y"]) for box in boxes if box}
