"""A back-up while everything runs: one moment of the database, the keys under their passphrases, content and release."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from forms_service.durable import sync_folder
from forms_service.sealing.identity import is_wrapped
from forms_service.sealing.keyring import Keys
from forms_service.sealing.recipients import NoRecipients, read_recipients
from forms_service.settings import Settings
from forms_service.store import Store, dump
from forms_service.store.migrate import revision_of
from forms_service.store.times import now, stamp
from forms_service.upkeep.archive import Contents, Writer, verify, writing

CONTENT = ("mkdocs.yml", "content", "datapackages")
SECRET = "secret.age"  # noqa: S105 - a file's name


@dataclass(frozen=True)
class BackedUp:
    """What was written, and read back."""

    file: Path
    contents: Contents


def back_up(settings: Settings, store: Store, file: Path) -> BackedUp:
    """Write a back-up, read it back, and only then give it the name `file`, replacing one of that name.

    It never holds a key that lies unwrapped. The signing secret is sealed to the clinic's recipients.
    Raises Unavailable, OSError and BadBackup.
    """
    part = file.with_name(f".{file.name}.new")
    try:
        with writing(part) as writer:
            _fill(writer, settings, store)
        contents = verify(part)
        part.replace(file)
        sync_folder(file.parent)
    finally:
        part.unlink(missing_ok=True)
    return BackedUp(file, contents)


def _fill(writer: Writer, settings: Settings, store: Store) -> None:
    with store.snapshot() as connection:
        revision = revision_of(connection) or ""
        rows = {
            table.name: writer.add(f"database/{table.name}.jsonl", dump.lines(connection, table))
            for table in dump.tables(connection)
        }
        numbers = dump.last_numbers(connection)
    left_out = (*_add_keys(writer, settings), *_add_secret(writer, settings))
    release = _add_release(writer, settings)
    for name, path in _content(settings.instance):
        writer.add_file(f"instance/{name}", path)
    writer.finish(Contents(stamp(now()), revision, rows, numbers, release, left_out, writer.files))


def _add_keys(writer: Writer, settings: Settings) -> list[str]:
    left_out = []
    keys = Keys(settings.identity_file, settings.recipients_file)
    for name, path in (("recipients.txt", settings.recipients_file), ("clinic.readers.json", keys.file)):
        if path.is_file():
            writer.add_file(f"keys/{name}", path)
    if settings.identity_file.is_file():
        content = settings.identity_file.read_bytes()
        if is_wrapped(content):
            writer.add("keys/clinic.age", [content])
        else:
            left_out.append("the clinic's key: it has no passphrase, so keep a copy of it elsewhere")
    return left_out


def _add_secret(writer: Writer, settings: Settings) -> list[str]:
    if not settings.secret_file.is_file():
        return []
    try:
        recipients = read_recipients(settings.recipients_file)
    except NoRecipients:
        return ["the signing secret: there is no recipient to seal it to"]
    writer.add(SECRET, [recipients.seal(settings.secret_file.read_bytes())])
    return []


def _add_release(writer: Writer, settings: Settings) -> str | None:
    link = settings.current_release
    if not link.is_dir():
        return None
    folder = link.resolve()  # once: a publish may switch meanwhile
    for name, path in _files(folder):
        writer.add_file(f"release/{name}", path)
    return folder.name


def _content(instance: Path) -> Iterator[tuple[str, Path]]:
    for name in CONTENT:
        path = instance / name
        if path.is_file():
            yield name, path
        elif path.is_dir():
            yield from ((f"{name}/{inner}", file) for inner, file in _files(path))


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path.relative_to(folder).as_posix(), path
