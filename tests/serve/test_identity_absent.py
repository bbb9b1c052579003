"""Proof 1: families need no key of the clinic's; what they do works where the identity is not there at all."""

from __future__ import annotations

import json
from pathlib import Path

from tests.databases import OWN_FILE
from tests.serve.browser import Browser
from tests.serve.clinic import make_clinic, serving
from tests.serve.journeys import CHILD, GOAL, INTAKE, NAME, PHONE, WORRY, begin, walk


def test_a_whole_journey_needs_no_identity(tmp_path: Path) -> None:
    clinic = make_clinic(tmp_path)
    elsewhere = tmp_path / "the clinic's safe"
    clinic.identity.rename(elsewhere)
    assert [path.name for path in clinic.recipients.parent.iterdir()] == ["recipients.txt"]

    with serving(clinic, KINBRIDGE_WORKERS="2") as server:
        phone = Browser(server.site)
        page = walk(phone, begin(phone, "intake"), INTAKE, until="changes")
        saved = phone.send(page.form, INTAKE["changes"], to=f"{page.form.action}?save")
        code = saved.code

        tablet = Browser(server.site)
        resumed = tablet.send(tablet.open("/forms/resume").form, {"code": code.lower().replace("-", " ")})
        assert resumed.name == "effect"
        assert tablet.open("/forms/intake/you").shows(NAME)
        check = walk(tablet, resumed, INTAKE)
        for words in (NAME, CHILD, PHONE, WORRY, GOAL):
            assert check.shows(words)

        done = tablet.send(check.form)
        assert done.name == "done" and done.heading == "We have your answers"
        assert tablet.open("/forms/intake/print").shows(WORRY)
        assert phone.open("/forms/intake/check").reference == done.reference
        ready = Browser(server.site).open("/health/ready")
        assert (ready.status, ready.text) == (200, "ready\n")

        kept = json.loads(clinic.run("submissions", "list", "--json").stdout)
        assert [row["reference"] for row in kept] == [done.reference]
        assert kept[0]["urgent"] is True

        refused = clinic.run("submissions", "show", done.reference)
        assert refused.exit_code == 2 and str(clinic.identity) in refused.stderr
        shown = clinic.run("submissions", "show", done.reference, "--identity", str(elsewhere))
        assert WORRY in shown.stdout, shown.stderr

        other = Browser(server.site)
        erased = other.send(other.open("/forms/withdraw").form, {"code": code})
        assert erased.heading == "Your answers are erased"
        assert json.loads(clinic.run("submissions", "list", "--json").stdout) == []
        assert tablet.open("/forms/intake/done").status == 410
    assert not clinic.identity.exists()


def test_nothing_of_a_withdrawn_form_stays_on_the_disk_not_even_sealed(tmp_path: Path) -> None:
    clinic = make_clinic(tmp_path, database_url=OWN_FILE)
    with serving(clinic) as server:
        browser = Browser(server.site)
        done = browser.send(walk(browser, begin(browser, "intake"), INTAKE).form)
        exported = clinic.run("submissions", "show", done.reference)
        assert WORRY in exported.stdout, exported.stderr
        (sealed,) = clinic.query("SELECT sealed FROM submissions")
        (copy,) = clinic.query("SELECT sealed FROM copies")
        assert any(sealed[:64] in path.read_bytes() for path in clinic.instance.var.glob("kinbridge.db*"))
        browser.send(browser.open("/forms/withdraw").form, {"code": done.code})
        for path in clinic.instance.var.glob("kinbridge.db*"):
            content = path.read_bytes()
            assert not any(
                row[at : at + 32] in content for row in (sealed, copy) for at in range(0, 2048, 64)
            )
