"""The printed key in the console: made, tried and, in a clinic that has no key yet, preceded by the first one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from forms_service.staff.throttle import FREE
from tests import databases
from tests.commands.running import send
from tests.instances import Instance
from tests.staff.colleague import Colleague, errors_of, heading_of, path_of, run
from tests.staff.conftest import Invite
from tests.staff.test_keys import CLINIC, unlock


@pytest.fixture
def database_url() -> str:
    """Where this run keeps rows: keys lie in files, and each passphrase takes seconds to try."""
    return databases.of_this_run()


@pytest.fixture
def boss(invited: Invite, instance: Instance) -> Colleague:
    """An admin of a clinic that has no key."""
    instance.settings.identity_file.unlink()
    instance.settings.recipients_file.unlink()
    return invited("admin", "boss@clinic.example")


def make_key(boss: Colleague, passphrase: str = CLINIC) -> str:
    boss.open("/staff/keys/first")
    return path_of(boss.send("/staff/keys/first", new=passphrase, again=passphrase))


def print_sheet(boss: Colleague) -> list[str]:
    boss.open("/staff/keys/sheet")
    page = boss.send("/staff/keys/sheet", passphrase=CLINIC)
    lines = re.findall(r"<li>([A-Z0-9 ]+)</li>", page.text)
    assert len(lines) == 4 and "<svg" in page.text and "in a safe" in page.text
    assert page.headers["Cache-Control"] == "no-store" and "style=" not in page.text
    return lines


def test_an_admin_makes_the_first_key_prints_it_and_proves_the_sheet(
    boss: Colleague, instance: Instance
) -> None:
    assert "Make the first key" in boss.open("/staff/keys").text
    assert make_key(boss) == "/staff/keys/sheet", "to the safe at once, and already unlocked"
    assert "Make the first key" not in boss.open("/staff/keys").text
    lines = print_sheet(boss)
    boss.open("/staff/keys/drill")
    nothing_yet = boss.send("/staff/keys/drill", key="\r\n".join(lines))
    assert "no answer has come yet" in nothing_yet.text
    reference = send(instance)
    proven = boss.send("/staff/keys/drill", key="\r\n".join(lines).lower())
    assert "Proven: the sheet opens the newest answer." in proven.text
    assert "Ana Quispe" in boss.open(f"/staff/answers/{reference}").text
    audit = run(instance, "audit", "export").stdout
    for action in ("key.made", "sheet.written", "drill.done"):
        assert f'"{action}"' in audit
    kept = b"".join(file.read_bytes() for file in instance.var.rglob("*") if file.is_file())
    for line in lines:
        for text in (line, line.replace(" ", "")[:-2]):
            assert text not in audit + proven.text and text.encode() not in kept


def test_the_sheet_is_not_shown_to_who_cannot_type_the_passphrase_again(boss: Colleague) -> None:
    make_key(boss)
    boss.open("/staff/keys/sheet")
    for _ in range(FREE):
        page = boss.send("/staff/keys/sheet", passphrase="not this one at all")
        assert errors_of(page) == ["This passphrase does not open the answers. Try again."]
        assert "<svg" not in page.text
    slowed = boss.send("/staff/keys/sheet", passphrase=CLINIC)
    assert slowed.status_code == 429 and "<svg" not in slowed.text
    boss.open("/staff/keys")
    boss.send("/staff/lock")
    assert heading_of(boss.open("/staff/keys/sheet")) == "Unlock the answers"


def test_a_sheet_that_is_mistyped_or_not_the_clinics_proves_nothing(
    boss: Colleague, instance: Instance, tmp_path: Path
) -> None:
    make_key(boss)
    lines = print_sheet(boss)
    boss.open("/staff/keys/drill")
    slip = boss.send("/staff/keys/drill", key="\n".join([*lines[:2], lines[3], lines[3]]))
    assert errors_of(slip) == ["Line 3 is not as it was printed. Look at it again."]
    assert lines[0] not in slip.text, "what was typed is not shown again"
    assert errors_of(boss.send("/staff/keys/drill", key=lines[0])) == [
        "Type all 4 lines, each on a line of its own."
    ]
    instance.settings.identity_file.rename(tmp_path / "former")
    (instance.settings.identity_file.with_suffix(".readers.json")).unlink()
    instance.settings.recipients_file.unlink()
    make_key(boss, "another six quiet words here")
    send(instance)
    boss.open("/staff/keys/drill")
    failed = boss.send("/staff/keys/drill", key="\n".join(lines))
    assert "Failed: the sheet opens 0 of the 1 newest answers." in failed.text


def test_a_sheet_from_before_a_new_key_is_told(boss: Colleague, instance: Instance, tmp_path: Path) -> None:
    make_key(boss)
    lines = print_sheet(boss)
    secret = tmp_path / "passphrase"
    secret.write_text(CLINIC)
    assert run(instance, "keys", "rotate", KINBRIDGE_PASSPHRASE_FILE=str(secret)).exit_code == 0
    boss.open("/staff/keys/drill")
    assert "from before a new key" in boss.send("/staff/keys/drill", key="\n".join(lines)).text


def test_a_passphrase_is_long_and_typed_twice_and_a_key_is_never_replaced(
    boss: Colleague, instance: Instance
) -> None:
    boss.open("/staff/keys/first")
    assert (
        "at least 12 characters" in errors_of(boss.send("/staff/keys/first", new="short", again="short"))[0]
    )
    other = boss.send("/staff/keys/first", new=CLINIC, again="another one here")
    assert errors_of(other) == ["Type the same passphrase twice."]
    assert not instance.settings.identity_file.exists()
    make_key(boss)
    before = instance.settings.identity_file.read_bytes()
    assert path_of(boss.send("/staff/keys/first", new=CLINIC, again=CLINIC)) == "/staff/keys"
    assert instance.settings.identity_file.read_bytes() == before
    assert unlock(boss, CLINIC).status_code == 200


def test_the_printed_key_is_for_admins(boss: Colleague, invited: Invite) -> None:
    eva = invited("manager", "eva@clinic.example")
    for address in ("/staff/keys/sheet", "/staff/keys/drill", "/staff/keys/first"):
        assert eva.open(address).status_code == 403
        assert eva.send(address).status_code == 403
    assert "Make the first key" not in eva.open("/staff/keys").text
