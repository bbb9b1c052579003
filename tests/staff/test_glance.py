"""At a glance and /metrics: how forms are used, without a number that could lead to a family."""

from __future__ import annotations

import ast
import re
from datetime import timedelta

import sqlalchemy as sa
from flask import Flask

from forms_service.doctor.nightly import examine_slowly
from forms_service.staff.fault_titles import TITLES
from forms_service.store import Store, counts, drafts
from forms_service.store.tables import drafts as drafts_table
from forms_service.store.times import now, stamp
from forms_service.upkeep.daily import BACKUP, PURGE
from forms_service.upkeep.retention import purge
from tests.commands.running import send
from tests.families import INTAKE, Family
from tests.instances import REPOSITORY, Instance
from tests.staff.conftest import Invite


def leave_behind(instance: Instance, pages: dict[str, object]) -> None:
    """A draft that nobody came back to, purged when its time was over."""
    family = Family(instance.app().test_client(), "intake")
    family.start()
    for name, answers in pages.items():
        family.answer(name, answers)  # type: ignore[arg-type]
    store = Store(instance.settings.database_url)
    with store.writing() as connection:
        saved = stamp(now() - drafts.LIFETIME + timedelta(minutes=1))
        connection.execute(sa.update(drafts_table).values(saved_at=saved))
    purge(store, now() + timedelta(minutes=2), b"secret", "test")
    store.close()


def cells(text: str) -> list[list[str]]:
    """The cells of the page's tables, row by row."""
    rows = re.findall(r'<tr><th scope="row">(.*?)</tr>', text, re.DOTALL)
    return [re.findall(r"<td[^>]*>([^<]*)</td>", row) for row in rows]


def test_small_numbers_are_not_told_and_larger_ones_are(invited: Invite, instance: Instance) -> None:
    for _ in range(2):
        send(instance)
    ana = invited()
    assert cells(ana.open("/staff/glance").text) == [["fewer than 5", "fewer than 5", "0"]]
    for _ in range(3):
        send(instance)
    Family(instance.app().test_client(), "support-group").start()
    page = ana.open("/staff/glance").text
    assert cells(page) == [["6", "5", "0"]]
    assert "<svg" in page and "worries-2027-01" in page and "places free" in page


def test_a_form_that_was_left_is_counted_at_its_last_page_and_leads_to_nobody(
    invited: Invite, instance: Instance
) -> None:
    leave_behind(instance, {"you": INTAKE["you"]})
    for _ in range(5):
        leave_behind(instance, {})
    page = invited().open("/staff/glance").text
    assert "before the first page was answered + About you: 6" in page
    assert "Ana Quispe" not in page


def test_where_forms_are_left_is_told_by_week_and_no_difference_leads_to_a_small_number(
    invited: Invite, instance: Instance
) -> None:
    store = Store(instance.settings.database_url)
    left = [{"you": 2, "child": 10}, {"you": 6, "child": 7}, {"you": 3}, {"you": 4, "child": 1, "": 8}]
    with store.writing() as connection:
        for ago, pages in enumerate(left):
            for name, number in pages.items():
                at = now() - timedelta(weeks=ago)
                counts.add(connection, "intake", counts.LEFT, at, name, number)
    store.close()
    page = invited().open("/staff/glance").text.partition("The last page that was answered")[2]
    assert cells(page) == [
        ["before the first page was answered: 8; About you + About your child: 5"],
        ["About you: fewer than 5"],
        ["About you: 6; About your child: 7"],
        ["About you + About your child: 12"],
    ]


def test_metrics_are_read_by_a_machine_and_hold_no_small_number(console: Flask, instance: Instance) -> None:
    client = console.test_client()
    send(instance)
    text = client.get("/metrics").text
    assert 'kinbridge_forms_total{event="sent",form="support-group"} 0.0' in text
    assert "kinbridge_disk_free_bytes " in text
    for _ in range(4):
        send(instance)
    text = client.get("/metrics").text
    assert 'kinbridge_forms_total{event="sent",form="support-group"} 5.0' in text
    assert "kinbridge_answers_new 5.0" in text
    assert "Set-Cookie" not in client.get("/metrics").headers


def test_a_look_reads_no_backup_and_tells_what_the_night_found(invited: Invite, instance: Instance) -> None:
    ana = invited()
    folder = instance.settings.backup_folder
    folder.mkdir(parents=True)
    (folder / "kinbridge-20270101T000000Z.backup").write_bytes(b"no back-up")
    page = ana.open("/staff/glance").text
    assert "cut off or damaged" not in page and "The first night is still to come" in page
    examine_slowly(instance.settings)
    page = ana.open("/staff/glance").text
    assert "were read on" in page and "is cut off or damaged" in page
    (folder / "kinbridge-20270101T000000Z.backup").unlink()
    examine_slowly(instance.settings)
    assert "and are whole" in ana.open("/staff/glance").text


def test_the_public_port_has_no_metrics(instance: Instance) -> None:
    assert instance.app().test_client().get("/metrics").status_code == 404


def test_a_manager_sees_what_is_wrong_in_the_guides(invited: Invite) -> None:
    assert invited(email="eva@clinic.example").open("/staff/glance/guides").status_code == 403
    page = invited("manager").open("/staff/glance/guides")
    assert page.status_code == 200


def test_every_fault_has_its_title_for_who_reads_no_english(invited: Invite, instance: Instance) -> None:
    named = set()
    for file in (REPOSITORY / "forms_service" / "doctor").glob("*.py"):
        for call in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Fault":
                named |= {argument.value for argument in call.args[:1] if isinstance(argument, ast.Constant)}
    named |= {f"{job}-failed" for job in (BACKUP, PURGE)}
    assert named == set(TITLES)
    instance.settings.recipients_file.unlink()
    page = invited().open("/staff/glance").text
    assert "Families cannot send anything: there is no key to seal it to." in page
    assert '<code lang="en">no-recipients: forms answer 503' in page
