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
from forms_service.store import Store, descriptors
from forms_service.store.tables import submissions
from tests.benchmarks.timing import interleaved, ratio, spread
from tests.instances import REPOSITORY, Instance, make_instance
from tests.staff.colleague import Colleague, new_colleague

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
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def run() -> None:
    """Prints the inbox at two sizes with the ratio, then an export against frictionless, then peaks of memory."""
    with tempfile.TemporaryDirectory() as folder:
        _inbox(Path(folder))
        _export(Path(folder))
    for number in (FEW, MANY):
        _memory(number)


def _inbox(folder: Path) -> None:
    visitors = [_signed_in(folder / str(number), number) for number in (FEW, MANY)]
    for title, path in (("inbox", "/staff/"), ("inbox of a state", "/staff/?status=done")):
        few, many = interleaved(*(partial(one.open, path) for one in visitors), repeats=5)
        print(f"{title:20}{FEW:>10,}{spread(few, 1e3, 1):>24} ms")
        print(f"{title:20}{MANY:>10,}{spread(many, 1e3, 1):>24} ms  {ratio(many, few):.2f} times")


def _signed_in(root: Path, number: int) -> Colleague:
    instance = make_instance(root)
    _fill(instance, number)
    app: Flask = create_app(instance.settings)
    return new_colleague(instance, app, "ana@clinic.example", "reader")


def _fill(instance: Instance, number: int) -> None:
    """As many rows as wanted, a third of each state, urgent now and then."""
    descriptor = load(FORM)
    sealed = read_recipients(instance.settings.recipients_file).seal(b"x" * 2048)
    store = Store(instance.settings.database_url)
    with store.writing() as connection:
        descriptors.keep(connection, descriptor, digest(descriptor))
        for start in range(0, number, 10_000):
            connection.execute(
                submissions.insert(),
                [
                    _row(count, digest(descriptor), sealed)
                    for count in range(start, min(start + 10_000, number))
                ],
            )
    store.close()


def _row(count: int, descriptor: str, sealed: bytes) -> dict[str, object]:
    code = "".join(ALPHABET[count >> shift & 31] for shift in range(35, -1, -5))
    return {
        "reference": f"{code[:4]}-{code[4:]}",
        "lookup": f"{count:064x}",
        "form": ("support-group", "intake")[count % 2],
        "version": "1.0.0",
        "descriptor": descriptor,
        "language": "en",
        "submitted_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(1_700_000_000 + count)),
        "status": ("new", "in-progress", "done")[count % 3],
        "urgent": count % 1000 == 1,
        "sealed": sealed if count % 1000 == 0 else b"sealed",
    }


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
