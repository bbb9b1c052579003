"""Many families, many tabs, two processes: whatever was answered "saved" or "sent" is kept, once."""

from __future__ import annotations

import csv
import io
import os
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from tests.serve.browser import Browser, HtmlForm, Page
from tests.serve.clinic import Clinic, Serving, make_clinic, serving
from tests.serve.journeys import CHILD, FORMS, INTAKE, NAME, QUESTION, begin, patiently, walk

FAMILIES = 40
ROUNDS = 10


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Clinic:
    return make_clinic(tmp_path_factory.mktemp("clinic"), KINBRIDGE_WORKERS="2")


@pytest.fixture(scope="module")
def server(clinic: Clinic) -> Iterator[Serving]:
    with serving(clinic) as server:
        yield server


def tab_of(browser: Browser) -> Browser:
    """Another tab of the same browser."""
    tab = Browser(browser.port)
    tab.cookies = dict(browser.cookies)
    return tab


def at_once(*posts: tuple[Browser, HtmlForm, list[tuple[str, str]]]) -> list[Page]:
    """Sends forms from as many threads, in the same moment; the answers themselves."""
    barrier = Barrier(len(posts))

    def send(post: tuple[Browser, HtmlForm, list[tuple[str, str]]]) -> Page:
        browser, form, fields = post
        barrier.wait()
        return browser.post(form.action, fields)

    with ThreadPoolExecutor(len(posts)) as pool:
        return list(pool.map(send, posts))


def test_two_tabs_that_save_different_pages_at_once_both_survive(server: Serving) -> None:
    for _ in range(ROUNDS):
        left = Browser(server.site)
        first = begin(left, "intake")
        left.send(first.form, INTAKE["you"])
        right = tab_of(left)
        again, second = left.open("/forms/intake/you"), right.open("/forms/intake/child")
        renamed = again.form.filled({"your_name": "Another Name"})
        saved = at_once(
            (left, again.form, renamed), (right, second.form, second.form.filled(INTAKE["child"]))
        )
        assert [page.status for page in saved] == [303, 303], [page.text for page in saved]
        assert left.open("/forms/intake/you").shows("Another Name")
        assert left.open("/forms/intake/child").shows(CHILD)


def test_the_same_page_saved_twice_at_once_is_one_of_the_two(server: Serving) -> None:
    left = Browser(server.site)
    page = begin(left, "intake")
    names = ("First Tab", "Second Tab")
    saved = at_once(
        *((tab_of(left), page.form, page.form.filled({**INTAKE["you"], "your_name": name})) for name in names)
    )
    assert [page.status for page in saved] == [303, 303]
    shown = left.open("/forms/intake/you")
    assert [shown.shows(name) for name in names].count(True) == 1


def test_a_double_submit_at_once_is_one_submission_with_one_reference(
    clinic: Clinic, server: Serving
) -> None:
    for _ in range(ROUNDS):
        browser = Browser(server.site)
        check = walk(browser, begin(browser, "question"), QUESTION)
        before = clinic.query("SELECT count(*) FROM submissions")[0]
        tabs = [tab_of(browser) for _ in range(4)]
        sent = at_once(*((tab, check.form, check.form.fields) for tab in tabs))
        assert [page.headers["Location"] for page in sent] == ["/forms/question/done"] * 4
        references = {tab.open("/forms/question/done").reference for tab in tabs}
        assert len(references) == 1
        assert clinic.query("SELECT count(*) FROM submissions")[0] == before + 1
        assert clinic.query(
            "SELECT count(*) FROM submissions WHERE reference = :it", it=references.pop()
        ) == [1]


def test_a_page_saved_while_the_form_is_sent_ends_well(clinic: Clinic, server: Serving) -> None:
    for _ in range(ROUNDS):
        sending = Browser(server.site)
        check = walk(sending, begin(sending, "question"), QUESTION)
        changing = tab_of(sending)
        page = changing.open("/forms/question/ask")
        sent, saved = at_once(
            (sending, check.form, check.form.fields),
            (changing, page.form, page.form.filled({"words": "a late thought"})),
        )
        assert saved.status in (200, 303), saved.text
        assert saved.status == 303 or saved.heading == "You have sent this form"
        if sent.status == 409:
            assert saved.status == 303 and sent.shows("a late thought"), (
                "the family looks at it before it goes"
            )
            sent = sending.post(sent.form.action, sent.form.fields)
        assert sent.status == 303, sent.text
        assert sending.open("/forms/question/done").heading == "We have your answers"


def test_forty_families_at_once_are_all_kept(clinic: Clinic, server: Serving, tmp_path: Path) -> None:
    barrier = Barrier(FAMILIES)

    def family(number: int) -> tuple[str, str]:
        name = f"{NAME} {number}"
        answers = {**QUESTION, "you": {"name": name}}
        browser = Browser(server.site)
        start = browser.open("/forms/question/")
        barrier.wait()
        page = patiently(lambda: browser.send(start.form))
        while page.name != "check":
            typed = answers.get(page.name, {})
            page = patiently(lambda form=page.form, typed=typed: browser.send(form, typed))  # type: ignore[misc]
        done = patiently(lambda: browser.send(page.form))
        return done.reference, name

    with ThreadPoolExecutor(FAMILIES) as pool:
        told = dict(pool.map(family, range(FAMILIES)))
    assert len(told) == FAMILIES
    out = tmp_path / "out.zip"
    assert clinic.run("submissions", "export", "question", "--out", str(out)).exit_code == 0
    with zipfile.ZipFile(out) as package:
        text = package.read("data/questions.csv").decode()
    rows = {row["reference"]: row["name"] for row in csv.DictReader(io.StringIO(text))}
    assert told.items() <= rows.items()
    if clinic.on_file:
        used = [pid for pid in server.workers() if any("kinbridge.db" in name for name in open_names(pid))]
        assert len(used) == 2, "both processes had a part in it"


def open_names(pid: int) -> list[str]:
    """The names of the files a process holds open."""
    return [str(handle.readlink()) for handle in Path(f"/proc/{pid}/fd").iterdir()]


@pytest.mark.parametrize("form", FORMS)
def test_a_form_outlives_the_process_that_served_it(clinic: Clinic, server: Serving, form: str) -> None:
    browser = Browser(server.site)
    page = begin(browser, form)
    page = walk(browser, page, FORMS[form], until=list(FORMS[form])[1])
    for pid in server.workers():
        os.kill(pid, 9)
    page = browser.send(page.form, FORMS[form].get(page.name, {}))
    assert browser.send(walk(browser, page, FORMS[form]).form).heading == "We have your answers"
