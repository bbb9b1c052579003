"""Judging an answer of 30 fields against frictionless' own reading of the row, and making a form ready."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from frictionless import Schema

from forms_service.answers import Judge, check, prepare
from forms_service.definition import Descriptor, build
from tests.benchmarks.timing import interleaved, ratio, spread

FIELDS = 30
LOADED = (30, 200, 2_000)
ROWS = 200  # in one round
TIMES = [{"value": "am", "label": "Morning"}, {"value": "pm", "label": "Evening"}]
# What a clinic's form asks, and an answer to each.
KINDS: tuple[tuple[dict[str, Any], str], ...] = (
    ({"type": "string", "constraints": {"required": True, "maxLength": 120}}, "Sam Lee"),
    ({"type": "string", "format": "email"}, "sam@example.org"),
    ({"type": "string", "constraints": {"pattern": "[0-9]{3}-[0-9]{4}"}}, "555-0100"),
    ({"type": "string", "constraints": {"enum": ["mother", "father", "other"]}}, "mother"),
    ({"type": "integer", "constraints": {"minimum": 0, "maximum": 10}}, "7"),
    ({"type": "number", "constraints": {"minimum": 0}}, "12.5"),
    ({"type": "boolean"}, "true"),
    ({"type": "date", "constraints": {"minimum": "2005-01-01"}}, "2015-03-27"),
    (
        {
            "type": "list",
            "form": {"choices": [{"value": "am", "label": "Morning"}, {"value": "pm", "label": "Evening"}]},
        },
        "am,pm",
    ),
    ({"type": "year"}, "2026"),
)


def run() -> None:
    """Prints microseconds a row with the ratio, then milliseconds to load descriptors of three sizes."""
    with tempfile.TemporaryDirectory() as folder:
        _judging(Path(folder))
        for size in LOADED:
            _loading(Path(folder), size)


def _judging(folder: Path) -> None:
    descriptor, cells = _descriptor(folder, FIELDS)
    judge = Judge(build(descriptor))
    schema = _schema(descriptor)
    typed = list(cells.values())
    refused = [problem for reading in judge.row(cells).values() for problem in reading.problems]
    if refused:
        raise RuntimeError(f"the row is refused: {refused}")
    ours, theirs = interleaved(lambda: judge.row(cells), lambda: schema.read_cells(typed), repeats=ROWS)
    print(
        f"{FIELDS} fields, {'Judge.row':20}{spread(ours, 1e6):>24} µs  {ratio(ours, theirs):.2f} of read_cells"
    )
    print(f"{FIELDS} fields, {'Schema.read_cells':20}{spread(theirs, 1e6):>24} µs")


def _loading(folder: Path, size: int) -> None:
    descriptor, _ = _descriptor(folder, size)
    errors = [finding for finding in check(descriptor) if finding.level == "error"]
    if errors:
        raise RuntimeError(f"the form is refused: {errors[0]}")
    made, checked, loaded = interleaved(
        lambda: prepare(descriptor), lambda: check(descriptor), lambda: _schema(descriptor), rounds=3
    )
    for name, times in (("prepare()", made), ("check()", checked), ("bare Schema", loaded)):
        compared = "" if times is loaded else f"{ratio(times, loaded):5.2f} of the bare schema"
        print(f"{size:,} fields, {name:12}{spread(times, 1000, 1):>24} ms  {compared}")


def _descriptor(folder: Path, size: int) -> tuple[Descriptor, dict[str, str]]:
    """A form of `size` fields, ten a page, and an answer to each."""
    fields, cells = [], {}
    for number in range(size):
        kind, cell = KINDS[number % len(KINDS)]
        name = f"field_{number}"
        fields.append({"name": name, "title": f"Question {number}?", **kind})
        cells[name] = cell
    names = list(cells)
    pages = [
        {"name": f"page-{first}", "title": f"Page {first}", "fields": names[first : first + 10]}
        for first in range(0, size, 10)
    ]
    package = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "bench",
        "title": "Bench",
        "version": "1.0.0",
        "languages": ["en"],
        "resources": [
            {"name": "rows", "path": "rows.csv", "encoding": "utf-8", "schema": {"fields": fields}}
        ],
        "form": {"pages": pages},
    }
    (folder / "rows.csv").write_text(",".join(names) + "\n", "utf-8")  # `check` looks for it
    return Descriptor(folder / "datapackage.json", package, {}), cells


def _schema(descriptor: Descriptor) -> Schema:
    """The same schema as frictionless alone loads it."""
    schema = descriptor.package["resources"][0]["schema"]
    return Schema.from_descriptor({"fields": [{**field} for field in schema["fields"]]})
