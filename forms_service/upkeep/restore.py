"""Restoring a back-up on an empty machine: judged whole first, then the database in one transaction, then the files."""

from __future__ import annotations

import secrets
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from forms_service.durable import sync_folder, write_whole, writing_whole
from forms_service.sealing.identity import CannotOpen, Identity, IdentityError, open_sealed
from forms_service.sealing.keyring import Keys
from forms_service.settings import Settings
from forms_service.store import ForeignSchema, Store, dump
from forms_service.store.migrate import downgrade, upgrade
from forms_service.store.times import now
from forms_service.upkeep.archive import BadBackup, Contents, opened, pieces, rows_of, verify
from forms_service.upkeep.backup import SECRET

Unlock = Callable[[Keys], Identity | None]
# A migration itself puts rows there: they do not make a machine a used one.
SEEDED = ("audit_head", "staff_roles")


class NotEmpty(Exception):
    """There is something here that a restore would replace; the message says what."""


@dataclass(frozen=True)
class Restored:
    """What came back, and what did not, in plain words."""

    contents: Contents
    missing: tuple[str, ...]


def restore(settings: Settings, file: Path, unlock: Unlock, replace: bool = False) -> Restored:
    """Bring a back-up into this instance. Nothing is written before all of the file was judged.

    `unlock` gives the clinic's keys from the back-up's key files, to open the signing secret; None: a new one is
    made. What is replaced on demand stays beside it under another name. Raises BadBackup, NotEmpty,
    IdentityError, Unavailable, OSError.
    """
    contents = verify(file)
    if not replace:
        _refuse_unless_empty(settings)
    staged = settings.var / f".restore-{secrets.token_hex(4)}"
    try:
        with opened(file) as (archive, _):
            _stage(archive, contents, staged)
            secret = _secret(staged, unlock)
            _load_database(settings, archive, contents)
        missing = [*contents.left_out, *_place(settings, staged, contents, secret)]
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    return Restored(contents, tuple(missing))


def _refuse_unless_empty(settings: Settings) -> None:
    mend = "restore on an empty machine, or give --replace"
    for what, path in (
        ("keys", settings.recipients_file),
        ("a key", settings.identity_file),
        ("a published site", settings.current_release),
    ):
        if path.exists():
            raise NotEmpty(f"there is {what} here already ({path}): {mend}")
    store = Store(settings.database_url, lock_wait=10)
    store.create()
    with store.reading() as connection:
        for table in dump.tables(connection):
            if (
                table.name not in SEEDED
                and connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first()
            ):
                raise NotEmpty(f"the database here holds {table.name} already: {mend}")
    store.close()


def _stage(archive: zipfile.ZipFile, contents: Contents, staged: Path) -> None:
    """All files but the rows, on the disk of their place: what follows are renames."""
    staged.mkdir(parents=True, mode=0o700)
    for name in contents.files:
        if not name.startswith("database/"):
            with writing_whole(staged / name, 0o600 if name.startswith(("keys/", SECRET)) else 0o644) as out:
                for piece in pieces(archive, name):
                    out.write(piece)


def _secret(staged: Path, unlock: Unlock) -> bytes | None:
    sealed = staged / SECRET
    if not sealed.exists():
        return None
    identity = unlock(Keys(staged / "keys" / "clinic.age", staged / "keys" / "recipients.txt"))
    if identity is None:
        return None
    try:
        return open_sealed(sealed.read_bytes(), identity)
    except CannotOpen:
        raise IdentityError(
            "this key does not open the back-up's signing secret: give the right one"
        ) from None


def _load_database(settings: Settings, archive: zipfile.ZipFile, contents: Contents) -> None:
    store = Store(settings.database_url, lock_wait=10)
    store.create()
    with store.writing() as connection:
        downgrade(connection, "base")
        try:
            upgrade(connection, contents.revision)
        except ForeignSchema:
            raise BadBackup(
                f"the back-up is from a newer Kinbridge (schema {contents.revision}): install that version first"
            ) from None
        known = {table.name: table for table in dump.tables(connection)}
        if unknown := set(contents.rows) - set(known):
            raise BadBackup(f"the back-up holds unknown tables ({', '.join(sorted(unknown))}): use another")
        for table in reversed(known.values()):
            connection.execute(table.delete())  # what a migration puts there comes with the back-up
        for name, table in known.items():
            if name in contents.rows:
                dump.load(connection, table, rows_of(archive, name))
        dump.set_last_numbers(connection, contents.numbers)
        upgrade(connection)
    store.close()


def _place(settings: Settings, staged: Path, contents: Contents, secret: bytes | None) -> list[str]:
    missing = []
    keys = Keys(settings.identity_file, settings.recipients_file)
    for name, target, mode in (
        ("recipients.txt", settings.recipients_file, 0o644),
        ("clinic.age", settings.identity_file, 0o600),
        ("clinic.readers.json", keys.file, 0o600),
    ):
        found = staged / "keys" / name
        _set_aside(target)
        if found.exists():
            write_whole(target, found.read_bytes(), mode)
    _set_aside(settings.secret_file)
    if secret is None:
        missing.append(
            "the signing secret: forms that are open now must be opened again, "
            "and `audit verify` cannot vouch for what stands in the audit"
        )
    else:
        write_whole(settings.secret_file, secret)
    if contents.release is not None:
        _place_release(settings, staged / "release", contents.release)
    if (settings.instance / "mkdocs.yml").exists():
        missing.append(f"the content: {settings.instance} has its own, which stays as it is")
    else:
        _place_content(settings.instance, staged / "instance")
    return missing


def _place_release(settings: Settings, staged: Path, name: str) -> None:
    target = settings.var / "site" / "releases" / name
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        (staged / "seen").touch()
        staged.rename(target)
    link = settings.current_release.with_name(f".current-{secrets.token_hex(4)}")
    link.symlink_to(Path("releases") / name, target_is_directory=True)
    link.replace(settings.current_release)
    sync_folder(settings.current_release.parent)


def _place_content(instance: Path, staged: Path) -> None:
    """Last comes the file that makes it an instance."""
    instance.mkdir(parents=True, exist_ok=True)
    for item in (
        sorted(staged.iterdir(), key=lambda item: item.name == "mkdocs.yml") if staged.exists() else ()
    ):
        _set_aside(instance / item.name)
        shutil.move(item, instance / item.name)


def _set_aside(path: Path) -> None:
    if path.exists():
        path.rename(path.with_name(f"{path.name}.before-restore-{now().strftime('%Y%m%dT%H%M%SZ')}"))
