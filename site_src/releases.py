"""Publishes the site: a build goes into a new release folder, and one rename makes it the current one.

A crash at any moment leaves the old release whole: the new one is built under a hidden name, written to the
disk, and only then named; `current` is a symlink that is replaced, never edited.
"""

from __future__ import annotations

import datetime
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from site_src.building import build_site
from site_src.compression import is_compressed_copy, precompress
from site_src.contents import content_hash, sync_tree
from site_src.errors import FindingsError, SiteError
from site_src.gate import Verdict, judge
from site_src.instance import Instance, local_day, read_clinic
from site_src.library.forms import form_folders, form_name
from site_src.options import BuildOptions
from site_src.printing import LACKING, can_print
from site_src.shelf import (
    PAGES,
    LeftOut,
    Release,
    as_json,
    carry_assets,
    current,
    current_pages,
    disk_errors,
    find,
    locked,
    make_unfinished,
    new_id,
    prune,
    releases,
    releases_folder,
    switch,
    unfinished_folder,
)

__all__ = ["LeftOut", "Published", "Release", "current", "publish", "releases", "rollback"]

FormCheck = Callable[[Path], list[str]]


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
    leave_out: FormCheck | None = None,
    print_copies: bool = True,
    now: datetime.datetime | None = None,
) -> Published:
    """Checks and builds the instance and makes it what families see; unchanged content changes nothing.

    With `leave_out` no finding stops the release: forms in which it finds something (one message each) are
    left out. Raises FindingsError when the checks find what stops a release, SiteError
    when the site cannot be built or written; both leave the current release as it was.
    """
    now = now or datetime.datetime.now(datetime.UTC)
    with locked(instance), disk_errors(instance):
        today = local_day(read_clinic(instance.root), now)
        verdict = judge(instance, today, None if leave_out else current_pages(instance))
        if verdict.stops:
            raise FindingsError(verdict.stops)
        left_out = _broken_forms(instance, leave_out) if leave_out else ()
        prints = print_copies and can_print()
        folder = unfinished_folder(instance)
        try:
            make_unfinished(instance, folder)
            plan = _Plan(message, now, today, left_out, verdict, prints)
            published = _publish_into(folder, instance, plan)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        prune(instance)
    lacking = (LACKING,) if print_copies and not prints else ()
    return replace(published, warnings=(*verdict.warnings, *published.warnings, *lacking))


def rollback(instance: Instance, release_id: str | None = None) -> Release:
    """Makes a former release current again: the one named, else the one before the current.

    Raises SiteError when there is no such release.
    """
    with locked(instance), disk_errors(instance):
        now = current(instance)
        known = releases(instance)
        if release_id is None:
            older = [release for release in known if now and release.id < now.id]
            if not older:
                raise SiteError("There is no release before the current one.", "Nothing was changed.")
            target = older[0]
        else:
            target = find(known, release_id)
        folder = releases_folder(instance) / target.id
        carry_assets(instance, now, folder / "public")
        switch(instance, target.id)
        return target


@dataclass(frozen=True)
class _Plan:
    """What a release is to be, beside the instance's content."""

    message: str
    now: datetime.datetime
    today: datetime.date
    left_out: tuple[LeftOut, ...]
    verdict: Verdict
    prints: bool


def _publish_into(folder: Path, instance: Instance, plan: _Plan) -> Published:
    public, private = folder / "public", folder / "private"
    broken = {broken.form for broken in plan.left_out}
    options = BuildOptions(
        private=private,
        left_out=frozenset(broken),
        notices=plan.verdict.notices,
        print_cache=instance.var / "print-copies" if plan.prints else None,
        today=plan.today,
    )
    warnings = tuple(build_site(instance, public, options))
    forms = _copy_forms(instance, private / "forms", broken)
    (private / PAGES).write_text(json.dumps(plan.verdict.pages, indent=2) + "\n", "utf-8")
    digest = content_hash(folder)
    before = current(instance)
    if before is not None and before.hash == digest:
        return Published(before, False, warnings)
    release = Release(
        id=new_id(instance, digest, plan.now),
        hash=digest,
        created=plan.now.astimezone(datetime.UTC).isoformat(timespec="seconds"),
        message=plan.message,
        forms=forms,
        left_out=plan.left_out,
        assets=_assets(public),
    )
    precompress(public)
    carry_assets(instance, before, public)
    (folder / "release.json").write_text(as_json(release), "utf-8")
    sync_tree(folder)
    folder.rename(releases_folder(instance) / release.id)
    switch(instance, release.id)
    return Published(release, True, warnings)


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
    """What pages fetch by themselves: all but pages, the sitemap, print copies and compressed copies."""
    files = (path for path in public.rglob("*") if path.is_file() and not is_compressed_copy(path))
    kept = (path for path in files if path.suffix not in (".html", ".xml", ".pdf"))
    return tuple(sorted(path.relative_to(public).as_posix() for path in kept))
