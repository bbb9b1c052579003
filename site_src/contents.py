"""A release folder's content as one hash, and its way to the disk."""

from __future__ import annotations

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path


def content_hash(folder: Path) -> str:
    """A SHA-256 over the names and the bytes of all files below `folder`."""
    whole = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        whole.update(path.relative_to(folder).as_posix().encode() + b"\0")
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def sync_tree(folder: Path) -> None:
    """Returns when every file and folder below `folder`, and itself, is on the disk."""
    with ThreadPoolExecutor() as pool:
        for _ in pool.map(sync, [folder, *folder.rglob("*")]):
            pass


def sync(path: Path) -> None:
    """Returns when one file or folder is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
