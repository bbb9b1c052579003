"""Looks for words in files, in every spelling that a leak could have."""

from __future__ import annotations

import base64
import json
import stat
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote, quote_plus

SHORTEST = 6  # bytes: less could stand in a file by chance


def _percent(word: str) -> set[str]:
    return {quote(word, safe=""), quote(word, safe="@+()!*'")}


def _lower_hex(texts: Iterable[str]) -> set[str]:
    """`%C3%A9` as `%c3%a9` too; letters that are no part of an escape stay."""
    found = set()
    for text in texts:
        parts = text.split("%")
        found |= {text, "%".join([parts[0], *(part[:2].lower() + part[2:] for part in parts[1:])])}
    return found


def _base64(word: str) -> set[str]:
    """What stands inside a longer base64 text, at each of the three places a byte can have in it."""
    found = set()
    for before in range(3):
        data = b"\0" * before + word.encode()
        text = base64.b64encode(data).decode()
        first = (0, 2, 3)[before]  # characters that also hold bits of what stands before
        whole = len(data) * 8 // 6  # the characters that hold nothing of what follows
        inner = text[first:whole]
        found |= {inner, inner.replace("+", "-").replace("/", "_")}
    return found


def _json(word: str) -> set[str]:
    escaped = json.dumps(word)[1:-1]
    upper = "".join(f"\\u{ord(char):04X}" if ord(char) > 127 else char for char in word)
    return {escaped, upper, json.dumps(word, ensure_ascii=False)[1:-1]}


def _python(word: str) -> set[str]:
    return {ascii(word)[1:-1], repr(word.encode())[2:-1], repr(word)[1:-1]}


def _html(word: str) -> set[str]:
    named = word.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return {
        named,
        "".join(f"&#{ord(char)};" if ord(char) > 127 else char for char in named),
        "".join(f"&#x{ord(char):x};" if ord(char) > 127 else char for char in named),
    }


def _hex(word: str) -> set[str]:
    return {word.encode().hex(), word.encode().hex().upper()}


def _written(spell: Callable[[str], set[str]]) -> Callable[[str], set[bytes]]:
    return lambda word: {text.encode() for text in spell(word)}


SPELLINGS: Mapping[str, Callable[[str], set[bytes]]] = MappingProxyType(
    {
        "UTF-8": _written(lambda word: {word, unicodedata.normalize("NFD", word)}),
        "UTF-16-LE": lambda word: {word.encode("utf-16-le")},
        "UTF-16-BE": lambda word: {word.encode("utf-16-be")},
        "Latin-1": lambda word: {word.encode("latin-1", "replace")},
        "percent": _written(lambda word: _lower_hex(_percent(word))),
        "plus": _written(lambda word: _lower_hex({quote_plus(word), quote_plus(word, safe="@")})),
        "JSON": _written(_json),
        "Python": _written(_python),
        "HTML": _written(_html),
        "hex": _written(_hex),
        "base64": _written(_base64),
    }
)


@lru_cache(maxsize=512)
def _patterns(word: str) -> tuple[tuple[str, bytes], ...]:
    parts = {word, *(part for part in word.split() if len(part.encode()) >= SHORTEST)}
    return tuple(
        (spelling, pattern)
        for part in sorted(parts)
        for spelling in SPELLINGS
        for pattern in SPELLINGS[spelling](part)
    )


def finds(words: Iterable[str], places: Iterable[tuple[str, bytes]]) -> list[str]:
    """Where a word, or a distinctive part of it, stands in any spelling: one line each, none when all is well."""
    content = list(places)
    return [
        f"{word!r} as {spelling} in {place}"
        for word in words
        for spelling, pattern in _patterns(word)
        for place, data in content
        if pattern in data
    ]


def files(*folders: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below these folders, with its content; a name counts as content too."""
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            yield f"the name of {path}", str(path).encode()
            if path.is_file():
                yield str(path), path.read_bytes()


def open_files(processes: Iterable[int]) -> Iterator[tuple[str, bytes]]:
    """Every regular file these processes hold open, those without a name too (Linux)."""
    for pid in processes:
        for handle in Path(f"/proc/{pid}/fd").iterdir():
            try:
                if stat.S_ISREG(handle.stat().st_mode):
                    yield f"{handle} ({handle.readlink()})", handle.read_bytes()
            except FileNotFoundError:
                continue


def command_lines(processes: Iterable[int]) -> Iterator[tuple[str, bytes]]:
    """What any user of the machine can read of these processes: their command lines."""
    for pid in processes:
        yield f"the command line of {pid}", Path(f"/proc/{pid}/cmdline").read_bytes()
