"""Checks of the site that families see, and of the clinic's facts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from forms_service.doctor.patient import Fault, Patient
from forms_service.upkeep.backup import CONTENT
from site_src.errors import SiteError
from site_src.instance import read_clinic
from site_src.printing import can_print
from site_src.shelf import Release, current


def facts(patient: Patient) -> Iterator[Fault]:
    """The clinic's facts can be read, its time zone is one."""
    try:
        clinic = read_clinic(patient.settings.instance)
    except SiteError as error:
        yield Fault("instance-broken", " ".join(str(error).split()), "mend mkdocs.yml")
        return
    try:
        ZoneInfo(clinic.timezone)
    except (ValueError, OSError, KeyError):
        yield Fault("timezone", f"{clinic.timezone!r} is no time zone", "write one such as America/New_York")


def published(patient: Patient) -> Iterator[Fault]:
    """A release that can be read, with every form in it."""
    try:
        release = current(patient.instance)
    except SiteError as error:
        yield Fault("release-broken", " ".join(str(error).split()), "run `kinbridge publish`, or `rollback`")
        return
    if release is None:
        yield Fault("no-release", "nothing is published", "run `kinbridge publish`")
        return
    for left in release.left_out:
        yield Fault(
            "form-left-out", f"the form {left.form} is not published: {left.message}", "mend it and publish"
        )


def up_to_date(patient: Patient) -> Iterator[Fault]:
    """Not older than the content."""
    try:
        release = current(patient.instance)
    except SiteError:
        return
    newest = _newest(patient.settings.instance)
    if release is not None and newest is not None and newest > _created(release):
        day = newest.strftime("%Y-%m-%d %H:%M")
        yield Fault(
            "release-old",
            f"content changed on {day} (UTC), after the last publish",
            "run `kinbridge publish`",
        )


def print_copies(_: Patient) -> Iterator[Fault]:
    """The libraries for print copies and the key's sheet."""
    if not can_print():
        yield Fault("pango-missing", "print copies cannot be made", "install Pango (Debian: libpango-1.0-0)")


CHECKS = (facts, published, up_to_date, print_copies)


def _created(release: Release) -> datetime:
    return datetime.fromisoformat(release.created)


def _newest(instance: Path) -> datetime | None:
    files = [path for name in CONTENT for path in (instance / name, *(instance / name).rglob("*"))]
    times = [path.stat().st_mtime for path in files if path.is_file()]
    return datetime.fromtimestamp(max(times), UTC).replace(microsecond=0) if times else None
