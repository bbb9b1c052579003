"""Keys in the console: a passphrase of one's own, letting somebody read, taking it away, a new key."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from forms_service.sealing.keyring import Keys
from tests import databases
from tests.commands.running import send
from tests.instances import Instance
from tests.staff.colleague import Colleague, errors_of, heading_of, run
from tests.staff.conftest import Invite

CLINIC = "five grey geese rest here"
BENS = "ben walks home at dusk"
BOSSES = "the boss feeds two cats"


@pytest.fixture
def database_url() -> str:
    """Where this run keeps rows: keys lie in files, and each passphrase takes seconds to try."""
    return databases.of_this_run()


@pytest.fixture
def sent(instance: Instance, tmp_path: Path) -> str:
    """A submission to a clinic whose key needs a passphrase."""
    instance.settings.identity_file.unlink()
    instance.settings.recipients_file.unlink()
    secret = tmp_path / "passphrase"
    secret.write_text(CLINIC)
    assert run(instance, "keys", "new", KINBRIDGE_PASSPHRASE_FILE=str(secret)).exit_code == 0
    return send(instance)


def unlock(colleague: Colleague, passphrase: str) -> TestResponse:
    colleague.open("/staff/unlock")
    return colleague.send("/staff/unlock", passphrase=passphrase)


def ask(colleague: Colleague, passphrase: str) -> TestResponse:
    colleague.open("/staff/keys")
    return colleague.send("/staff/keys/passphrase", new=passphrase, again=passphrase)


def let_in(boss: Colleague, email: str) -> TestResponse:
    boss.open("/staff/keys")
    return boss.send("/staff/keys/readers/admit", name=email)


def first_reader(boss: Colleague) -> None:
    """An admin with a passphrase of their own, who has unlocked the answers with it."""
    ask(boss, BOSSES)
    unlock(boss, CLINIC)
    let_in(boss, boss.email)
    assert unlock(boss, BOSSES).status_code == 200


def test_a_colleague_asks_is_let_in_reads_and_is_shut_out_again(
    invited: Invite, instance: Instance, sent: str
) -> None:
    boss, ben = invited("admin", "boss@clinic.example"), invited(email="ben@clinic.example")
    assert "You have asked to read." in ask(ben, BENS).text
    assert errors_of(unlock(ben, BENS)) == ["This passphrase does not open the answers. Try again."]
    boss.open("/staff/keys")
    locked = boss.send("/staff/keys/readers/admit", name="ben@clinic.example")
    assert heading_of(locked) == "Unlock the answers", "who cannot read cannot let others read"
    first_reader(boss)
    assert "asks to read" not in let_in(boss, "ben@clinic.example").text
    unlock(ben, BENS)
    assert "Ana Quispe" in ben.open(f"/staff/answers/{sent}").text
    boss.open("/staff/keys")
    boss.send("/staff/keys/readers/remove", name="ben@clinic.example")
    assert heading_of(ben.open(f"/staff/answers/{sent}")) == "Unlock the answers", (
        "in the visit that is open, too"
    )
    refused = unlock(ben, BENS)
    assert refused.status_code == 403
    assert "You have no passphrase of your own" in refused.text
    audit = run(instance, "audit", "export").stdout
    for action in ("reader.asked", "reader.added", "reader.removed"):
        assert action in audit
    assert BENS not in audit


def test_one_changes_ones_own_passphrase_and_no_other(invited: Invite, instance: Instance, sent: str) -> None:
    boss, ben = invited("admin", "boss@clinic.example"), invited(email="ben@clinic.example")
    ask(ben, BENS)
    first_reader(boss)
    let_in(boss, "ben@clinic.example")
    ben.open("/staff/keys")
    fresh = "ben rides a green bus"
    wrong = ben.send("/staff/keys/passphrase", old="not this one", new=fresh, again=fresh)
    assert errors_of(wrong) == ["This passphrase does not open the answers. Try again."]
    short = ben.send("/staff/keys/passphrase", old=BENS, new="short", again="short")
    assert "at least 12 characters" in errors_of(short)[0]
    other = ben.send("/staff/keys/passphrase", old=BENS, new=fresh, again="another one here")
    assert errors_of(other) == ["Type the same passphrase twice."]
    assert (
        "You read with a passphrase"
        in ben.send("/staff/keys/passphrase", old=BENS, new=fresh, again=fresh).text
    )
    assert unlock(ben, BENS).status_code == 422
    assert unlock(ben, fresh).status_code == 200
    assert unlock(boss, BOSSES).status_code == 200


def test_a_colleagues_passphrase_opens_nothing_for_who_has_one_of_their_own_or_none(
    invited: Invite, instance: Instance, sent: str
) -> None:
    boss, ben = invited("admin", "boss@clinic.example"), invited(email="ben@clinic.example")
    eva = invited(email="eva@clinic.example")
    ask(ben, BENS)
    first_reader(boss)
    let_in(boss, "ben@clinic.example")
    for passphrase in (BOSSES, CLINIC):
        assert errors_of(unlock(ben, passphrase)) == ["This passphrase does not open the answers. Try again."]
    for passphrase in (BOSSES, BENS, CLINIC):
        page = unlock(eva, passphrase)
        assert page.status_code == 403 and "Choose one under “Keys” and ask to read." in page.text
        assert heading_of(eva.open(f"/staff/answers/{sent}")) == "Unlock the answers"
    listed = run(instance, "keys", "list").output
    assert "boss@clinic.example" in listed and "ben@clinic.example" in listed


def test_the_first_passphrase_opens_until_somebody_has_one_of_their_own(
    invited: Invite, instance: Instance, sent: str
) -> None:
    boss, ben = invited("admin", "boss@clinic.example"), invited(email="ben@clinic.example")
    assert "the clinic’s first passphrase opens the answers" in ben.open("/staff/unlock").text
    assert unlock(ben, CLINIC).status_code == 200
    ask(ben, BENS)
    unlock(boss, CLINIC)
    shut_out = let_in(boss, "ben@clinic.example")
    assert "Choose a passphrase of your own first" in errors_of(shut_out)[0]
    first_reader(boss)
    assert "asks to read" not in let_in(boss, "ben@clinic.example").text
    assert unlock(boss, CLINIC).status_code == 422
    keys = Keys(instance.settings.identity_file, instance.settings.recipients_file)
    for passphrase in (CLINIC, BOSSES, BENS):  # on the command line anyone's opens
        assert keys.unlock(passphrase).keys


def test_a_reader_whom_the_command_line_added_reads_in_the_account_of_that_address(
    invited: Invite, instance: Instance, sent: str
) -> None:
    ben = invited(email="ben@clinic.example")
    keys = Keys(instance.settings.identity_file, instance.settings.recipients_file)
    keys.add_reader(keys.unlock(CLINIC), "Ben@clinic.example", BENS)
    assert unlock(ben, BENS).status_code == 200
    assert "You read with a passphrase of your own" in ben.open("/staff/keys").text


def test_what_is_wrong_with_keys_is_said_in_the_readers_language(
    invited: Invite, instance: Instance, sent: str
) -> None:
    boss = invited("admin", "boss@clinic.example")
    boss.open("/staff/keys")
    boss.send("/staff/language", language="es", here="/staff/keys")
    boss.open("/staff/keys")
    last = errors_of(boss.send("/staff/keys/readers/remove", name="clinic"))
    assert last and "is the last reader" not in last[0]
    instance.settings.identity_file.with_suffix(".readers.json").write_text("{")
    for address in ("/staff/keys", "/staff/unlock"):
        page = boss.open(address)
        assert page.status_code in (200, 422)
        assert "restore it from a back-up" not in page.text and ".json" not in page.text


def test_a_new_key_seals_everything_anew_behind_the_page(
    invited: Invite, instance: Instance, sent: str
) -> None:
    boss = invited("admin", "boss@clinic.example")
    unlock(boss, CLINIC)
    before = instance.settings.recipients_file.read_text()
    boss.open("/staff/keys")
    page = boss.send("/staff/keys/rotate")
    for _ in range(300):
        if "Refresh" not in page.headers:
            break
        time.sleep(0.1)
        page = boss.open("/staff/keys")
    assert "Done: 1 sealed anew" in page.text
    assert instance.settings.recipients_file.read_text() != before
    assert "Ana Quispe" in boss.open(f"/staff/answers/{sent}").text
    assert "rotation.done" in run(instance, "audit", "export").stdout


def test_somebody_who_asks_stays_in_line_through_a_rotation(
    invited: Invite, instance: Instance, sent: str
) -> None:
    ben = invited(email="ben@clinic.example")
    ask(ben, BENS)
    keys = Keys(instance.settings.identity_file, instance.settings.recipients_file)
    keys.begin_rotation(keys.unlock(CLINIC))
    keys.end_rotation()
    keyring = keys.read()
    assert keyring is not None and [one.name for one in keyring.waiting] == ["ben@clinic.example"]
    keys.admit(keys.unlock(CLINIC), "ben@clinic.example")
    unlock(ben, BENS)
    assert "Ana Quispe" in ben.open(f"/staff/answers/{sent}").text


def test_only_an_admin_changes_who_reads(invited: Invite, sent: str) -> None:
    eva = invited("manager", "eva@clinic.example")
    assert "Who may read" not in eva.open("/staff/keys").text
    assert eva.send("/staff/keys/readers/remove", name="clinic").status_code == 403
    assert eva.send("/staff/keys/rotate").status_code == 403
    boss = invited("admin", "boss@clinic.example")
    boss.open("/staff/keys")
    last = boss.send("/staff/keys/readers/remove", name="clinic")
    assert errors_of(last) == [
        "This is the last one who can read. Let somebody else read first, or nobody can."
    ]
    assert boss.send("/staff/keys/readers/refuse", name="nobody").status_code == 200
