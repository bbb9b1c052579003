"""Checks of the disk: room, a place to write, nothing left lying, and nothing of it in git."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dulwich.errors import NotGitRepository
from dulwich.repo import Repo

from forms_service.doctor.patient import MEBIBYTE, Fault, Patient

_LEFT = (
    ".restore-*",
    "*.part",
    ".*.new",
    "site/.*",
    "site/releases/.building-*",
    "keys/.*.part",
    "backups/.*",
)
_OLD = timedelta(days=1)


def room(patient: Patient) -> Iterator[Fault]:
    """Space for what families send, the log and a back-up."""
    for folder in {_existing(patient.settings.var), _existing(patient.settings.backup_folder)}:
        free = shutil.disk_usage(folder).free
        if free < patient.least_free:
            yield Fault(
                "disk-full", f"the disk of {folder} has {free // MEBIBYTE} MB left", "free space, or move it"
            )
            return


def a_place_to_write(patient: Patient) -> Iterator[Fault]:
    """What is written at run time can be."""
    folder = patient.settings.var
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder):
            pass
    except OSError as error:
        yield Fault(
            "var-unwritable",
            f"cannot write in {folder} ({error.strerror})",
            "mend its owner or KINBRIDGE_VAR",
        )


def leftovers(patient: Patient) -> Iterator[Fault]:
    """Nothing of a run that was cut off."""
    for pattern in _LEFT:
        for path in patient.settings.var.glob(pattern):
            changed = datetime.fromtimestamp(path.lstat().st_mtime, UTC)
            if path.name != ".lock" and patient.now - changed > _OLD:
                yield Fault("leftover", f"{path} was left by a run that was cut off", f"rm -r {path}")


def not_in_git(patient: Patient) -> Iterator[Fault]:
    """What is written at run time is never in the content's history."""
    try:
        repository = Repo.discover(str(patient.settings.instance))
    except NotGitRepository:
        return
    with repository:
        root = Path(repository.path).resolve()
        var = patient.settings.var
        if not var.is_relative_to(root):
            return
        inside = f"{var.relative_to(root).as_posix()}/".encode()
        if any(bytes(name).startswith(inside) for name in repository.open_index()):
            yield Fault(
                "var-in-git",
                f"git keeps files of {var}",
                f"git rm -r --cached {var}, and ignore it; rotate keys if any were pushed",
            )


CHECKS = (room, a_place_to_write, leftovers, not_in_git)


def _existing(folder: Path) -> Path:
    while not folder.exists():
        folder = folder.parent
    return folder
