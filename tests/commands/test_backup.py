"""Backed up while it runs, restored on an empty machine: the same answers, to the byte."""

from __future__ import annotations

import json
import os
import random
import stat
import subprocess
import sys
import threading
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from forms_service.store import Store
from forms_service.store.tables import submissions
from tests.commands.running import run, send
from tests.instances import Instance, make_instance
from tests.upkeep.rows import add_rows

PASSPHRASE = "five words that nobody guesses"


@pytest.fixture
def clinic(tmp_path: Path, database_url: str) -> Instance:
    """A clinic with its key under a passphrase, some answers, and one that was erased."""
    made = make_instance(tmp_path / "instance", keys=False, database_url=database_url)
    (tmp_path / "passphrase").write_text(PASSPHRASE)
    made = replace(
        made, environment={**made.environment, "KINBRIDGE_PASSPHRASE_FILE": str(tmp_path / "passphrase")}
    )
    assert run(made, "keys", "new").exit_code == 0
    (made.root / "mkdocs.yml").write_text("site_name: x\n")
    made.settings.secret()
    for form in ("support-group", "intake", "support-group"):
        last = send(made, form)
    assert run(made, "submissions", "erase", last).exit_code == 0
    return made


def elsewhere(clinic: Instance, folder: Path) -> Instance:
    """An empty machine: only the passphrase is known there; its database is SQLite."""
    environment = {
        "KINBRIDGE_INSTANCE": str(folder),
        "KINBRIDGE_VAR": str(folder / "var"),
        "KINBRIDGE_PASSPHRASE_FILE": clinic.environment["KINBRIDGE_PASSPHRASE_FILE"],
    }
    return Instance(folder, environment)


def exported(instance: Instance, form: str, out: Path) -> bytes:
    result = run(instance, "submissions", "export", form, "--out", str(out))
    assert result.exit_code == 0, result.output
    return out.read_bytes()


def test_a_restored_clinic_exports_the_same_bytes_and_goes_on(clinic: Instance, tmp_path: Path) -> None:
    file = tmp_path / "clinic.backup"
    made = run(clinic, "backup", str(file))
    assert made.exit_code == 0 and "2 submissions" in made.stdout, made.output
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    other = elsewhere(clinic, tmp_path / "other")
    restored = run(other, "restore", str(file))
    assert restored.exit_code == 0 and "2 submissions" in restored.stdout, restored.output
    for form in ("support-group", "intake"):
        assert exported(other, form, tmp_path / "b.zip") == exported(clinic, form, tmp_path / "a.zip")
    assert other.settings.secret() == clinic.settings.secret()
    assert other.release.name == clinic.release.name
    assert (other.root / "datapackages" / "intake" / "datapackage.json").is_file()
    send(other)
    store = Store(other.settings.database_url)
    with store.reading() as connection:
        assert connection.execute(sa.select(sa.func.max(submissions.c.id))).scalar() == 4  # 3 was erased


def test_a_backup_holds_no_bare_key_no_secret_and_no_answer(clinic: Instance, tmp_path: Path) -> None:
    file = tmp_path / "x.backup"
    assert run(clinic, "backup", str(file)).exit_code == 0
    with zipfile.ZipFile(file) as archive:
        content = b"\0".join(archive.read(name) for name in archive.namelist())
    for hidden in (b"AGE-SECRET-KEY", clinic.settings.secret(), b"Ana Quispe", PASSPHRASE.encode()):
        assert hidden not in content


def test_a_key_without_a_passphrase_is_left_out_and_said(instance: Instance, tmp_path: Path) -> None:
    send(instance)
    instance.settings.secret()
    file = tmp_path / "x.backup"
    made = run(instance, "backup", str(file))
    assert made.exit_code == 0 and "left out the clinic's key: it has no passphrase" in made.stderr
    other = Instance(
        tmp_path / "other",
        {"KINBRIDGE_INSTANCE": str(tmp_path / "other"), "KINBRIDGE_VAR": str(tmp_path / "other" / "var")},
    )
    key = str(instance.settings.identity_file)
    result = run(other, "restore", str(file), "--identity", key)
    assert result.exit_code == 0 and "not restored: the clinic's key" in result.stderr, result.output
    assert other.settings.secret() == instance.settings.secret()
    out = tmp_path / "o.zip"
    words = ("submissions", "export", "support-group", "--out", str(out), "--identity", key)
    assert run(other, *words).exit_code == 0


def test_a_machine_that_holds_something_is_never_overwritten_by_mistake(
    clinic: Instance, tmp_path: Path
) -> None:
    file = tmp_path / "x.backup"
    assert run(clinic, "backup", str(file)).exit_code == 0
    later = send(clinic)
    refused = run(clinic, "restore", str(file))
    assert refused.exit_code == 2 and refused.stderr.count("\n") == 1 and "--replace" in refused.stderr
    assert later in run(clinic, "submissions", "list").stdout
    assert run(clinic, "restore", str(file), "--replace").exit_code == 0
    assert later not in run(clinic, "submissions", "list").stdout
    assert len(list(clinic.settings.identity_file.parent.glob("*.before-restore-*"))) == 3


def test_a_cut_or_changed_backup_is_one_line_and_writes_nothing(clinic: Instance, tmp_path: Path) -> None:
    file = tmp_path / "x.backup"
    assert run(clinic, "backup", str(file)).exit_code == 0
    whole = file.read_bytes()
    chance = random.Random(7)
    damaged = [whole[: chance.randrange(len(whole))] for _ in range(5)] + [b"", b"no zip", whole[:-1]]
    with zipfile.ZipFile(file) as archive:
        for info in archive.infolist()[:6]:  # a flipped bit in the middle of each table
            place = info.header_offset + 50 + len(info.filename) + info.compress_size // 2
            damaged.append(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
    other = elsewhere(clinic, tmp_path / "other")
    for content in damaged:
        file.write_bytes(content)
        result = run(other, "restore", str(file))
        assert result.exit_code == 2 and result.stderr.count("\n") == 1, result.output
        assert "use another back-up" in result.stderr or "no back-up of Kinbridge" in result.stderr
        assert not (tmp_path / "other").exists()


def test_files_that_a_backup_does_not_list_or_that_lead_elsewhere_are_refused(
    clinic: Instance, tmp_path: Path
) -> None:
    file, forged = tmp_path / "x.backup", tmp_path / "forged.backup"
    assert run(clinic, "backup", str(file)).exit_code == 0
    for name, listed in (("instance/extra", False), ("instance/../../evil", True)):
        with zipfile.ZipFile(file) as source, zipfile.ZipFile(forged, "w") as target:
            for each in source.namelist():
                content = source.read(each)
                if each == "backup.json" and listed:
                    facts = json.loads(content)
                    facts["files"][name] = {"sha256": "0" * 64, "size": 0}
                    content = json.dumps(facts).encode()
                target.writestr(each, content)
            target.writestr(name, b"")
        result = run(elsewhere(clinic, tmp_path / "other"), "restore", str(forged))
        assert result.exit_code == 2 and result.stderr.count("\n") == 1
        assert not (tmp_path / "evil").exists() and not (tmp_path / "other").exists()


def test_a_backup_is_one_moment_while_families_send(clinic: Instance, tmp_path: Path) -> None:
    file, stop = tmp_path / "x.backup", threading.Event()

    def families() -> None:
        while not stop.is_set():
            add_rows(clinic, 3)

    thread = threading.Thread(target=families)
    thread.start()
    try:
        for _ in range(5):
            assert run(clinic, "backup", str(file)).exit_code == 0
            with zipfile.ZipFile(file) as archive:
                rows = archive.read("database/submissions.jsonl").count(b"\n")
            assert (rows - 2) % 3 == 0
    finally:
        stop.set()
        thread.join()


def test_a_backup_that_cannot_be_written_leaves_the_one_of_yesterday(
    clinic: Instance, tmp_path: Path
) -> None:
    file = tmp_path / "x.backup"
    assert run(clinic, "backup", str(file)).exit_code == 0
    before = file.read_bytes()
    assert len(before) > 40 * 1024, "the limit below stops the back-up, not SQLite's shared memory of 32 kB"
    kinbridge = str(Path(sys.executable).with_name("kinbridge"))
    done = subprocess.run(
        ["bash", "-c", 'ulimit -f 40; exec "$0" backup "$1"', kinbridge, str(file)],
        env={**os.environ, **clinic.environment},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "cannot write" in done.stderr, done
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.glob("*x.backup*")] == ["x.backup"]
