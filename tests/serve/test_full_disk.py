"""A full disk: told clearly, nothing called sent, nothing damaged; when there is room again, families go on."""

from __future__ import annotations

import contextlib
import errno
import resource
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from tests.databases import OWN_FILE
from tests.serve.browser import Browser, Page
from tests.serve.clinic import KINBRIDGE, Clinic, Serving, make_clinic, serving
from tests.serve.journeys import INTAKE, NAME, QUESTION, begin, walk

SIZE = "4m"
MOUNT = f'mount -t tmpfs -o size={SIZE} none "$1" && cp -a "$2/." "$1" && shift 2 && exec "$@"'
Filling = Callable[[], AbstractContextManager[object]]
Disk = Callable[[Clinic], AbstractContextManager[tuple[Serving, Filling, Path]]]


@contextmanager
def small_disk(clinic: Clinic) -> Iterator[tuple[Serving, Filling, Path]]:
    """`var/` on a disk of its own that only the server's processes see, and that goes away with them."""
    mine = ["unshare", "--mount"]
    if subprocess.run(
        [*mine, "mount", "-t", "tmpfs", "none", clinic.temporary], capture_output=True
    ).returncode:
        pytest.skip("no right to mount a small disk here (run as root); the limit on file sizes is tested")
    var = clinic.instance.var
    before = shutil.copytree(var, clinic.folder / "var-before", symlinks=True)
    command = [
        *mine,
        "sh",
        "-c",
        MOUNT,
        "sh",
        str(var),
        str(before),
        str(KINBRIDGE),
        "serve",
        "--public-only",
    ]
    with serving(clinic, command=[*command, "--port", "0"]) as server:
        seen_from_here = Path(f"/proc/{server.pid}/root{var}")
        yield server, lambda: filled(seen_from_here), seen_from_here


@contextmanager
def filled(folder: Path) -> Iterator[None]:
    """Not a byte is left."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (65536, 1):
            with contextlib.suppress(OSError):
                while file.write(b"x" * size):
                    pass
        with pytest.raises(OSError, match=str(errno.ENOSPC)):
            file.write(b"x")
    yield
    filler.unlink()


@contextmanager
def limited_files(clinic: Clinic) -> Iterator[tuple[Serving, Filling, Path]]:
    """The ordinary disk, where no file of the server's may grow any more."""
    with serving(clinic) as server:
        yield server, lambda: limited(server), clinic.instance.var


@contextmanager
def limited(server: Serving) -> Iterator[None]:
    """Every write beyond a file's first byte fails in the workers."""
    before = {pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in server.workers()}
    for pid, (_, most) in before.items():
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, most))
    yield
    for pid, limits in before.items():
        resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)


def clearly_refused(page: Page) -> bool:
    """Whether the page says that nothing was done, and what to do now."""
    assert page.status == 503, f"{page.status}: {page.text}"
    assert not page.shows("We have your answers") and "data-reference" not in page.text
    return page.shows("Try again") and page.shows("555 0100")


@pytest.mark.parametrize("disk", [small_disk, limited_files])
def test_a_full_disk_is_told_and_when_there_is_room_again_families_go_on(tmp_path: Path, disk: Disk) -> None:
    clinic = make_clinic(tmp_path, database_url=OWN_FILE)
    with disk(clinic) as (server, full, var):
        writing, sending, newcomer = (Browser(server.site) for _ in range(3))
        page = begin(writing, "intake")
        check = walk(sending, begin(sending, "question"), QUESTION)
        with full():
            unsaved = writing.send(page.form, INTAKE["you"])
            assert clearly_refused(unsaved)
            assert unsaved.shows(NAME)
            assert sorted(unsaved.form.fields) == sorted(page.form.filled(INTAKE["you"]))
            unsent = sending.send(check.form)
            assert clearly_refused(unsent)
            assert unsent.shows("Nothing was sent yet")
            assert sending.open("/forms/question/check").shows(NAME), "what was saved can still be read"
            start = newcomer.open("/forms/intake/")
            assert start.status == 200
            assert clearly_refused(newcomer.send(start.form))
            assert newcomer.cookies == {}
            assert newcomer.open("/").status == 200
        assert kept(var, tmp_path / "full") == []
        saved = writing.send(unsaved.form)
        assert (saved.status, saved.name) == (200, "child")
        done = sending.send(unsent.form)
        assert done.heading == "We have your answers"
        assert begin(newcomer, "intake").name == "you"
        assert kept(var, tmp_path / "later") == [done.reference]


def kept(var: Path, copy: Path) -> list[str]:
    """The references of what the clinic has, from a database that is whole.

    A copy is read: SQLite would follow /proc/<pid>/root to the folder below the mount.
    """
    copy.mkdir()
    for name in ("kinbridge.db", "kinbridge.db-wal"):
        shutil.copy(var / name, copy)
    with contextlib.closing(sqlite3.connect(copy / "kinbridge.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return [row[0] for row in connection.execute("SELECT reference FROM submissions")]
