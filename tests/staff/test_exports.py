"""Exports in the console: what would leave is named first, and the file is the same that the command line writes."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from html import unescape
from pathlib import Path

import pytest

from forms_service.packages.validate import validate
from tests.commands.running import send
from tests.instances import Instance
from tests.staff.colleague import Colleague, errors_of, heading_of, run
from tests.staff.conftest import Invite

NAME = "Ana Quispe"
EXPORT = "/staff/exports/support-group"


@pytest.fixture
def sent(instance: Instance) -> str:
    return send(instance)


@pytest.fixture
def manager(invited: Invite) -> Colleague:
    return invited("manager")


def unlock(colleague: Colleague) -> None:
    colleague.open("/staff/unlock")
    colleague.send("/staff/unlock")


def test_what_would_leave_is_named_before_anything_is_opened(manager: Colleague, sent: str) -> None:
    assert "support-group" in manager.open("/staff/exports").text
    page = manager.open(EXPORT)
    assert "1 answer" in page.text and "your_name" in page.text and NAME not in page.text
    assert "Unlock the answers" in page.text and "Download" not in page.text
    assert "your_name" not in manager.open(f"{EXPORT}?deidentified=yes").text.partition("Left out:")[0]
    assert "0 answers" in manager.open(f"{EXPORT}?since=2999-01-01").text


def test_the_file_is_a_valid_package_and_stands_in_the_audit(
    manager: Colleague, sent: str, instance: Instance, tmp_path: Path
) -> None:
    unlock(manager)
    manager.open(EXPORT)
    answer = manager.send(EXPORT, format="zip")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="support-group.zip"'
    file = tmp_path / "out.zip"
    file.write_bytes(answer.data)
    assert validate(file) == []
    assert (
        run(instance, "submissions", "export", "support-group", "--out", str(tmp_path / "cli.zip")).exit_code
        == 0
    )
    with zipfile.ZipFile(file) as ours, zipfile.ZipFile(tmp_path / "cli.zip") as theirs:
        assert ours.namelist() == theirs.namelist()
        assert all(ours.read(name) == theirs.read(name) for name in ours.namelist())
    lines = [json.loads(line) for line in run(instance, "audit", "export").stdout.splitlines()]
    told = [line["detail"] for line in lines if line["action"] == "submissions.exported"]
    assert told[0] == {"rows": 1, "format": "zip", "deidentified": 0}


@pytest.mark.parametrize(
    ("kind", "start"), [("xlsx", b"PK"), ("csv", b"submission_id,"), ("fhir", b"{"), ("fhir-r4b", b"{")]
)
def test_each_format_is_offered(manager: Colleague, sent: str, kind: str, start: bytes) -> None:
    unlock(manager)
    manager.open(EXPORT)
    assert manager.send(EXPORT, format=kind).data.startswith(start)


def test_without_names_the_file_has_none_and_rare_answers_are_warned_about(
    manager: Colleague, sent: str
) -> None:
    unlock(manager)
    page = manager.open(f"{EXPORT}?deidentified=yes&format=csv")
    assert "Few families gave these answers" in page.text and "worries-2027-01 (1)" in page.text
    answer = manager.send(EXPORT, format="csv", deidentified="yes")
    (row,) = csv.DictReader(io.StringIO(answer.text))
    assert "your_name" not in row and NAME not in answer.text


def told(instance: Instance, action: str) -> list[dict[str, object]]:
    """The details of the audit's lines of that action."""
    lines = [json.loads(line) for line in run(instance, "audit", "export").stdout.splitlines()]
    return [line["detail"] for line in lines if line["action"] == action]


def test_looking_through_an_export_before_it_leaves_stands_in_the_audit(
    manager: Colleague, sent: str, instance: Instance
) -> None:
    manager.open(f"{EXPORT}?deidentified=yes")
    unlock(manager)
    manager.open(EXPORT)
    assert told(instance, "submissions.previewed") == [], "nothing was opened"
    manager.open(f"{EXPORT}?deidentified=yes&group=worries-2027-01")
    manager.open(f"{EXPORT}?deidentified=yes&since=Quispe&version=Ana")
    manager.open(f"{EXPORT}?deidentified=yes&group=other")
    assert told(instance, "submissions.previewed") == [{"rows": 1, "group": "worries-2027-01"}]


def test_the_audit_says_which_part_was_exported(
    manager: Colleague, sent: str, instance: Instance, tmp_path: Path
) -> None:
    unlock(manager)
    manager.open(EXPORT)
    asked = {"since": "2020-01-01", "until": "2999-01-01", "group": "worries-2027-01"}
    manager.send(EXPORT, True, format="csv", **asked)
    words = ("--since", "2020-01-01", "--group", "support-group/worries-2027-01")
    out = ("--out", str(tmp_path / "out.csv"), "--format", "csv")
    assert run(instance, "submissions", "export", "support-group", *words, *out).exit_code == 0
    kept = {"rows": 1, "format": "csv", "deidentified": 0}
    shorter = {name: asked[name] for name in ("since", "group")}
    assert told(instance, "submissions.exported") == [{**kept, **asked}, {**kept, **shorter}]


def test_days_and_groups_narrow_it_down(manager: Colleague, sent: str) -> None:
    unlock(manager)
    assert "1 answer<" in manager.open(f"{EXPORT}?group=worries-2027-01").text
    assert "0 answers" in manager.open(f"{EXPORT}?group=other").text
    page = manager.open(f"{EXPORT}?since=yesterday")
    assert page.status_code == 422
    assert errors_of(page) == ["Write the day as year, month, day, such as 2027-03-27."]
    assert manager.send(EXPORT, since="yesterday").status_code == 422
    assert manager.send(EXPORT, since="2999-01-01").status_code == 404, "an empty file would look like a loss"


def test_a_form_that_nothing_came_for_and_a_role_too_low(
    manager: Colleague, invited: Invite, sent: str
) -> None:
    assert manager.open("/staff/exports/nothing").status_code == 404
    ben = invited(email="ben@clinic.example")
    assert ben.open(EXPORT).status_code == 403
    assert ben.send(EXPORT, format="zip").status_code == 403


def test_unlocking_leads_back_to_where_one_was_and_never_to_another_site(
    manager: Colleague, sent: str
) -> None:
    asked = manager.open(EXPORT).text
    address = unescape(asked.partition('href="/staff/unlock?onward=')[2].partition('"')[0])
    manager.open(f"/staff/unlock?onward={address}")
    assert heading_of(manager.send("/staff/unlock", onward=EXPORT)) == "Join a parent support group"
    for elsewhere in (
        "https://evil.example/",
        "//evil.example",
        "/staff/../..//evil.example\\",
        "/\\evil.example",
    ):
        answer = manager.send("/staff/unlock", follow=False, onward=elsewhere)
        assert answer.headers["Location"] == "/staff/"


def test_what_is_erased_while_an_export_is_read_stays_in_it_or_leaves_it_whole(
    manager: Colleague, sent: str, instance: Instance
) -> None:
    send(instance)
    unlock(manager)
    manager.open(EXPORT)
    answer = manager.client.post(EXPORT, data={"csrf_token": manager.token, "format": "csv"}, buffered=False)
    run(instance, "submissions", "erase", sent)
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(rows) == 2, "an export sees one moment"
