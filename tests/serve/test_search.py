"""The search that proves sealing must itself find every leak."""

from __future__ import annotations

import base64
import json
import os
import re
import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, quote_plus, urlencode

import pytest

from tests.serve.journeys import TYPED
from tests.serve.search import files, finds, open_files

LEAKS: dict[str, Callable[[str], bytes]] = {
    "UTF-8": lambda word: word.encode(),
    "UTF-16-LE": lambda word: word.encode("utf-16-le"),
    "UTF-16-BE": lambda word: word.encode("utf-16-be"),
    "Latin-1": lambda word: word.encode("latin-1"),
    "percent": lambda word: quote(word).encode(),
    "percent in lower case": lambda word: re.sub("%..", lambda sign: sign[0].lower(), quote(word)).encode(),
    "plus": lambda word: quote_plus(word).encode(),
    "a form": lambda word: urlencode({"name": word, "more": "x"}).encode(),
    "JSON": lambda word: json.dumps({"name": word}).encode(),
    "JSON in UTF-8": lambda word: json.dumps({"name": word}, ensure_ascii=False).encode(),
    "Python text": lambda word: repr({"name": word}).encode(),
    "Python bytes": lambda word: repr({"name": word.encode()}).encode(),
    "ASCII": lambda word: ascii(word).encode(),
    "HTML": lambda word: word.encode("ascii", "xmlcharrefreplace"),
    "hex": lambda word: word.encode().hex().encode(),
    "base64, 0 before": lambda word: base64.b64encode(word.encode() + b"rest"),
    "base64, 1 before": lambda word: base64.b64encode(b"x" + word.encode() + b"rest"),
    "base64, 2 before": lambda word: base64.b64encode(b"xy" + word.encode() + b"rest"),
    "base64 for URLs": lambda word: base64.urlsafe_b64encode(b"x" + word.encode()),
}


@pytest.mark.parametrize("leak", LEAKS)
def test_a_leak_is_found_in_each_spelling(tmp_path: Path, leak: str) -> None:
    file = tmp_path / "deep" / "below" / "kept.bin"
    file.parent.mkdir(parents=True)
    for word in TYPED:
        file.write_bytes(os.urandom(7_001) + LEAKS[leak](word) + os.urandom(900))
        assert finds([word], files(tmp_path)), word


def test_a_part_of_what_was_typed_is_a_leak_too(tmp_path: Path) -> None:
    for word in TYPED:
        part = max(word.split(), key=len)
        (tmp_path / "kept.bin").write_bytes(base64.b64encode(b"." + part.encode()))
        assert finds([word], files(tmp_path)), word


def test_nothing_is_found_where_nothing_leaked(tmp_path: Path) -> None:
    (tmp_path / "kept.bin").write_bytes(os.urandom(2_000_000) + b"a family and its child; 555 0100")
    assert finds(TYPED, files(tmp_path)) == []


def test_a_leak_in_the_name_of_a_file_is_found(tmp_path: Path) -> None:
    (tmp_path / f"upload of {TYPED[0]}.tmp").touch()
    assert finds(TYPED, files(tmp_path))


def test_a_leak_in_the_write_ahead_log_is_found(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "kept.db")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE kept (words TEXT)")
    connection.execute("INSERT INTO kept VALUES (?)", (TYPED[0],))
    connection.commit()
    assert any("kept.db-wal" in line for line in finds(TYPED, files(tmp_path)))
    connection.close()


def test_a_leak_in_a_file_without_a_name_is_found() -> None:
    with tempfile.TemporaryFile() as spool:
        spool.write(TYPED[0].encode())
        spool.flush()
        assert finds(TYPED, open_files([os.getpid()]))
