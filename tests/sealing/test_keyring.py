"""Readers of the clinic: each opens with their own passphrase, and is let in and out by another."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from forms_service.sealing.identity import Identity, IdentityError, WrongPassphrase, new_identity, open_sealed
from forms_service.sealing.keyring import Keys
from forms_service.sealing.recipients import read_recipients

CLINIC, ANA, LUIS = "five words that nobody guesses", "ana likes long rivers", "luis walks at night"
TEXT = b"answers"


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    return Keys(tmp_path / "keys" / "clinic.age", tmp_path / "keys" / "recipients.txt")


def sealed(keys: Keys) -> bytes:
    return read_recipients(keys.recipients_file).seal(TEXT)


def files(keys: Keys) -> bytes:
    folder = keys.identity_file.parent
    return b"\0".join(file.read_bytes() for file in sorted(folder.iterdir()) if file.is_file())


def lies_bare(keys: Keys, identity: Identity) -> bool:
    written = files(keys)
    secrets = [str(key) for key in (*identity.keys, *([identity.own] if identity.own else []))]
    return any(secret.encode() in written or secret.lower().encode() in written for secret in secrets)


def test_each_reader_opens_with_their_own_passphrase_and_no_other(keys: Keys) -> None:
    keys.create(CLINIC)
    clinic = keys.unlock(CLINIC)
    keys.add_reader(clinic, "ana@clinic.example", ANA)
    content = sealed(keys)
    ana = keys.unlock(ANA)
    assert (clinic.reader, ana.reader) == ("clinic", "ana@clinic.example")
    assert open_sealed(content, ana) == open_sealed(content, clinic) == TEXT
    with pytest.raises(WrongPassphrase) as told:
        keys.unlock(ANA, "clinic")
    assert str(told.value) == "the passphrase does not open the clinic's key: try again"
    assert not lies_bare(keys, ana) and not lies_bare(keys, clinic)
    assert {file.stat().st_mode & 0o077 for file in (keys.identity_file, keys.file)} == {0}


def test_a_removed_reader_opens_nothing_and_does_not_follow_a_rotation(keys: Keys) -> None:
    keys.create(CLINIC)
    clinic = keys.unlock(CLINIC)
    keys.add_reader(clinic, "ana", ANA)
    ana = keys.unlock(ANA, "ana")
    keys.remove_reader("ana")
    with pytest.raises(WrongPassphrase):
        keys.unlock(ANA, "ana")
    with pytest.raises(WrongPassphrase):
        keys.refreshed(ana)
    rotated = keys.begin_rotation(clinic)
    assert str(rotated.keys[0]) not in {str(key) for key in ana.keys}
    with pytest.raises(IdentityError, match="last reader"):
        keys.remove_reader("clinic")


def test_the_clinics_own_passphrase_can_be_retired_once_another_reads(keys: Keys) -> None:
    keys.create(CLINIC)
    keys.add_reader(keys.unlock(CLINIC), "ana", ANA)
    keys.remove_reader("clinic")
    assert not keys.identity_file.exists()
    assert open_sealed(sealed(keys), keys.open(lambda: ANA)) == TEXT


def test_a_rotation_opens_old_and_new_for_every_reader_without_their_passphrase(keys: Keys) -> None:
    keys.create(CLINIC)
    clinic = keys.unlock(CLINIC)
    keys.add_reader(clinic, "ana", ANA)
    ana = keys.unlock(ANA, "ana")
    before = sealed(keys)
    keys.begin_rotation(ana)
    after = sealed(keys)
    for reader in (keys.refreshed(clinic), keys.refreshed(ana), keys.unlock(CLINIC, "clinic")):
        assert open_sealed(before, reader) == open_sealed(after, reader) == TEXT
        assert not lies_bare(keys, reader)
    with pytest.raises(Exception, match="does not open"):
        open_sealed(after, ana)


def test_a_rotation_leaves_other_recipients_and_comments_where_they_are(keys: Keys) -> None:
    keys.create(CLINIC)
    other = new_identity(keys.identity_file.with_name("safe.age"), keys.recipients_file, None)
    former = keys.recipients_file.read_text().splitlines()[0]
    with keys.recipients_file.open("a") as file:
        file.write("# the one in the safe\n")
    new = keys.begin_rotation(keys.unlock(CLINIC)).recipient
    assert keys.recipients_file.read_text().splitlines() == [new, other, "# the one in the safe"]
    assert former != new


def test_a_demo_without_a_passphrase_rotates_and_takes_readers_too(keys: Keys) -> None:
    new_identity(keys.identity_file, keys.recipients_file, None)
    before = sealed(keys)
    bare = keys.open(lambda: pytest.fail("nobody is asked"))
    keys.add_reader(bare, "ana", ANA)
    keys.begin_rotation(bare)
    for identity in (keys.open(lambda: pytest.fail("nobody is asked")), keys.unlock(ANA, "ana")):
        assert open_sealed(before, identity) == open_sealed(sealed(keys), identity) == TEXT


def test_a_passphrase_is_changed_by_who_knows_it(keys: Keys) -> None:
    keys.create(CLINIC)
    with pytest.raises(WrongPassphrase):
        keys.change_passphrase("clinic", ANA, LUIS)
    keys.change_passphrase("clinic", CLINIC, LUIS)
    assert keys.unlock(LUIS).reader == "clinic"
    with pytest.raises(WrongPassphrase):
        keys.unlock(CLINIC)


def test_an_identity_file_from_before_there_were_readers_gets_one(keys: Keys) -> None:
    new_identity(keys.identity_file, keys.recipients_file, CLINIC)
    assert not keys.file.exists()
    keys.add_reader(keys.unlock(CLINIC), "ana", ANA)
    assert [reader["name"] for reader in json.loads(keys.file.read_bytes())["readers"]] == ["clinic", "ana"]


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 101, "clinic"])
def test_a_name_that_cannot_be_a_readers_is_refused(keys: Keys, name: str) -> None:
    keys.create(CLINIC)
    clinic = keys.unlock(CLINIC)
    with pytest.raises(IdentityError) as told:
        keys.add_reader(clinic, name, ANA)
    assert str(told.value).count("\n") == 0


@pytest.mark.parametrize("content", [b"", b"{}", b'{"format": "kinbridge-readers/9"}', b"\xff"])
def test_a_damaged_list_of_readers_is_one_line_with_the_mend(keys: Keys, content: bytes) -> None:
    keys.file.parent.mkdir()
    keys.file.write_bytes(content)
    with pytest.raises(IdentityError, match="damaged: restore it from a back-up"):
        keys.read()


def test_a_key_of_another_clinic_adds_nobody(keys: Keys, tmp_path: Path) -> None:
    keys.create(CLINIC)
    other = Keys(tmp_path / "other" / "clinic.age", tmp_path / "other" / "recipients.txt")
    new_identity(other.identity_file, other.recipients_file, None)
    with pytest.raises(IdentityError, match="not this clinic's"):
        keys.add_reader(other.open(lambda: ""), "ana", ANA)
