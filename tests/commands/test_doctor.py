"""`kinbridge doctor`: silent when all is well, and each planted fault is named with its mend."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from dulwich import porcelain

from forms_service.doctor.database import server_version
from forms_service.doctor.nightly import examine_slowly, last_found
from forms_service.sealing.identity import new_identity
from forms_service.sealing.keyring import Keys
from forms_service.store import Store
from forms_service.store.migrate import unmigrate
from forms_service.store.tables import submissions
from site_src.printing import can_print
from tests.commands.running import run, send
from tests.databases import OWN_FILE
from tests.instances import CLINIC, REPOSITORY, Instance, make_instance

PASSPHRASE = "five words that nobody guesses"


def write_facts(instance: Instance, **clinic: Any) -> None:
    config = {
        "site_name": "x",
        "site_url": "http://127.0.0.1:8000/",
        "extra": {"clinic": {**CLINIC, **clinic}},
    }
    (instance.root / "mkdocs.yml").write_text(json.dumps(config), "utf-8")


def write_release(instance: Instance, **more: Any) -> None:
    facts = {"id": instance.release.name, "hash": "0" * 64, "message": "", "forms": [], "assets": []}
    made = {**facts, "created": datetime.now(UTC).isoformat(), "left_out": [], **more}
    (instance.release / "release.json").write_text(json.dumps(made), "utf-8")


def make_healthy(folder: Path, database_url: str | None = None) -> Instance:
    made = make_instance(folder, database_url=database_url)
    write_facts(made)
    write_release(made)
    made.settings.secret()
    made.settings.identity_file.chmod(0o600)
    return made


@pytest.fixture
def healthy(tmp_path: Path, database_url: str) -> Instance:
    return make_healthy(tmp_path / "instance", database_url)


@pytest.fixture
def lite(tmp_path: Path) -> Instance:
    return make_healthy(tmp_path / "instance", OWN_FILE)


def codes(instance: Instance, *options: str, **settings: str) -> set[str]:
    """What the doctor finds; each finding must be whole, and the exit code must match."""
    result = run(instance, "doctor", "--json", *options, **settings)
    found = json.loads(result.stdout)
    assert all(fault["cause"] and fault["mend"] and "\n" not in str(fault) for fault in found)
    assert result.exit_code == bool(found), result.output
    return {fault["code"] for fault in found} - (set() if can_print() else {"pango-missing"})


def test_a_healthy_instance_is_well_before_and_after_its_first_answer(healthy: Instance) -> None:
    assert codes(healthy) == set()
    send(healthy)
    assert codes(healthy) == set()
    if can_print():
        result = run(healthy, "doctor")
        assert (result.stdout, result.stderr, result.exit_code) == ("all well\n", "", 0)


def test_a_fault_is_one_line_with_code_cause_and_mend(lite: Instance) -> None:
    lite.settings.identity_file.chmod(0o644)
    result = run(lite, "doctor")
    assert result.exit_code == 1
    assert f"keys-open: other accounts may read {lite.settings.identity_file}: chmod 600" in result.stdout


def old(instance: Instance, **age: float) -> str:
    return (datetime.now(UTC) - timedelta(**age)).strftime("%Y-%m-%dT%H:%M:%SZ")


def change_rows(instance: Instance, submitted_at: str) -> None:
    store = Store(instance.settings.database_url)
    with store.writing() as connection:
        connection.execute(submissions.update().values(submitted_at=submitted_at))
    store.close()


def backup_of(instance: Instance, days: int) -> Path:
    folder = instance.settings.backup_folder
    folder.mkdir(exist_ok=True)
    file = folder / "kinbridge-20270101T000000Z.backup"
    assert run(instance, "backup", str(file)).exit_code == 0
    then = (datetime.now(UTC) - timedelta(days=days)).timestamp()
    os.utime(file, (then, then))
    return file


# Faults of the rows, on either database.


def test_a_clock_behind_the_newest_row(healthy: Instance) -> None:
    send(healthy)
    change_rows(healthy, old(healthy, days=-2))
    assert codes(healthy) == {"clock-behind"}


def test_answers_that_are_kept_too_long_and_have_no_backup(healthy: Instance) -> None:
    send(healthy)
    change_rows(healthy, "2015-01-01T00:00:00Z")
    assert codes(healthy) == {"purge-overdue", "backup-stale"}
    assert run(healthy, "submissions", "purge").exit_code == 0
    assert codes(healthy) == set()


def test_a_stale_and_an_unreadable_backup(healthy: Instance) -> None:
    send(healthy)
    file = backup_of(healthy, days=1)
    assert codes(healthy) == set()
    backup_of(healthy, days=3)
    assert codes(healthy) == {"backup-stale"}
    file.write_bytes(file.read_bytes()[:-100])
    assert codes(healthy) == {"backup-unreadable"}


def test_a_database_that_was_not_migrated(healthy: Instance) -> None:
    store = Store(healthy.settings.database_url)
    unmigrate(store, "0001")
    store.close()
    assert codes(healthy) == {"database-old"}


def test_a_database_of_a_newer_version(healthy: Instance) -> None:
    store = Store(healthy.settings.database_url)
    with store.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    store.close()
    assert codes(healthy) == {"database-newer"}


def test_a_postgresql_without_mends() -> None:
    assert [fault.code for fault in server_version(130022)] == ["postgresql-old"]
    assert list(server_version(180006)) == []


# Faults of files and settings.


def empty_recipients(instance: Instance) -> None:
    instance.settings.recipients_file.write_text("# nobody\n")


def foreign_recipients(instance: Instance) -> None:
    other = instance.root.parent / "other"
    new_identity(other / "clinic.age", other / "recipients.txt", None)
    shutil.copy(other / "recipients.txt", instance.settings.recipients_file)


def damaged_readers(instance: Instance) -> None:
    keys = Keys(instance.settings.identity_file, instance.settings.recipients_file)
    keys.file.write_text("{")
    keys.file.chmod(0o600)


def cut_off_rotation(instance: Instance) -> None:
    keys = Keys(instance.settings.identity_file, instance.settings.recipients_file)
    keys.begin_rotation(keys.open(lambda: PASSPHRASE))


def former_key_again(instance: Instance) -> None:
    before = instance.settings.recipients_file.read_text()
    cut_off_rotation(instance)
    Keys(instance.settings.identity_file, instance.settings.recipients_file).end_rotation()
    with instance.settings.recipients_file.open("a") as file:
        file.write(before)


def old_leftover(instance: Instance) -> None:
    left = instance.var / ".restore-0000"
    left.mkdir()
    os.utime(left, (0, 0))


def newer_content(instance: Instance) -> None:
    write_release(instance, created="2020-01-01T00:00:00+00:00")


def failed_job(instance: Instance) -> None:
    (instance.var / "jobs").mkdir()
    (instance.var / "jobs" / "purge.json").write_text('{"started": "2027-01-01T00:00:00Z", "well": false}')


def strange_timezone(instance: Instance) -> None:
    write_facts(instance, timezone="Mars/Base")
    write_release(instance)


def var_in_git(instance: Instance) -> None:
    porcelain.init(str(instance.root))
    porcelain.add(str(instance.root), [str(instance.settings.secret_file)])


FAULTS: list[tuple[str, Callable[[Instance], object]]] = [
    ("no-recipients", empty_recipients),
    ("recipients-foreign", foreign_recipients),
    ("former-recipient", former_key_again),
    ("rotation-unfinished", cut_off_rotation),
    ("keys-damaged", damaged_readers),
    ("keys-open", lambda instance: instance.settings.identity_file.chmod(0o640)),
    ("secret-missing", lambda instance: instance.settings.secret_file.unlink()),
    ("secret-short", lambda instance: instance.settings.secret_file.write_text("x")),
    ("secret-open", lambda instance: instance.settings.secret_file.chmod(0o604)),
    ("database-damaged", lambda instance: (instance.var / "kinbridge.db").write_bytes(b"no database" * 400)),
    ("database-missing", lambda instance: (instance.var / "kinbridge.db").unlink()),
    ("no-release", lambda instance: (instance.var / "site" / "current").unlink()),
    ("release-broken", lambda instance: (instance.release / "release.json").write_text("{")),
    ("release-old", newer_content),
    (
        "form-left-out",
        lambda instance: write_release(instance, left_out=[{"form": "intake", "message": "no title"}]),
    ),
    ("timezone", strange_timezone),
    ("instance-broken", lambda instance: (instance.root / "mkdocs.yml").unlink()),
    ("leftover", old_leftover),
    ("purge-failed", failed_job),
    ("var-in-git", var_in_git),
]


@pytest.mark.parametrize(("code", "plant"), FAULTS, ids=[code for code, _ in FAULTS])
def test_a_planted_fault_is_named_and_nothing_else(
    lite: Instance, code: str, plant: Callable[[Instance], object]
) -> None:
    for log in lite.var.glob("kinbridge.db-*"):
        log.unlink()
    plant(lite)
    assert codes(lite) == {code}


SETTINGS: list[tuple[str, dict[str, str]]] = [
    ("settings", {"KINBRIDGE_WORKERS": "0"}),
    ("settings", {"KINBRIDGE_BACKUP_AT": "at night"}),
    ("workers", {"KINBRIDGE_WORKERS": "4000"}),
    ("limits-away", {"KINBRIDGE_LIMITS_URL": "redis://127.0.0.1:1"}),
    ("staff-url", {"KINBRIDGE_STAFF_URL": "http://127.0.0.1:8001"}),
    ("passphrase-missing", {"KINBRIDGE_PASSPHRASE_FILE": "/nowhere/passphrase"}),
    (
        "smtp-refused",
        {"KINBRIDGE_SMTP_URL": "smtp://user:word@127.0.0.1:1", "KINBRIDGE_MAIL_FROM": "a@b.example"},
    ),
    ("database-away", {"KINBRIDGE_DATABASE_URL": "postgresql://u:word@127.0.0.1:1/x"}),
    ("database-away", {"KINBRIDGE_DATABASE_URL": "no url"}),
]


@pytest.mark.parametrize(
    ("code", "settings"), SETTINGS, ids=[f"{code}-{at}" for at, (code, _) in enumerate(SETTINGS)]
)
def test_a_setting_that_is_wrong_is_named_without_its_password(
    lite: Instance, code: str, settings: dict[str, str]
) -> None:
    assert codes(lite, **settings) == {code}
    assert "word" not in run(lite, "doctor", **settings).output.replace("password", "").replace(
        "passphrase", ""
    )


@pytest.mark.parametrize(
    ("url", "demo", "expected"),
    [
        ("http://clinic.example", False, {"base-url-http", "key-bare"}),
        ("https://clinic.example", False, {"proxies-untrusted", "key-bare"}),
        ("https://clinic.example", True, {"proxies-untrusted", "demo-public"}),
        ("", False, {"base-url", "key-bare"}),
    ],
)
def test_an_address_that_families_reach_must_be_safe(
    lite: Instance, url: str, demo: bool, expected: set[str]
) -> None:
    write_facts(lite, demo=demo)
    write_release(lite)
    assert codes(lite, KINBRIDGE_BASE_URL=url, KINBRIDGE_WORKERS="1") == expected
    if url.startswith("https"):
        many = {"KINBRIDGE_WORKERS": "9", "KINBRIDGE_TRUSTED_PROXIES": "1"}
        assert "limits-apart" in codes(lite, KINBRIDGE_BASE_URL=url, **many)


def test_a_mail_server_that_answers_is_well_and_needs_a_sender(lite: Instance) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"smtp://127.0.0.1:{server.getsockname()[1]}"
        assert codes(lite, KINBRIDGE_SMTP_URL=address) == {"mail-from"}
        assert codes(lite, KINBRIDGE_SMTP_URL=address, KINBRIDGE_MAIL_FROM="clinic@example.org") == set()


def test_a_locked_database(lite: Instance) -> None:
    with contextlib.closing(sqlite3.connect(lite.var / "kinbridge.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert codes(lite) == {"database-locked"}


def test_all_of_the_database_is_read_while_others_write(lite: Instance) -> None:
    file = lite.var / "kinbridge.db"
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        examine_slowly(lite.settings)
        found = last_found(lite.settings)
        assert found is not None and found.faults == ()
        other.execute("ROLLBACK")
        (page,) = other.execute("SELECT rootpage FROM sqlite_master WHERE name = 'submissions'").fetchone()
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with file.open("r+b") as stream:
        stream.seek((page - 1) * 4096)
        stream.write(b"\xff" * 4096)
    examine_slowly(lite.settings)
    found = last_found(lite.settings)
    assert found is not None and {fault.code for fault in found.faults} == {"database-damaged"}
    assert "database-damaged" in codes(lite)


def test_a_disk_that_is_nearly_full(lite: Instance) -> None:
    assert codes(lite, "--least-free", str(10**9)) == {"disk-full"}


def test_a_place_that_cannot_be_written(lite: Instance) -> None:
    assert "var-unwritable" in codes(lite, KINBRIDGE_VAR="/proc/kinbridge")


def test_a_system_without_pango(lite: Instance, tmp_path: Path) -> None:
    for name in ("libpango-1.0.so.0", "libpangoft2-1.0.so.0"):
        (tmp_path / name).write_bytes(b"")
    done = subprocess.run(
        [sys.executable, "-c", "from forms_service.cli import main; main()", "doctor", "--json"],
        env={**os.environ, **lite.environment, "LD_LIBRARY_PATH": str(tmp_path)},
        cwd=REPOSITORY,
        capture_output=True,
    )
    assert [fault["code"] for fault in json.loads(done.stdout)] == ["pango-missing"]
