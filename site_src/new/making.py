"""Puts a new instance into its folder: all of it or nothing."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from string import Template

from site_src.errors import SiteError
from site_src.instance import CONFIG_NAME, Clinic, Instance
from site_src.new.config import config_text
from site_src.new.packages import mark_examples
from site_src.new.pages import write_pages
from site_src.new.starter import Starter

README = Path(__file__).parent / "templates" / "README.md"


def free_place(folder: Path) -> Path:
    """The folder, resolved; raises SiteError when something lies there already."""
    place = folder.resolve()
    mend = "Name a folder that is empty or not there yet."
    with _disk_errors(place):
        if place.is_dir():
            if any(place.iterdir()):
                raise SiteError(f"{folder} is not empty.", mend)
        elif place.exists():
            raise SiteError(f"{folder} is a file.", mend)
    return place


def make_instance(place: Path, clinic: Clinic, starter: Starter) -> None:
    """Makes the clinic's instance in a folder from `free_place`.

    Raises SiteError when that cannot be written; then the folder is as it was.
    """
    with _disk_errors(place):
        beside = place if place.is_dir() else place.parent
        beside.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix=f".{place.name}-", dir=beside))
        try:
            # Of its own, as mkdtemp's folder is closed to everyone else.
            root = unfinished / "instance"
            root.mkdir()
            _write(Instance(root, root / "var"), clinic, starter)
            _move(root, place)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)


def _write(instance: Instance, clinic: Clinic, starter: Starter) -> None:
    for language in clinic.languages:
        _copy(starter.instance.content / language, instance.content / language)
    _copy(starter.instance.datapackages, instance.datapackages)
    mark_examples(instance.datapackages, starter.clinic.name, clinic.name)
    instance.config_file.write_text(config_text(clinic, starter), "utf-8")
    write_pages(instance, clinic, starter)
    (instance.root / ".gitignore").write_text("/var/\n", "utf-8")
    readme = Template(README.read_text("utf-8")).substitute(name=clinic.name)
    (instance.root / "README.md").write_text(readme, "utf-8")


def _copy(source: Path, target: Path) -> None:
    """Copies what the files hold, not their modes: an installed package may be read-only."""
    for file in sorted(source.rglob("*")):
        relative = file.relative_to(source)
        if file.is_file() and not any(part.startswith(".") for part in relative.parts):
            (target / relative).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target / relative)


def _move(root: Path, place: Path) -> None:
    if not place.is_dir():
        root.rename(place)
        return
    # The folder stays, as a shell may stand in it. Last comes the file that makes it an instance.
    for item in sorted(root.iterdir(), key=lambda item: item.name == CONFIG_NAME):
        item.rename(place / item.name)


@contextlib.contextmanager
def _disk_errors(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SiteError(
            f"Cannot make {place}: {error.strerror} ({error.filename or 'a file in it'}). Nothing was made.",
            "Make room, mend the folder's permissions, or name another.",
        ) from error
