"""Reading in the console: the inbox, unlocking, one submission, where it stands, erasing."""

from __future__ import annotations

import csv
import io
import time
import zipfile
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from flask import Flask

from forms_service.staff import unlocked as unlocked_keys
from forms_service.staff.access import QUIETLY
from forms_service.store import Store
from forms_service.store import submissions as kept_submissions
from forms_service.store.tables import notes, staff_sessions, submissions
from forms_service.store.times import now, stamp
from tests.commands.running import send
from tests.families import SUPPORT_GROUP, Family
from tests.instances import Instance
from tests.staff.colleague import Colleague, errors_of, heading_of, run
from tests.staff.conftest import Invite

NAME = "Ana Quispe"
PASSPHRASE = "five grey geese rest here"


@pytest.fixture
def sent(instance: Instance) -> str:
    return send(instance)


def unlocked(colleague: Colleague) -> Colleague:
    colleague.open("/staff/unlock")
    assert colleague.send("/staff/unlock").status_code == 200
    return colleague


def test_the_inbox_lists_what_came_without_a_word_of_it(
    invited: Invite, instance: Instance, sent: str
) -> None:
    ana = invited()
    page = ana.open("/staff/")
    assert sent in page.text and "support-group" in page.text and "has a place" in page.text
    assert NAME not in page.text and "ana@example.org" not in page.text
    assert sent in ana.open("/staff/?form=support-group&status=new").text
    assert "Nothing here." in ana.open("/staff/?status=done").text


def test_a_submission_asked_for_while_locked_is_shown_after_unlocking(invited: Invite, sent: str) -> None:
    ana = invited()
    page = ana.open(f"/staff/answers/{sent}")
    assert heading_of(page) == "Unlock the answers" and NAME not in page.text
    page = ana.send("/staff/unlock", onward=f"/staff/answers/{sent}")
    assert heading_of(page) == sent and NAME in page.text
    assert "Lock them again" in ana.open("/staff/").text
    ana.send("/staff/lock")
    assert heading_of(ana.open(f"/staff/answers/{sent}")) == "Unlock the answers"


def test_what_one_colleague_unlocked_stays_locked_for_another_and_after_signing_out(
    invited: Invite, sent: str
) -> None:
    ana, ben = invited(), invited(email="ben@clinic.example")
    unlocked(ana)
    assert NAME not in ben.open(f"/staff/answers/{sent}").text
    ana.open("/staff/")
    ana.send("/staff/logout")
    ana.sign_in()
    assert NAME not in ana.open(f"/staff/answers/{sent}").text


def test_each_reading_stands_in_the_audit_without_an_answer(
    invited: Invite, instance: Instance, sent: str
) -> None:
    ana = unlocked(invited())
    ana.open(f"/staff/answers/{sent}")
    exported = run(instance, "audit", "export").stdout
    assert "submission.read" in exported and sent in exported and NAME not in exported
    assert run(instance, "audit", "verify").exit_code == 0


def test_a_wrong_passphrase_opens_nothing_and_five_are_slowed_down(
    invited: Invite, instance: Instance, sent: str, tmp_path: Path
) -> None:
    instance.settings.identity_file.unlink()
    instance.settings.recipients_file.unlink()
    secret = tmp_path / "passphrase"
    secret.write_text(PASSPHRASE)
    assert run(instance, "keys", "new", KINBRIDGE_PASSPHRASE_FILE=str(secret)).exit_code == 0
    reference = send(instance)
    ana = invited()
    ana.open("/staff/unlock")
    for _ in range(4):
        page = ana.send("/staff/unlock", passphrase="a wrong one")
        assert errors_of(page) == ["This passphrase does not open the answers. Try again."]
        assert "a wrong one" not in page.text
    ana.send("/staff/unlock", passphrase="a wrong one")
    assert ana.send("/staff/unlock", passphrase=PASSPHRASE).status_code == 429
    ben = invited(email="ben@clinic.example")
    ben.open("/staff/unlock")
    page = ben.send("/staff/unlock", passphrase=PASSPHRASE, onward=f"/staff/answers/{reference}")
    assert NAME in page.text, "nobody else is kept out"
    damaged = ben.open(f"/staff/answers/{sent}")
    assert (damaged.status_code, heading_of(damaged)) == (409, "This submission does not open")


def test_a_status_is_changed_and_a_quicker_colleague_is_not_overruled_unseen(
    invited: Invite, sent: str
) -> None:
    ana, ben = unlocked(invited()), unlocked(invited(email="ben@clinic.example"))
    address = f"/staff/answers/{sent}"
    ana.open(address)
    ben.open(address)
    assert ana.send(address, status="done", was="new").status_code == 200
    late = ben.send(address, status="in-progress", was="new")
    assert late.status_code == 409 and "now “done”, you wanted “in progress”" in late.text
    assert sent in ben.open("/staff/?status=done").text
    assert ben.send(address, status="nonsense", was="new").status_code == 404


def test_a_submission_is_downloaded_as_a_valid_package_of_its_own(
    invited: Invite, instance: Instance, sent: str, tmp_path: Path
) -> None:
    other = send(instance)
    ana = unlocked(invited())
    file = tmp_path / "one.zip"
    file.write_bytes(ana.client.get(f"/staff/answers/{sent}/package.zip").data)
    assert run(instance, "packages", "validate", str(file)).exit_code == 0
    with zipfile.ZipFile(file) as archive:
        (row,) = csv.DictReader(io.StringIO(archive.read("data/signups.csv").decode()))
    assert row["reference"] == sent != other
    assert "submission.downloaded" in run(instance, "audit", "export").stdout


def test_only_a_manager_erases_and_is_asked_first(invited: Invite, instance: Instance, sent: str) -> None:
    assert invited().open(f"/staff/answers/{sent}/erase").status_code == 403
    boss = unlocked(invited("manager", "boss@clinic.example"))
    assert "Nobody can bring them back." in boss.open(f"/staff/answers/{sent}/erase").text
    boss.send(f"/staff/answers/{sent}/erase")
    assert boss.open(f"/staff/answers/{sent}").status_code == 404
    assert sent not in boss.open("/staff/").text
    assert "submission.erased" in run(instance, "audit", "export").stdout


def test_a_reference_is_found_as_it_is_read_out_and_guesses_find_nothing(invited: Invite, sent: str) -> None:
    ana = unlocked(invited())
    assert NAME in ana.open(f"/staff/?reference={sent.replace('-', '').lower()}").text
    page = ana.open("/staff/?reference=0000-0000")
    assert errors_of(page) == ["No submission has this reference. Check it and try again."]
    assert ana.open("/staff/answers/0000-0000").status_code == 404


def test_an_urgent_answer_stands_first_until_somebody_takes_it_up(
    invited: Invite, instance: Instance, sent: str
) -> None:
    store = Store(instance.settings.database_url)
    with store.writing() as connection:
        connection.execute(sa.update(submissions).values(urgent=True))
    store.close()
    ana = unlocked(invited())
    assert "1 urgent answer waits" in ana.open("/staff/").text
    ana.open(f"/staff/answers/{sent}")
    ana.send(f"/staff/answers/{sent}", status="in-progress", was="new")
    assert "urgent answer waits" not in ana.open("/staff/").text


def test_every_urgent_answer_is_counted_and_the_longest_waiting_are_listed(
    invited: Invite, instance: Instance, sent: str
) -> None:
    store = Store(instance.settings.database_url)
    with store.writing() as connection:
        row = dict(connection.execute(sa.select(submissions)).one()._mapping)
        for number in range(60):
            names = {"reference": f"URGE-{number:04}", "lookup": f"{number:064}", "urgent": True}
            connection.execute(submissions.insert().values({**row, **names, "id": 1000 + number}))
    store.close()
    page = invited().open("/staff/").text
    urgent = page.partition('aria-labelledby="urgent"')[2].partition("</section>")[0]
    assert "60 urgent answers wait" in urgent and "These 50 wait the longest:" in urgent
    assert urgent.count("URGE-") == 100 and "URGE-0049" in urgent and "URGE-0050" not in urgent


def test_a_long_inbox_is_read_page_by_page_and_every_one_is_on_one_of_them(
    invited: Invite, console: Flask, instance: Instance
) -> None:
    app = instance.app()
    everything = set()
    for _ in range(52):
        family = Family(app.test_client(), "support-group")
        family.start()
        family.walk(SUPPORT_GROUP)
        everything.add(_sent(family))
    ana = invited()
    first = ana.open("/staff/")
    older = first.text.split('href="')[1:]
    (link,) = [part.split('"')[0] for part in older if "before=" in part.split('"')[0]]
    second = ana.open(link.replace("&amp;", "&"))
    seen = [reference in page.text for reference in everything for page in (first, second)]
    assert seen.count(True) == 52


def _sent(family: Family) -> str:
    page = family.open(family.address("check")).text
    waiting = {"place": "waiting"} if 'name="place" value="waiting"' in page else {}
    answer = family.client.post(family.address("check"), data={"csrf_token": family.token, **waiting})
    return family.client.get(answer.headers["Location"]).text.split('data-reference="')[1].split('"')[0]


def test_a_note_is_sealed_read_by_colleagues_and_erased_with_its_submission(
    invited: Invite, instance: Instance, sent: str
) -> None:
    ana, ben = unlocked(invited()), unlocked(invited(email="ben@clinic.example"))
    address = f"/staff/answers/{sent}"
    ana.open(address)
    page = ana.send(f"{address}/notes", note="Phoned the mother.\nCall again <b>Monday</b>.")
    assert "Phoned the mother." in page.text and "&lt;b&gt;Monday" in page.text
    read = ben.open(address).text
    assert "Phoned the mother." in read and "ana@clinic.example" in read
    everything = b"".join(file.read_bytes() for file in instance.var.rglob("*") if file.is_file())
    assert b"Phoned the mother" not in everything, "a note is kept sealed"
    assert run(instance, "keys", "rotate").exit_code == 0
    assert "Phoned the mother." in ben.open(address).text, "a rotation seals notes anew"
    for empty, told in ((" \n", "Write the note first."), ("x" * 4001, "Write at most 4000 characters.")):
        refused = ana.send(f"{address}/notes", note=empty)
        assert (refused.status_code, errors_of(refused)) == (422, [told])
    store = Store(instance.settings.database_url)
    with store.writing() as connection:
        assert kept_submissions.erase(connection, sent, None)
        assert connection.execute(sa.select(sa.func.count()).select_from(notes)).scalar() == 0
    store.close()
    assert ana.send(f"{address}/notes", note="Too late").status_code == 404


def test_somebody_takes_care_and_finds_what_is_theirs(invited: Invite, sent: str) -> None:
    ana, ben = unlocked(invited()), unlocked(invited(email="ben@clinic.example"))
    address = f"/staff/answers/{sent}"
    page = ana.open(address).text
    number = page.partition(">ben@clinic.example</option>")[0].rpartition('value="')[2].partition('"')[0]
    saved = ana.send(address, status="in-progress", was="new", assigned_to=number, assigned_was="")
    assert saved.status_code == 200
    assert sent in ben.open("/staff/?whose=mine").text
    assert sent not in ana.open("/staff/?whose=mine").text
    late = ana.send(address, status="in-progress", was="in-progress", assigned_to="", assigned_was="")
    assert late.status_code == 409, "a colleague was quicker"
    assert "now “ben@clinic.example”, you wanted “Nobody yet”" in late.text
    assert ana.send(address, status="done", was="new", assigned_to="999", assigned_was="").status_code == 404


def test_the_inbox_is_narrowed_by_group_and_day(invited: Invite, sent: str) -> None:
    ana = invited()
    assert sent in ana.open("/staff/?group=worries-2027-01").text
    assert sent not in ana.open("/staff/?group=other").text
    assert sent in ana.open("/staff/?since=2020-01-01&until=2999-01-01").text
    assert sent not in ana.open("/staff/?until=2020-01-01").text
    wrong = ana.open("/staff/?since=monday")
    assert errors_of(wrong) == ["Write the day as year, month, day, such as 2027-03-27."]
    assert 'value="monday"' in wrong.text


def test_asking_for_what_is_new_keeps_no_visit_alive(invited: Invite, instance: Instance, sent: str) -> None:
    ana = invited()
    last = ana.open("/staff/").text.partition("/staff/new?last=")[2].partition('"')[0]
    assert ana.open(f"/staff/new?last={last}").json == 0
    send(instance)
    assert ana.open(f"/staff/new?last={last}").json == 1
    before = stamp(now() - timedelta(minutes=10))
    store = Store(instance.settings.database_url)
    with store.writing() as connection:
        connection.execute(staff_sessions.update().values(seen_at=before))
    ana.open(f"/staff/new?last={last}")
    assert sent in ana.client.get("/staff/", headers={QUIETLY: "1"}).text
    with store.reading() as connection:
        assert set(connection.execute(sa.select(staff_sessions.c.seen_at)).scalars()) == {before}
    ana.open("/staff/account")
    with store.reading() as connection:
        assert before not in set(connection.execute(sa.select(staff_sessions.c.seen_at)).scalars())
    store.close()


def test_a_page_that_a_script_asks_for_keeps_no_keys_alive(
    invited: Invite, sent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = unlocked(invited())
    begun = time.monotonic()
    for minutes, is_open in ((10, True), (16, False)):
        clock = SimpleNamespace(monotonic=lambda minutes=minutes: begun + 60 * minutes)
        monkeypatch.setattr(unlocked_keys, "time", clock)
        page = ana.client.get("/staff/", headers={QUIETLY: "1"}).text
        assert ("The answers are unlocked for you." in page) is is_open
