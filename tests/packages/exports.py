"""Exports of made-up submissions, without a database or a key."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from forms_service.definition import Descriptor
from forms_service.definition.load import V2_PROFILE
from forms_service.packages.export import Export, Opened

Cells = dict[str, str | None]


def descriptor_of(schema: dict[str, Any], form: dict[str, Any] | None = None, **more: Any) -> Descriptor:
    """A descriptor around a schema."""
    resource = {"name": "answers", "path": "answers.csv", "encoding": "utf-8", "schema": schema}
    package = {"$schema": V2_PROFILE, "name": "made-up", "title": "Made up", "version": "1.0.0", **more}
    if form is not None:
        package |= {"languages": ["en"], "form": form}
    return Descriptor(Path("made-up/datapackage.json"), {**package, "resources": [resource]})


def export_of(descriptor: Descriptor, rows: Iterable[Cells], deidentified: bool = False) -> Export:
    """An export of one submission a row; `rows` can be gone through more than once."""

    def opened(of: frozenset[str]) -> Iterator[Opened]:
        for number, row in enumerate(rows, 1):
            reference = f"AAAA-{number:04d}"
            moment = "2027-01-31T09:30:00Z"
            yield Opened(number, reference, moment, "en", "1.0.0", "d", {"answers": [row]})

    return Export({"d": descriptor}, opened, [], deidentified=deidentified)


def written(writer: Callable[[IO[bytes], Export], None], export: Export) -> BytesIO:
    """What a writer writes."""
    out = BytesIO()
    writer(out, export)
    out.seek(0)
    return out


class Void(BytesIO):
    """A file that keeps nothing, and cannot be gone back in, like a download."""

    def write(self, content: Any, /) -> int:
        return len(content)

    def seekable(self) -> bool:
        return False

    def tell(self) -> int:
        raise OSError


def peak(writer: Callable[[IO[bytes], Export], None], export: Export) -> int:
    """The most memory that writing takes, in bytes."""
    tracemalloc.start()
    writer(Void(), export)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most
