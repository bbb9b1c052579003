"""The file of a back-up: a zip with a list of all it holds and the hash of each, judged before anything is believed."""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

from forms_service.durable import writing_whole

FORMAT = "kinbridge-backup/1"
LIST = "backup.json"
_PIECE = 1024 * 1024
_PLACES = ("database", "keys", "secret.age", "instance", "release")


class BadBackup(Exception):
    """A file that cannot be believed; the message is one line with cause and mend."""


@dataclass(frozen=True)
class Entry:
    """One file of the back-up."""

    sha256: str
    size: int


@dataclass(frozen=True)
class Contents:
    """What a back-up holds. `rows` and `numbers` (the last that was given) are by table, `files` by name.

    `left_out` says in plain words what is not in it, and why.
    """

    created: str
    revision: str
    rows: dict[str, int]
    numbers: dict[str, int]
    release: str | None
    left_out: tuple[str, ...] = ()
    files: dict[str, Entry] = field(default_factory=dict)


class Writer:
    """Puts files into a back-up and remembers their hashes."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.files: dict[str, Entry] = {}

    def add(self, name: str, pieces: Iterable[bytes]) -> int:
        """A file from its pieces; how many pieces there were."""
        digest, size, number = hashlib.sha256(), 0, 0
        with self._archive.open(name, "w", force_zip64=True) as out:
            for piece in pieces:
                out.write(piece)
                digest.update(piece)
                size += len(piece)
                number += 1
        self.files[name] = Entry(digest.hexdigest(), size)
        return number

    def add_file(self, name: str, file: Path) -> None:
        """A file from the disk."""
        with file.open("rb") as stream:
            self.add(name, iter(lambda: stream.read(_PIECE), b""))

    def finish(self, contents: Contents) -> None:
        """The list, which is what makes it a back-up."""
        text = json.dumps({"format": FORMAT, **asdict(contents)}, ensure_ascii=False, indent=1)
        self._archive.writestr(LIST, text + "\n")


@contextmanager
def writing(file: Path) -> Iterator[Writer]:
    """A back-up that takes its name when the block ends well, and not before. Raises OSError."""
    with (
        writing_whole(file) as stream,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
    ):
        yield Writer(archive)


def verify(file: Path) -> Contents:
    """What a back-up holds, after reading all of it against its hashes. Raises BadBackup."""
    try:
        with opened(file) as (archive, contents):
            for name, entry in contents.files.items():
                digest, size = hashlib.sha256(), 0
                for piece in pieces(archive, name):
                    digest.update(piece)
                    size += len(piece)
                if (digest.hexdigest(), size) != (entry.sha256, entry.size):
                    raise _damaged(file, f"{name} is not what was written")
            for table, rows in contents.rows.items():
                if sum(1 for _ in rows_of(archive, table)) != rows:
                    raise _damaged(file, f"{table} lacks rows")
    except (OSError, RuntimeError, KeyError) as error:
        raise _damaged(file, str(error)) from None
    return contents


@contextmanager
def opened(file: Path) -> Iterator[tuple[zipfile.ZipFile, Contents]]:
    """The zip and its list; what in it cannot be read on the way is told as BadBackup."""
    try:
        stream = file.open("rb")
    except OSError as error:
        raise BadBackup(f"cannot read {file} ({error.strerror}): give the file of a back-up") from None
    try:
        with stream, zipfile.ZipFile(stream) as archive:
            yield archive, _contents(file, archive)
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise _damaged(file, str(error)) from None


def rows_of(archive: zipfile.ZipFile, table: str) -> Iterator[bytes]:
    """The lines of a table."""
    with archive.open(f"database/{table}.jsonl") as stream:
        yield from stream


def pieces(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """A file in pieces."""
    with archive.open(name) as stream:
        yield from _pieces(stream)


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    while piece := stream.read(_PIECE):
        yield piece


def _contents(file: Path, archive: zipfile.ZipFile) -> Contents:
    try:
        facts: dict[str, Any] = json.loads(archive.read(LIST))
        if facts.pop("format") != FORMAT:
            raise BadBackup(f"{file} was made by another version of Kinbridge: restore it with that version")
        files = {name: Entry(**entry) for name, entry in facts.pop("files").items()}
        contents = Contents(**{**facts, "left_out": tuple(facts["left_out"]), "files": files})
    except (KeyError, ValueError, TypeError, AttributeError):
        raise BadBackup(f"{file} is no back-up of Kinbridge: give one that `kinbridge backup` made") from None
    names = archive.namelist()
    if sorted(names) != sorted([*files, LIST]):
        raise _damaged(file, "it holds other files than it lists")
    if any(not _is_ours(name) for name in files):
        raise _damaged(file, "it names files outside a back-up")
    return contents


def _is_ours(name: str) -> bool:
    path = PurePosixPath(name)
    return path.parts[0] in _PLACES and not {"..", ""} & set(path.parts) and not path.is_absolute()


def _damaged(file: Path, cause: str) -> BadBackup:
    return BadBackup(f"{file} is cut off or damaged ({' '.join(cause.split())}): use another back-up")
