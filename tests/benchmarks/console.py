"""The console with many submissions: the inbox page, and an export's judging, writing and memory."""

from __future__ import annotations

import io
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from flask import Flask
from frictionless import Resource, Schema, system

from forms_service.definition import digest, load
from forms_service.packages.export import Export, Opened, write_zip
from forms_service.sealing.identity import open_sealed, read_identity
from forms_service.sealing.recipients import read_recipients
from forms_service.staff import create_app
from tests.benchmarks.timing import interleaved, ratio, spread
from tests.instances import REPOSITORY, Instance, make_instance
from tests.many import fill
from tests.staff.colleague import Colleague, new_colleague, path_of

FEW, MANY = 1_000, 1_000_000
EXPORTED = 100_000
FORM = REPOSITORY / "datapackages" / "support-group"
ROW: Mapping[str, str | None] = {
    "group": "worries-2027-01",
    "your_name": "Ana Quispe",
    "contact_by": "email",
    "email": "ana@example.org",
    "consent": "true",
}
SINCE, UNTIL = "since=2023-11-15", "until=2023-11-15"  # all but the first hours, and these alone
PAGES = {
    "inbox": "/staff/",
    "of a state": "/staff/?status=done",
    "of a form": "/staff/?form=intake",
    "from a day": f"/staff/?{SINCE}",
    "to a day": f"/staff/?{UNTIL}",
    "form, from a day": f"/staff/?form=intake&{SINCE}",
    "form, to a day": f"/staff/?form=intake&{UNTIL}",
    "form, state": "/staff/?form=intake&status=done",
    "form, state, to a day": f"/staff/?form=intake&status=done&{UNTIL}",
    "mine, state": "/staff/?whose=mine&status=done",
    "exports": "/staff/exports",
    "retention": "/staff/retention",
}


def run() -> None:
    """Prints the inbox at two sizes with the ratio, then an export against frictionless, then peaks of memory."""
    with tempfile.TemporaryDirectory() as folder:
        _inbox(Path(folder))
        _export(Path(folder))
    for number in (FEW, MANY):
        _memory(number)


def _inbox(folder: Path) -> None:
    instances = [_filled(folder / str(number), number) for number in (FEW, MANY)]
    visitors = [_signed_in(instance) for instance in instances]  # after filling: a visit ends when idle
    for title, path in PAGES.items():
        few, many = interleaved(*(partial(_look, one, path) for one in visitors), repeats=5)
        print(f"{title:28}{FEW:>10,}{spread(few, 1e3, 1):>24} ms")
        print(f"{title:28}{MANY:>10,}{spread(many, 1e3, 1):>24} ms  {ratio(many, few):.2f} times")


def _filled(root: Path, number: int) -> Instance:
    instance = make_instance(root)
    fill(instance, number)
    return instance


def _signed_in(instance: Instance) -> Colleague:
    app: Flask = create_app(instance.settings)
    return new_colleague(instance, app, "ana@clinic.example", "manager")


def _look(visitor: Colleague, path: str) -> None:
    page = visitor.open(path)
    if path_of(page) != path.partition("?")[0]:
        raise RuntimeError(f"{path} led to {path_of(page)}")


def _export(folder: Path) -> None:
    out = io.BytesIO()
    began = time.process_time()
    write_zip(out, _made(EXPORTED))
    ours = time.process_time() - began
    with zipfile.ZipFile(out) as archive:
        archive.extractall(folder / "package")
    table = next(
        path for path in sorted((folder / "package" / "data").iterdir()) if path.stat().st_size > 10_000
    )
    began = time.process_time()
    with system.use_context(trusted=True):  # the table lies where we put it
        report = Resource(path=str(table), schema=Schema.from_descriptor(_schema(folder))).validate()
    theirs = time.process_time() - began
    if not report.valid:
        raise RuntimeError(f"frictionless finds it invalid: {report.flatten(['message'])}")
    title = f"export of {EXPORTED:,}: judged and written {ours:.1f} s"
    print(f"{title}, frictionless validate {theirs:.1f} s  {ours / theirs:.2f} times")
    print(f"opening {EXPORTED:,}: {_opening(folder) * EXPORTED:.1f} s")


def _schema(folder: Path) -> dict[str, object]:
    package = json.loads((folder / "package" / "datapackage.json").read_text("utf-8"))
    schema: dict[str, object] = package["resources"][0]["schema"]
    return {name: value for name, value in schema.items() if name != "foreignKeys"}


def _opening(folder: Path) -> float:
    """Seconds to open one sealed submission."""
    instance = make_instance(folder / "keys")
    sealed = read_recipients(instance.settings.recipients_file).seal(b"x" * 2048)
    identity = read_identity(instance.settings.identity_file, lambda: "")
    began = time.process_time()
    for _ in range(1_000):
        open_sealed(sealed, identity)
    return (time.process_time() - began) / 1_000


def _made(number: int) -> Export:
    descriptor = load(FORM)
    known = digest(descriptor)

    def opened(_of: frozenset[str]) -> Iterator[Opened]:
        for count in range(1, number + 1):
            rows = {descriptor.package["resources"][0]["name"]: [ROW]}
            yield Opened(count, f"{count:08d}", "2027-01-01T00:00:00Z", "en", "1.0.0", known, rows)

    return Export({known: descriptor}, opened, [], {known: number})


def _memory(number: int) -> None:
    """The peak of a process of its own that writes so many rows to nowhere."""
    code = f"from tests.benchmarks.console import peak; print(peak({number}))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=REPOSITORY
    )
    print(f"memory with {number:>9,} rows: {int(done.stdout) / 1024:,.0f} MB at most")


def peak(number: int) -> int:
    """Kilobytes that this process held at most while it wrote the export."""
    with Path(os.devnull).open("wb") as nowhere:
        write_zip(nowhere, _made(number))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
