"""Proof 2: the public process leaves the identity alone even where it lies open to it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.instances import REPOSITORY
from tests.serve.browser import Browser
from tests.serve.clinic import PATIENCE, Clinic, launch, make_clinic, planted, serving
from tests.serve.journeys import NAME, begin, complete
from tests.serve.opened import watching

WATCH = str(Path(__file__).with_name("watching"))


@pytest.fixture
def open_clinic(tmp_path: Path) -> Clinic:
    """A clinic whose identity anyone on the machine may read, and whose public workers are watched."""
    clinic = make_clinic(tmp_path)
    clinic.identity.chmod(0o644)
    settings = {
        "PYTHONPATH": f"{WATCH}:{REPOSITORY}",
        "KB_TEST_IDENTITY": str(clinic.identity),
        "KB_TEST_MARKS": str(tmp_path / "marks"),
    }
    return Clinic(tmp_path, clinic.instance, settings)


def marks(clinic: Clinic) -> list[str]:
    """What the watched workers did, without the lines that say that they are watched."""
    lines = (clinic.folder / "marks").read_text().splitlines()
    assert any(line.startswith("watching ") for line in lines), "nobody was watched"
    return [line for line in lines if not line.startswith("watching ")]


def test_a_whole_journey_leaves_the_identity_closed(open_clinic: Clinic) -> None:
    with watching(open_clinic.identity) as identity, serving(open_clinic, KINBRIDGE_WORKERS="2") as server:
        browser = Browser(server.site)
        done = complete(browser, "intake")
        assert browser.open("/forms/intake/print").shows(NAME)
        assert browser.send(browser.open("/forms/withdraw").form, {"code": done.code}).status == 200
        complete(Browser(server.site), "question")
        begin(Browser(server.site), "intake")
        assert marks(open_clinic) == []
        assert not identity.was_opened()

        out = open_clinic.folder / "out.zip"
        assert open_clinic.run("submissions", "export", "question", "--out", str(out)).exit_code == 0
        assert identity.was_opened(), "the clinic itself needs the identity, and the watch must see it"
    assert marks(open_clinic) == []


def test_an_application_that_opens_the_identity_is_caught_and_stopped(open_clinic: Clinic) -> None:
    server = launch(open_clinic, command=planted("opens_the_identity"))
    try:
        assert server.process.wait(PATIENCE) == 2
    finally:
        server.process.kill()
        server.process.wait()
    assert "PermissionError: the public process must not open the identity" in server.words()
    assert len(marks(open_clinic)) == 1 and marks(open_clinic)[0].startswith("opened ")


def test_every_other_way_to_the_identity_is_caught(open_clinic: Clinic) -> None:
    with serving(open_clinic, command=planted("reaches_for_the_identity")):
        caught = "\n".join(marks(open_clinic))
    assert re.search(r"^opened .*harmless.txt", caught, re.MULTILINE)
    assert "started a process: subprocess.Popen" in caught
    assert "loaded forms_service/sealing/identity.py" in caught


def test_a_request_that_opens_the_identity_is_caught(open_clinic: Clinic) -> None:
    with (
        watching(open_clinic.identity) as identity,
        serving(open_clinic, command=planted("opens_the_identity_later")) as server,
    ):
        browser = Browser(server.site)
        assert marks(open_clinic) == [] and not identity.was_opened()
        assert browser.open("/forms/intake/").status == 500
        assert [line.split()[0] for line in marks(open_clinic)] == ["opened"]
        assert not identity.was_opened(), "the hook stood in the way"
        assert browser.open("/forms/question/").status == 200
        assert identity.was_opened(), "native code is seen by the kernel's watch"
