"""Erased is gone: from the tables, and from every file the database leaves behind."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
import sqlalchemy as sa

from forms_service.staff import create_app
from forms_service.store import Store
from forms_service.store.tables import copies, draft_pages, drafts, submissions
from forms_service.upkeep.forgetting import forget_owed
from tests import databases
from tests.commands.running import run, send
from tests.databases import OWN_FILE
from tests.families import INTAKE, SUPPORT_GROUP, Family, code_of
from tests.instances import Instance, make_instance
from tests.staff.colleague import new_colleague

PIECE = 48  # bytes of ciphertext that nothing else has


def sealed(instance: Instance) -> list[bytes]:
    """Every ciphertext the database holds."""
    store = Store(instance.settings.database_url)
    found: list[bytes] = []
    with store.reading() as connection:
        for column in (submissions.c.sealed, copies.c.sealed, draft_pages.c.sealed):
            found += connection.execute(sa.select(column)).scalars().all()
    store.close()
    return found


def holding(folder: Path, ciphertexts: list[bytes]) -> set[str]:
    """The files below `folder` that hold a piece of one of them."""
    pieces = [text[at : at + PIECE] for text in ciphertexts for at in range(0, len(text) - PIECE, PIECE)]
    assert pieces
    files = [(file.name, file.read_bytes()) for file in folder.rglob("*") if file.is_file()]
    return {name for name, content in files if any(piece in content for piece in pieces)}


def remains(instance: Instance, ciphertexts: list[bytes], temporary: Path) -> set[str]:
    """The files the instance leaves anywhere that hold a piece of one of them."""
    return holding(instance.var, ciphertexts) | holding(temporary, ciphertexts)


def age(instance: Instance) -> None:
    """All that is there came long ago."""
    store = Store(instance.settings.database_url)
    with store.writing() as connection:
        connection.execute(submissions.update().values(submitted_at="2020-01-01T00:00:00Z"))
        connection.execute(copies.update().values(expires_at="2020-01-01T00:00:00Z"))
        connection.execute(drafts.update().values(saved_at="2020-01-01T00:00:00Z"))
    store.close()


def purge(instance: Instance) -> None:
    age(instance)
    assert run(instance, "submissions", "purge").exit_code == 0


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "tmp"
    folder.mkdir()
    for name in ("TMPDIR", "SQLITE_TMPDIR"):
        monkeypatch.setenv(name, str(folder))
    return folder


def test_purged_answers_drafts_and_copies_leave_no_byte_in_any_file(tmp_path: Path, temporary: Path) -> None:
    instance = make_instance(tmp_path / "instance", database_url=OWN_FILE)
    app = instance.app()  # its connections stay open meanwhile
    for pages in (SUPPORT_GROUP, INTAKE):
        family = Family(app.test_client(), "support-group" if pages is SUPPORT_GROUP else "intake")
        family.start()
        family.walk(pages)
        family.send()
    begun = Family(app.test_client(), "intake")
    begun.start()
    begun.walk(INTAKE)
    before = sealed(instance)
    assert remains(instance, before, temporary) >= {"kinbridge.db-wal"}, "the search finds what is there"
    purge(instance)
    assert sealed(instance) == []
    assert remains(instance, before, temporary) == set()


def test_an_erased_answer_leaves_no_byte_in_any_file(tmp_path: Path, temporary: Path) -> None:
    instance = make_instance(tmp_path / "instance", database_url=OWN_FILE)
    reference = send(instance)
    before = sealed(instance)
    assert remains(instance, before, temporary)
    assert run(instance, "submissions", "erase", reference).exit_code == 0
    assert remains(instance, before, temporary) == set()


@pytest.mark.parametrize("by", ["the console", "erase", "purge"])
def test_what_is_erased_while_somebody_reads_goes_when_the_reading_ends(
    tmp_path: Path, temporary: Path, by: str
) -> None:
    instance = make_instance(tmp_path / "instance", database_url=OWN_FILE)
    reference = send(instance)
    before = sealed(instance)
    if by == "the console":
        boss = new_colleague(instance, create_app(instance.settings), "boss@clinic.example", "manager")
        boss.open(f"/staff/answers/{reference}/erase")
    with contextlib.closing(Store(instance.settings.database_url)) as store, store.snapshot() as reader:
        assert reader.execute(sa.select(submissions.c.reference)).scalars().all() == [reference]
        if by == "the console":
            told = boss.send(f"/staff/answers/{reference}/erase").text
            assert "Its sealed bytes still stand in the log of the database" in told
        else:
            age(instance)
            result = run(instance, "submissions", *((by, reference) if by == "erase" else (by,)))
            assert result.exit_code == 0 and "its files still hold it, sealed" in result.stderr
        assert not forget_owed(instance.settings)
        assert remains(instance, before, temporary)
    assert forget_owed(instance.settings)
    assert remains(instance, before, temporary) == set()
    if by == "the console":
        assert "sealed bytes" not in boss.open("/staff/retention").text


@pytest.mark.parametrize("sent", [True, False], ids=["what was sent", "a draft"])
def test_what_a_family_withdraws_leaves_no_byte_in_any_file(
    tmp_path: Path, temporary: Path, sent: bool
) -> None:
    instance = make_instance(tmp_path / "instance", database_url=OWN_FILE)
    family = Family(instance.app().test_client(), "support-group")
    family.start()
    family.walk(SUPPORT_GROUP)
    code = code_of(family.client.get(family.address("save")))
    if sent:
        family.send()
    before = sealed(instance)
    assert remains(instance, before, temporary)
    answer = family.client.post("/forms/withdraw", data={"code": code})
    assert answer.status_code == 200, answer.text
    assert remains(instance, before, temporary) == set()


@pytest.mark.parametrize("by", ["erase", "purge"])
def test_what_was_erased_is_in_no_table_on_either_database(instance: Instance, by: str) -> None:
    reference = send(instance)
    assert len(sealed(instance)) == 2  # and the family's copy
    if by == "purge":
        purge(instance)
    else:
        assert run(instance, "submissions", "erase", reference).exit_code == 0
    assert sealed(instance) == []


@pytest.mark.parametrize("by", ["purge", "erase"])
def test_erased_answers_leave_no_byte_in_the_tables_files_of_postgresql_after_a_purge(
    tmp_path: Path, by: str
) -> None:
    instance = make_instance(tmp_path / "instance", database_url=databases.new_database())
    with contextlib.closing(Store(instance.settings.database_url)) as store, store.reading() as connection:
        query = "SELECT oid FROM pg_database WHERE datname = current_database()"
        number = connection.exec_driver_sql(query).scalar_one()
    folder = Path(databases.data_folder()) / "base" / str(number)
    send(instance)  # when it stays, so does the page of the file that the other stood in
    stays = sealed(instance) if by == "erase" else []
    reference = send(instance)
    before = [text for text in sealed(instance) if text not in stays]
    databases.checkpoint()
    assert holding(folder, before)
    if by == "erase":
        assert run(instance, "submissions", "erase", reference).exit_code == 0
        assert run(instance, "submissions", "purge").exit_code == 0
    else:
        purge(instance)
    databases.checkpoint()
    assert holding(folder, before) == set()


def test_purge_says_in_plain_words_what_went_and_what_still_holds_it(instance: Instance) -> None:
    for form in ("support-group", "support-group", "intake"):
        send(instance, form)
    age(instance)
    result = run(instance, "submissions", "purge")
    assert result.exit_code == 0
    first, *others = result.stdout.splitlines()
    assert first == "erased 3 submissions, 0 drafts, 0 family copies"  # copies went with them
    assert any(line.strip().startswith("support-group: 2 that came more than") for line in others)
    assert others[-1].endswith("still hold it for 14 days.")
    again = run(instance, "submissions", "purge")
    assert again.stdout == "erased 0 submissions, 0 drafts, 0 family copies\n"
