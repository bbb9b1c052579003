"""The clinic's key is replaced while families send, and any moment is one to be killed at."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from forms_service.sealing.identity import IdentityError, new_identity
from forms_service.sealing.keyring import Keys
from forms_service.sealing.recipients import read_recipients
from forms_service.store import Store
from forms_service.upkeep.rotation import rotate
from tests.families import INTAKE, Family
from tests.instances import REPOSITORY, Instance, make_instance
from tests.upkeep.rows import add_rows, plain_rows

PASSPHRASE = "five words that nobody guesses"
ROWS = 250
WANTED = [f"answer {number}" for number in range(ROWS)]
SEED = int(os.environ.get("KINBRIDGE_SEED") or random.randrange(10**6))


@pytest.fixture
def instance(tmp_path: Path, database_url: str) -> Instance:
    return make_instance(tmp_path / "instance", keys=False, database_url=database_url)


def keys_of(instance: Instance) -> Keys:
    return Keys(instance.settings.identity_file, instance.settings.recipients_file)


def lies_bare(folder: Path, secret: str) -> bool:
    files = [file.read_bytes() for file in folder.rglob("*") if file.is_file() and not file.is_symlink()]
    return any(form in content for content in files for form in (secret.encode(), secret.lower().encode()))


def test_a_rotation_killed_at_random_moments_loses_nothing_and_never_bares_a_key(
    instance: Instance, tmp_path: Path
) -> None:
    keys = keys_of(instance)
    keys.create(PASSPHRASE)
    add_rows(instance, ROWS)
    identity = keys.unlock(PASSPHRASE, "clinic")
    chance = random.Random(SEED)
    (tmp_path / "tmp").mkdir()
    environment = {
        **os.environ,
        **instance.environment,
        "PASSPHRASE": PASSPHRASE,
        "TMPDIR": str(tmp_path / "tmp"),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.upkeep.rotating"],
        env=environment,
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin and process.stdout
    with process:
        assert process.stdout.readline() == "ready\n"
        outcomes = set()
        for _ in range(8):
            print(chance.uniform(0, 0.25), file=process.stdin, flush=True)
            outcomes.add(process.stdout.readline().strip())
            now = keys.refreshed(identity)
            assert plain_rows(instance, now) == WANTED, f"KINBRIDGE_SEED={SEED}"
            read_recipients(instance.settings.recipients_file)
            for key in (*now.keys, now.own):
                assert not lies_bare(tmp_path, str(key)), f"KINBRIDGE_SEED={SEED}"
        process.stdin.close()
    assert "killed" in outcomes, f"KINBRIDGE_SEED={SEED}"
    done = rotate(keys, Store(instance.settings.database_url), identity, settled=0)
    assert plain_rows(instance, done.identity, current_only=True) == WANTED
    assert done.unopened == ()
    keyring = keys.read()
    assert keyring and not keyring.rotating and keyring.recipients[0] == done.identity.recipient


def test_what_families_send_during_a_rotation_goes_to_the_new_key(instance: Instance) -> None:
    new_identity(instance.settings.identity_file, instance.settings.recipients_file, None)
    add_rows(instance, ROWS)
    keys, former = keys_of(instance), read_recipients(instance.settings.recipients_file)
    sent: list[str] = []

    def send(_done: int, _whole: int) -> None:
        if not sent:
            family = Family(instance.app().test_client(), "intake")
            family.start()
            family.walk(INTAKE)
            sent.append(family.send())
            add_rows(instance, 1, to=former, prefix="late")  # sealed before the switch, committed after it

    store = Store(instance.settings.database_url)
    done = rotate(keys, store, keys.open(lambda: ""), progress=send, settled=0)
    rows = plain_rows(instance, done.identity, current_only=True)
    assert rows[:ROWS] == WANTED and rows[-1] == "late 0"
    assert sent[0] in (rows[ROWS] or "")


def test_progress_ends_at_the_whole_and_a_second_rotation_at_once_is_refused(instance: Instance) -> None:
    new_identity(instance.settings.identity_file, instance.settings.recipients_file, None)
    add_rows(instance, ROWS)
    keys, store = keys_of(instance), Store(instance.settings.database_url)
    seen: list[tuple[int, int]] = []

    def watch(done: int, whole: int) -> None:
        seen.append((done, whole))
        with pytest.raises(IdentityError, match="another rotation is running"):
            rotate(keys, store, keys.open(lambda: ""))

    rotate(keys, store, keys.open(lambda: ""), progress=watch, settled=0)
    assert seen[:3] == [(100, ROWS), (200, ROWS), (ROWS, ROWS)]


def test_a_row_that_no_key_opens_is_named_and_left_as_it_is(instance: Instance, tmp_path: Path) -> None:
    new_identity(instance.settings.identity_file, instance.settings.recipients_file, None)
    new_identity(tmp_path / "other.age", tmp_path / "other.txt", None)
    add_rows(instance, 3)
    add_rows(instance, 1, to=read_recipients(tmp_path / "other.txt"))
    keys = keys_of(instance)
    done = rotate(keys, Store(instance.settings.database_url), keys.open(lambda: ""), settled=0)
    assert (done.resealed, len(done.unopened)) == (3, 1)
    assert plain_rows(instance, done.identity)[3] is None
