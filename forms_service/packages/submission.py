"""A submission's plain form, before it is sealed (design 6)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from forms_service.answers.files import KeptFile, read_kept
from forms_service.definition import Form

FORMAT = "kinbridge-submission/1"
PADDING_STEP = 2048  # bytes: the length of a sealed answer tells little about it
Row = Mapping[str, str | None]


class UnknownFormat(ValueError):
    """A submission written by another version of Kinbridge."""


def write_plain(
    form: Form,
    reference: str,
    language: str,
    submitted_at: datetime,
    rows: Mapping[str, Sequence[Row]],
    files: Mapping[str, KeptFile] | None = None,
    corrections: Sequence[Mapping[str, Any]] = (),
) -> bytes:
    """The submission as UTF-8 JSON, padded to 2 kB steps; `rows` by resource, cells as text or None.

    `files` is what is known of its files, by field: they are sealed on their own, and their hashes bind them to it.
    `corrections` are what staff changed later, the first made first, each with the cells as they were.
    """
    content: dict[str, Any] = {
        "format": FORMAT,
        "form": form.name,
        "version": form.version,
        "reference": reference,
        "language": language,
        "submitted_at": submitted_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "rows": {resource: list(items) for resource, items in rows.items()},
    }
    if files:
        content["files"] = {name: asdict(file) for name, file in files.items()}
    if corrections:
        content["corrections"] = list(corrections)
    plain = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return plain + b" " * (-len(plain) % PADDING_STEP)


def read_plain(plain: bytes) -> dict[str, Any]:
    """The submission. Raises UnknownFormat."""
    try:
        content = json.loads(plain)
    except ValueError:
        raise UnknownFormat("it is not JSON") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        found = content.get("format") if isinstance(content, dict) else None
        raise UnknownFormat(f'it is "{found}", this version reads "{FORMAT}"')
    return content


def files_of(content: Mapping[str, Any]) -> dict[str, KeptFile]:
    """What is known of a submission's files, by field."""
    return {name: read_kept(facts) for name, facts in content.get("files", {}).items()}
