"""Publishes the site: a build goes into a new release folder, and one rename makes it the current one.

A crash at any moment leaves the old release whole: the new one is built under a hidden name, written to the
disk, and only then named; `current` is a symlink that is replaced, never edited.
"""

from __future__ import annotations

import contextlib
import datetime
import fcntl
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from site_src.building import build_site
from site_src.compression import is_compressed_copy, precompress
from site_src.contents import content_hash, sync, sync_tree
from site_src.errors import BrokenFormsError, SiteError
from site_src.instance import Instance
from site_src.library.forms import form_folders, form_name

UNFINISHED = ".building-"
# Stands in a release that families have seen; without it a crash came between naming and switching.
SEEN = "seen"
LOCK_PATIENCE = 60.0
TIME_FORMAT = "%Y%m%dT%H%M%SZ"

FormCheck = Callable[[Path], list[str]]


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


@dataclass(frozen=True)
class Published:
    """What `publish` did: the current release, whether it is new, and what the build warned of."""

    release: Release
    changed: bool
    warnings: tuple[str, ...]


def publish(
    instance: Instance,
    *,
    message: str = "",
    check_form: FormCheck,
    leave_out_broken: bool = False,
    now: datetime.datetime | None = None,
) -> Published:
    """Builds the instance and makes it what families see; unchanged content changes nothing.

    `check_form` gives what is wrong with a form's folder, one message each. Raises BrokenFormsError when a
    form is broken and `leave_out_broken` is false, SiteError when the site cannot be built or written; both
    leave the current release as it was.
    """
    with _locked(instance), _disk_errors(instance):
        left_out = _broken_forms(instance, check_form)
        if left_out and not leave_out_broken:
            raise BrokenFormsError([f"{broken.form}: {broken.message}" for broken in left_out])
        folder = _unfinished_folder(instance)
        try:
            return _publish_into(
                folder, instance, message, left_out, now or datetime.datetime.now(datetime.UTC)
            )
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def releases(instance: Instance) -> tuple[Release, ...]:
    """All releases that families have seen, newest first."""
    folders = _releases_folder(instance).glob("[!.]*")
    return tuple(_read(folder) for folder in sorted(folders, reverse=True) if _was_seen(instance, folder))


def current(instance: Instance) -> Release | None:
    """The release that families see, or None before the first."""
    link = instance.site / "current"
    return _read(link) if (link / "release.json").is_file() else None


def rollback(instance: Instance, release_id: str | None = None) -> Release:
    """Makes a former release current again: the one named, else the one before the current.

    Raises SiteError when there is no such release.
    """
    with _locked(instance), _disk_errors(instance):
        now = current(instance)
        known = releases(instance)
        if release_id is None:
            older = [release for release in known if now and release.id < now.id]
            if not older:
                raise SiteError("There is no release before the current one.", "Nothing was changed.")
            target = older[0]
        else:
            target = _find(known, release_id)
        folder = _releases_folder(instance) / target.id
        _carry_assets(instance, now, folder / "public")
        _switch(instance, target.id)
        return target


def _publish_into(
    folder: Path, instance: Instance, message: str, left_out: tuple[LeftOut, ...], now: datetime.datetime
) -> Published:
    public, private = folder / "public", folder / "private"
    broken = {broken.form for broken in left_out}
    warnings = tuple(build_site(instance, public, private, broken))
    forms = _copy_forms(instance, private / "forms", broken)
    digest = content_hash(folder)
    before = current(instance)
    if before is not None and before.hash == digest:
        return Published(before, False, warnings)
    release = Release(
        id=_new_id(instance, digest, now),
        hash=digest,
        created=now.astimezone(datetime.UTC).isoformat(timespec="seconds"),
        message=message,
        forms=forms,
        left_out=left_out,
        assets=_assets(public),
    )
    precompress(public)
    _carry_assets(instance, before, public)
    (folder / "release.json").write_text(_as_json(release), "utf-8")
    sync_tree(folder)
    folder.rename(_releases_folder(instance) / release.id)
    _switch(instance, release.id)
    return Published(release, True, warnings)


def _switch(instance: Instance, release_id: str) -> None:
    """Points `current` at a release with one rename, and makes the disk keep it."""
    site = instance.site
    sync(_releases_folder(instance))
    link = site / ".current-new"
    link.unlink(missing_ok=True)
    link.symlink_to(Path("releases") / release_id, target_is_directory=True)
    link.replace(site / "current")
    sync(site)
    (_releases_folder(instance) / release_id / SEEN).touch()


def _was_seen(instance: Instance, folder: Path) -> bool:
    return (folder / SEEN).exists() or folder.name == (instance.site / "current").resolve().name


def _carry_assets(instance: Instance, before: Release | None, public: Path) -> None:
    """Copies what pages of the former release may still fetch; a page and its assets are two requests."""
    if before is None:
        return
    former = _releases_folder(instance) / before.id / "public"
    for name in before.assets:
        target = public / name
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            for suffix in ("", ".gz", ".br"):
                _copy_whole(former / f"{name}{suffix}", public / f"{name}{suffix}")


def _copy_whole(source: Path, target: Path) -> None:
    """Copies a file that readers may be looking for: it appears complete or not at all."""
    if source.is_file():
        part = target.with_name(f".{target.name}.part")
        shutil.copyfile(source, part)
        part.replace(target)


def _broken_forms(instance: Instance, check_form: FormCheck) -> tuple[LeftOut, ...]:
    return tuple(
        LeftOut(folder.name, message)
        for folder in form_folders(instance.datapackages)
        for message in check_form(folder)[:1]
    )


def _copy_forms(instance: Instance, target: Path, broken: set[str]) -> tuple[str, ...]:
    target.mkdir(parents=True)
    names = []
    for folder in form_folders(instance.datapackages):
        if folder.name not in broken:
            names.append(form_name(folder))
            shutil.copytree(folder, target / names[-1])
    return tuple(names)


def _assets(public: Path) -> tuple[str, ...]:
    """What pages fetch by themselves, so everything but pages, the sitemap and compressed copies."""
    files = (path for path in public.rglob("*") if path.is_file() and not is_compressed_copy(path))
    kept = (path for path in files if path.suffix not in (".html", ".xml"))
    return tuple(sorted(path.relative_to(public).as_posix() for path in kept))


def _new_id(instance: Instance, digest: str, now: datetime.datetime) -> str:
    """Time and hash; never earlier than an older release, whatever the clock says."""
    moment = now.astimezone(datetime.UTC).replace(microsecond=0)
    known = releases(instance)
    if known:
        last = datetime.datetime.strptime(known[0].id.partition("-")[0], TIME_FORMAT).replace(
            tzinfo=datetime.UTC
        )
        moment = max(moment, last + datetime.timedelta(seconds=1))
    return f"{moment.strftime(TIME_FORMAT)}-{digest[:8]}"


def _unfinished_folder(instance: Instance) -> Path:
    """A fresh folder for a build; what a crash left behind goes, as the lock is ours."""
    folder = _releases_folder(instance)
    for stale in folder.iterdir():
        if stale.name.startswith(UNFINISHED) or not _was_seen(instance, stale):
            shutil.rmtree(stale)
    fresh = folder / f"{UNFINISHED}{os.getpid()}"
    fresh.mkdir()
    return fresh


def _releases_folder(instance: Instance) -> Path:
    return instance.site / "releases"


def _find(known: tuple[Release, ...], release_id: str) -> Release:
    found = [release for release in known if release.id == release_id]
    if not found:
        raise SiteError(f"There is no release {release_id}.", "`kinbridge releases` lists them.")
    return found[0]


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


def _as_json(release: Release) -> str:
    return json.dumps(asdict(release), ensure_ascii=False, indent=2) + "\n"


@contextlib.contextmanager
def _locked(instance: Instance) -> Iterator[None]:
    """Only one publish or rollback at a time; another waits a minute, then says so."""
    with _disk_errors(instance):
        _releases_folder(instance).mkdir(parents=True, exist_ok=True)
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
def _disk_errors(instance: Instance) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise SiteError(
            f"Cannot read or write {error.filename or instance.site}: {reason}. The site is as it was.",
            "Make room or mend the folder's permissions, then publish again.",
        ) from error
