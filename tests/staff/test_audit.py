"""The audit: what is written, and that no line can be changed, removed, moved or cut off unseen."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from forms_service.store import Store, audit, times
from forms_service.store.tables import audit as lines
from forms_service.store.tables import audit_head
from tests.families import INTAKE, SUPPORT_GROUP, Family, code_of
from tests.instances import Instance
from tests.staff.colleague import Colleague, run
from tests.staff.conftest import Invite


def write(instance: Instance, count: int = 5, action: str = "submission.read") -> None:
    store = Store(instance.settings.database_url)
    for number in range(count):
        with store.writing() as connection:
            audit.record(connection, instance.settings.secret(), "cli:test", action, f"AAAA-000{number}")
    store.close()


def change(instance: Instance, *statements: sa.Update | sa.Delete | sa.Insert) -> None:
    store = Store(instance.settings.database_url)
    with store.writing() as connection:
        for statement in statements:
            connection.execute(statement)
    store.close()


def actions(instance: Instance) -> list[tuple[str, str, str]]:
    told = [json.loads(line) for line in run(instance, "audit", "export").output.splitlines()]
    return [
        (line["actor"].partition(" ")[0].partition(":")[0], line["action"], line["subject"]) for line in told
    ]


def test_a_whole_log_is_whole(instance: Instance) -> None:
    assert run(instance, "audit", "verify").exit_code == 0
    write(instance)
    result = run(instance, "audit", "verify")
    assert result.exit_code == 0 and result.output.startswith("the audit is whole: 5 lines")


Statements = tuple[sa.Update | sa.Delete | sa.Insert, ...]
CHANGES: dict[str, Statements] = {
    "a word": (lines.update().where(lines.c.number == 3).values(subject="BBBB-0000"),),
    "a time": (lines.update().where(lines.c.number == 3).values(at="2020-01-01T00:00:00Z"),),
    "a removed line": (lines.delete().where(lines.c.number == 3),),
    "a removed first line": (lines.delete().where(lines.c.number == 1),),
    "a removed line, the others moved up": (
        lines.delete().where(lines.c.number == 3),
        lines.update().where(lines.c.number > 3).values(number=lines.c.number - 1),
        audit_head.update().values(number=4),
    ),
    "two lines changed round": (
        lines.update().where(lines.c.number == 2).values(number=99),
        lines.update().where(lines.c.number == 3).values(number=2),
        lines.update().where(lines.c.number == 99).values(number=3),
    ),
    "the last cut off": (lines.delete().where(lines.c.number == 5),),
    "the last cut off, the head too": (
        lines.delete().where(lines.c.number == 5),
        audit_head.update().values(number=4),
    ),
    "all cut off": (lines.delete(),),
    "the head gone": (audit_head.delete(),),
    "a line added": (
        lines.insert().values(
            number=6, at="2027-01-01T00:00:00Z", actor="x", action="y", subject="", detail="{}", mark="0" * 64
        ),
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_is_found(instance: Instance, what: str) -> None:
    write(instance)
    change(instance, *CHANGES[what])
    result = run(instance, "audit", "verify")
    assert result.exit_code == 1
    assert result.output.startswith("kinbridge: the audit is not whole: ") and result.output.count("\n") == 1


def test_a_rewritten_or_restored_log_is_found_by_a_noted_head(instance: Instance) -> None:
    write(instance, 3)
    head = run(instance, "audit", "verify").output.split()[-1]
    write(instance, 2)
    assert run(instance, "audit", "verify", "--noted", head).exit_code == 0
    change(instance, lines.delete(), audit_head.update().values(number=0, mark=audit.START, signature=""))
    assert run(instance, "audit", "verify").exit_code == 0, "an empty log looks like a new one"
    assert run(instance, "audit", "verify", "--noted", head).exit_code == 1
    write(instance, 4, "submission.erased")
    assert run(instance, "audit", "verify", "--noted", head).exit_code == 1
    assert run(instance, "audit", "verify", "--noted", "3").exit_code == 2


def test_another_secret_is_told_from_a_whole_log(instance: Instance) -> None:
    write(instance)
    (instance.var / "secret").write_text("another")
    assert run(instance, "audit", "verify").exit_code == 1


def test_a_clock_that_goes_back_breaks_nothing(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    write(instance, 2)
    earlier = datetime.now(UTC) - timedelta(days=30)
    with monkeypatch.context() as patch:
        patch.setattr(audit, "now", lambda: earlier)
        write(instance, 1)
    write(instance, 1)
    assert run(instance, "audit", "verify").exit_code == 0
    told = [json.loads(line)["at"] for line in run(instance, "audit", "export").output.splitlines()]
    assert told[2] == times.stamp(earlier) < told[0]


def test_a_line_that_is_written_while_the_log_is_read_is_no_fault(instance: Instance) -> None:
    write(instance)
    came: list[str] = []

    def meanwhile(*execution: object) -> None:
        statement = str(execution[2])
        if "audit_head" in statement and statement.startswith("SELECT") and not came:
            came.append(statement)
            write(instance, 1)

    sa.event.listen(sa.Engine, "after_cursor_execute", meanwhile)
    try:
        result = run(instance, "audit", "verify")
    finally:
        sa.event.remove(sa.Engine, "after_cursor_execute", meanwhile)
    assert came and result.exit_code == 0, result.output
    assert run(instance, "audit", "verify").output.startswith("the audit is whole: 6 lines")


def test_what_is_undone_leaves_no_line(instance: Instance) -> None:
    store = Store(instance.settings.database_url)
    with pytest.raises(ZeroDivisionError), store.writing() as connection:
        audit.record(connection, instance.settings.secret(), "cli:test", "submission.erased", "AAAA-0000")
        raise ZeroDivisionError
    store.close()
    assert actions(instance) == []


def test_reading_exporting_moving_erasing_and_purging_are_written_down(
    instance: Instance, intake: Family, signup: Family, tmp_path: Path
) -> None:
    intake.walk(INTAKE)
    read = intake.send()
    signup.walk(SUPPORT_GROUP)
    moved = signup.send()
    for words in (
        ("submissions", "show", read),
        ("submissions", "export", "intake", "--out", str(tmp_path / "x.zip")),
        ("groups", "move", moved, "--to", "waiting"),
        ("submissions", "erase", read),
    ):
        result = run(instance, *words)
        assert result.exit_code == 0, result.output
    assert actions(instance) == [
        ("cli", "submission.read", read),
        ("cli", "submissions.exported", "intake"),
        ("cli", "group.moved", moved),
        ("cli", "submission.erased", read),
    ]
    exported = run(instance, "audit", "export").output
    assert not any(word in exported for word in ("Ana", "Quispe", "Zoé", "555 0199", "ana@example.org"))
    assert run(instance, "audit", "verify").exit_code == 0


def test_what_is_not_there_leaves_no_line(instance: Instance) -> None:
    for words in (("show", "AAAA-0000"), ("erase", "AAAA-0000"), ("purge",)):
        run(instance, "submissions", *words)
    assert actions(instance) == []


def test_a_familys_withdrawal_says_only_that(instance: Instance, signup: Family) -> None:
    signup.walk(SUPPORT_GROUP)
    reference = signup.send()
    code = code_of(signup.open(signup.address("done")))
    assert signup.client.post("/forms/withdraw", data={"code": code}).status_code == 200
    assert actions(instance) == [("family", "submission.withdrawn", reference)]


def test_the_console_shows_the_newest_first_page_by_page_and_by_action(
    instance: Instance, invited: Invite
) -> None:
    write(instance, 60)
    boss = invited("admin")
    page = boss.open("/staff/audit")
    numbers = [int(number) for number in re.findall(r'<tr><th scope="row">(\d+)</th>', page.text)]
    assert numbers == sorted(numbers, reverse=True) and len(numbers) == 50 and numbers[0] > 60
    older = boss.open(f"/staff/audit?before={numbers[-1]}")
    assert f'<th scope="row">{numbers[-1] - 1}</th>' in older.text and '<th scope="row">1</th>' in older.text
    only = boss.open("/staff/audit?action=submission.read")
    assert "Signed in" not in only.text.partition("<tbody>")[2]
    assert boss.open("/staff/audit?before=x&action=nothing").status_code == 200


def test_signing_in_and_out_and_changing_people_are_written_down(
    instance: Instance, console: object, invited: Invite
) -> None:
    boss: Colleague = invited("admin", "boss@clinic.example")
    boss.open("/staff/people")
    boss.send("/staff/people", email="eva@clinic.example", role="reader")
    boss.send("/staff/people/2/disable")
    boss.send("/staff/people/2/enable")
    boss.send("/staff/logout")
    told = [action for _, action, _ in actions(instance)]
    assert told == [
        "staff.invited",
        "staff.password",
        "staff.second-factor",
        "staff.codes",
        "staff.signed-in",
        "staff.invited",
        "staff.disabled",
        "staff.enabled",
        "staff.signed-out",
    ]
    assert run(instance, "audit", "verify").exit_code == 0
