"""What the tests of the site share: a small clinic, and sites built once for all workers."""

from __future__ import annotations

import fcntl
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from site_src.building import build_site
from site_src.instance import Instance
from site_src.options import BuildOptions
from site_src.printing import can_print
from site_src.site import Reader, Site, load_site
from tests.site.screens import chromium, served

HILLTOP = Path(__file__).parent / "instance"
REPOSITORY = Path(__file__).parents[2]


@dataclass(frozen=True)
class Built:
    """A site built into a folder, and what the build warned of."""

    public: Path
    private: Path
    warnings: list[str]


@pytest.fixture(scope="session")
def prints(pytestconfig: pytest.Config) -> Path:
    """Where print copies are kept from one test run to the next: making them all takes half a minute."""
    return Path(pytestconfig.rootpath) / ".pytest_cache" / "d" / "print-copies"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's chromium. Of one module: two Playwrights cannot run in one process at a time."""
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def base(hilltop: Built) -> Iterator[str]:
    """The address of the small clinic's pages."""
    with served(hilltop.public) as address:
        yield address


@pytest.fixture(scope="session")
def hilltop(tmp_path_factory: pytest.TempPathFactory, prints: Path) -> Built:
    """The small clinic of these tests, built."""
    return _build_once(HILLTOP, tmp_path_factory, prints, "hilltop")


@pytest.fixture(scope="session")
def repository_site(tmp_path_factory: pytest.TempPathFactory, prints: Path) -> Built:
    """The site of this repository, built."""
    return _build_once(REPOSITORY, tmp_path_factory, prints, "repository")


@pytest.fixture(scope="session")
def site() -> Site:
    """What the small clinic's pages may quote."""
    return load_site(HILLTOP)


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    """A copy of the small clinic that a test may change and publish."""
    root = tmp_path / "clinic"
    shutil.copytree(HILLTOP, root)
    return Instance(root, root / "var")


def write_page(instance: Instance, text: str, name: str = "en/mornings.md", **facts: str) -> Path:
    """Writes a guide that `kinbridge check` has nothing against, with further `facts` in its front matter."""
    page = instance.content / name
    matter = {"title": "Mornings", "description": "How to start the day.", "need": "between"}
    lines = "".join(
        f"{key}: {value}\n" for key, value in {**matter, "review_by": "2099-05-31", **facts}.items()
    )
    page.write_text(f"---\n{lines}---\n\n{text}\n\nIn danger? [Get help now](crisis.md).\n", "utf-8")
    return page


def reader(site: Site, language: str, path: str, *sources: str) -> Reader:
    """Someone reading the page at a path below content/<language>."""
    return Reader(site, language, site.catalogue.find(language, path), sources)


def _build_once(root: Path, factory: pytest.TempPathFactory, prints: Path, name: str) -> Built:
    """Builds in the folder that all workers of one test run share; the first builds, the others wait."""
    worker = factory.getbasetemp()
    shared = worker.parent if worker.name.startswith("popen-") else worker
    folder = shared / f"site-{name}"
    done = folder / "warnings.json"
    with (shared / f"site-{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            folder.mkdir(exist_ok=True)
            options = BuildOptions(
                private=folder / "private", print_cache=prints / name if can_print() else None
            )
            warnings = build_site(Instance(root, folder / "var"), folder / "public", options)
            done.write_text(json.dumps(warnings))
    return Built(folder / "public", folder / "private", json.loads(done.read_text()))
