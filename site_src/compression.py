"""Precompresses a built site: each text file gets a .gz and a .br beside it."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import brotli

TEXT = frozenset({".html", ".css", ".js", ".svg", ".xml", ".json", ".txt", ".webmanifest", ".csv"})
COPIES = frozenset({".gz", ".br"})
# A smaller file fits one packet as it is.
WORTH_IT = 200


def precompress(folder: Path) -> None:
    """Writes name.gz and name.br for each text file below `folder`; the same bytes for the same input."""
    with ThreadPoolExecutor() as pool:
        for _ in pool.map(_compress, _texts(folder)):
            pass


def is_compressed_copy(path: Path) -> bool:
    """Whether a file is the .gz or .br of one beside it."""
    return path.suffix in COPIES and path.with_suffix("").exists()


def _texts(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if path.suffix in TEXT and path.is_file() and path.stat().st_size >= WORTH_IT:
            yield path


def _compress(path: Path) -> None:
    content = path.read_bytes()
    path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(content, 9, mtime=0))
    path.with_name(f"{path.name}.br").write_bytes(brotli.compress(content, mode=brotli.MODE_TEXT, quality=9))
