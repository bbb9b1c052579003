"""The releases on the disk: their folders, which one families see, and what is kept of the others."""

from __future__ import annotations

import contextlib
import datetime
import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from site_src.contents import sync
from site_src.errors import SiteError
from site_src.instance import Instance

UNFINISHED = ".building-"
# Stands in a release that families have seen; without it a crash came between naming and switching.
SEEN = "seen"
# Pages and their hashes in a release, to tell what the next one changes.
PAGES = "pages.json"
KEPT = 10
LOCK_PATIENCE = 60.0
TIME_FORMAT = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True)
class LeftOut:
    """A form that is not in a release, and why."""

    form: str
    message: str


@dataclass(frozen=True)
class Release:
    """What release.json says. `assets` are the files that pages fetch, kept one release longer."""

    id: str
    hash: str
    created: str
    message: str
    forms: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    assets: tuple[str, ...]


def releases(instance: Instance) -> tuple[Release, ...]:
    """All releases that families have seen, newest first."""
    folders = releases_folder(instance).glob("[!.]*")
    return tuple(_read(folder) for folder in sorted(folders, reverse=True) if _was_seen(instance, folder))


def current(instance: Instance) -> Release | None:
    """The release that families see, or None before the first."""
    link = instance.site / "current"
    return _read(link) if (link / "release.json").is_file() else None


def find(known: tuple[Release, ...], release_id: str) -> Release:
    """The release of that id among those known; raises SiteError when there is none."""
    found = [release for release in known if release.id == release_id]
    if not found:
        raise SiteError(f"There is no release {release_id}.", "`kinbridge releases` lists them.")
    return found[0]


def current_pages(instance: Instance) -> dict[str, str]:
    """The pages of the current release by `page_hashes`; none before the first."""
    try:
        pages: dict[str, str] = json.loads((instance.site / "current" / "private" / PAGES).read_text("utf-8"))
    except FileNotFoundError:
        return {}
    return pages


def new_id(instance: Instance, digest: str, now: datetime.datetime) -> str:
    """Time and hash; never earlier than an older release, whatever the clock says."""
    moment = now.astimezone(datetime.UTC).replace(microsecond=0)
    known = releases(instance)
    if known:
        last = datetime.datetime.strptime(known[0].id.partition("-")[0], TIME_FORMAT).replace(
            tzinfo=datetime.UTC
        )
        moment = max(moment, last + datetime.timedelta(seconds=1))
    return f"{moment.strftime(TIME_FORMAT)}-{digest[:8]}"


def make_unfinished(instance: Instance, fresh: Path) -> None:
    """The folder for a build; what a crash left behind goes, as the lock is ours."""
    mark_current(instance)
    folder = releases_folder(instance)
    for stale in folder.iterdir():
        if stale.name.startswith(UNFINISHED) or not _was_seen(instance, stale):
            shutil.rmtree(stale)
    fresh.mkdir()


def unfinished_folder(instance: Instance) -> Path:
    """Where this process builds: known before the folder is there, so that a stop at any moment can take it away."""
    return releases_folder(instance) / f"{UNFINISHED}{os.getpid()}"


def switch(instance: Instance, release_id: str) -> None:
    """Points `current` at a release with one rename, and makes the disk keep it."""
    site = instance.site
    mark_current(instance)
    sync(releases_folder(instance))
    link = site / ".current-new"
    link.unlink(missing_ok=True)
    link.symlink_to(Path("releases") / release_id, target_is_directory=True)
    link.replace(site / "current")
    sync(site)
    mark_current(instance)


def mark_current(instance: Instance) -> None:
    """Marks the release that families see as seen, which a crash right after the last switch may have prevented."""
    folder = instance.site / "current"
    if folder.is_dir():
        (folder / SEEN).touch()
        sync(folder)


def carry_assets(instance: Instance, before: Release | None, public: Path) -> None:
    """Copies what pages of the former release may still fetch; a page and its assets are two requests."""
    if before is None:
        return
    former = releases_folder(instance) / before.id / "public"
    for name in before.assets:
        target = public / name
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            for suffix in ("", ".gz", ".br"):
                _copy_whole(former / f"{name}{suffix}", public / f"{name}{suffix}")


def prune(instance: Instance) -> None:
    """Removes all but the newest releases and the current one; what cannot be removed goes another time."""
    now = current(instance)
    for release in releases(instance)[KEPT:]:
        if now and release.id != now.id:
            folder = releases_folder(instance) / release.id
            # Renamed first, so that no half of it is ever listed as a release.
            leaving = folder.with_name(f"{UNFINISHED}{release.id}")
            with contextlib.suppress(OSError):
                folder.rename(leaving)
            shutil.rmtree(leaving, ignore_errors=True)


@contextlib.contextmanager
def locked(instance: Instance) -> Iterator[None]:
    """Only one publish or rollback at a time; another waits a minute, then says so."""
    with disk_errors(instance):
        releases_folder(instance).mkdir(parents=True, exist_ok=True)
        descriptor = os.open(instance.site / ".lock", os.O_CREAT | os.O_RDWR, 0o644)
    deadline = time.monotonic() + LOCK_PATIENCE
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise SiteError(
                        "Another publish is still running.", "Try again when it is done."
                    ) from None
                time.sleep(0.05)
        yield
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def disk_errors(instance: Instance) -> Iterator[None]:
    """Turns what the disk refuses into a SiteError with the mend."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise SiteError(
            f"Cannot read or write {error.filename or instance.site}: {reason}. The site is as it was.",
            "Make room or mend the folder's permissions, then publish again.",
        ) from error


def releases_folder(instance: Instance) -> Path:
    """Where the releases lie."""
    return instance.site / "releases"


def _read(folder: Path) -> Release:
    path = folder / "release.json"
    try:
        facts = json.loads(path.read_text("utf-8"))
        return Release(
            **{
                **facts,
                "forms": tuple(facts["forms"]),
                "left_out": tuple(LeftOut(**item) for item in facts["left_out"]),
                "assets": tuple(facts["assets"]),
            }
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SiteError(
            f"Cannot read {path}: {error}.", "Remove that release's folder, or restore it."
        ) from error


def as_json(release: Release) -> str:
    """A release as release.json says it."""
    return json.dumps(asdict(release), ensure_ascii=False, indent=2) + "\n"


def _was_seen(instance: Instance, folder: Path) -> bool:
    return (folder / SEEN).exists() or folder.name == (instance.site / "current").resolve().name


def _copy_whole(source: Path, target: Path) -> None:
    """Copies a file that readers may be looking for: it appears complete or not at all."""
    if source.is_file():
        part = target.with_name(f".{target.name}.part")
        shutil.copyfile(source, part)
        part.replace(target)
