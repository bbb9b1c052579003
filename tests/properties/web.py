"""A clinic whose forms are published one by one, and a family that sends rows through HTTP."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask

from forms_service.answers import cell_of
from forms_service.definition import Field, Form, build, load
from tests.families import Family
from tests.instances import Instance, make_instance
from tests.properties.oracle import V2

Cells = Mapping[str, str]
Inputs = dict[str, list[str]]


class Clinic:
    """An instance in which each `publish` is a new release."""

    def __init__(self, root: Path) -> None:
        self.instance: Instance = make_instance(
            root, {"first": form_of("first", {"fields": [{"name": "a"}]})}
        )
        self.app: Flask = self.instance.app()
        self._releases = 0

    def publish(self, *descriptors: Mapping[str, Any], files: Mapping[str, str] | None = None) -> None:
        """Publish these forms and no others; `files` lie beside each of them."""
        self._releases += 1
        old = self.instance.release
        new = old.parent / f"20270101T000000Z-{self._releases:08}"
        shutil.copytree(old, new, ignore=shutil.ignore_patterns("forms"))
        for descriptor in descriptors:
            folder = new / "private" / "forms" / descriptor["name"]
            folder.mkdir(parents=True)
            (folder / "datapackage.json").write_text(json.dumps(descriptor), "utf-8")
            for name, text in (files or {}).items():
                (folder / name).write_text(text, "utf-8")
        link = self.instance.var / "site" / "next"
        link.symlink_to(new)
        link.rename(self.instance.var / "site" / "current")
        shutil.rmtree(old)

    def form(self, name: str) -> Form:
        """A published form."""
        return build(load(self.instance.release / "private" / "forms" / name))

    def family(self, form: str) -> Family:
        """A family that has begun a form."""
        family = Family(self.app.test_client(), form)
        family.start()
        return family


def form_of(name: str, schema: Mapping[str, Any], *others: Mapping[str, Any]) -> dict[str, Any]:
    """A descriptor whose submission table has this schema; `others` are reference resources."""
    return {
        "$schema": V2,
        "name": name,
        "version": "1.0.0",
        "languages": ["en"],
        "resources": [{"name": "rows", "path": "rows.csv", "encoding": "utf-8", "schema": schema}, *others],
        "form": {"retention": "P1Y"},
    }


def answers(family: Family, form: Form, inputs: Inputs) -> bool:
    """Whether every page takes its share of these inputs."""
    taken = True
    for page in form.pages:
        own = {name for field in page.fields for name in (field, *date_inputs(field))}
        sent = {name: values for name, values in inputs.items() if name in own}
        status = family.answer(page.name, sent).status_code
        assert status in (303, 422), status
        taken = taken and status == 303
    return taken


def sends(family: Family) -> bool:
    """Whether "check your answers" lets the answers go."""
    answer = family.client.post(family.address("check"), data={"csrf_token": family.token})
    assert answer.status_code in (303, 422), answer.text
    return answer.status_code == 303


def typed(form: Form, row: Cells) -> Inputs:
    """What a family types and ticks to give these cells."""
    inputs: Inputs = {}
    for name, cell in row.items():
        inputs |= _typed(form.fields[name], cell)
    return inputs


def cells_of(form: Form, inputs: Inputs) -> dict[str, str]:
    """The normalised cells of these inputs (design 6): what frictionless is asked about."""
    return {name: cell_of(field, inputs) for name, field in form.fields.items()}


def date_inputs(name: str) -> tuple[str, str, str]:
    """The names of a date's boxes."""
    return f"{name}-day", f"{name}-month", f"{name}-year"


def _typed(field: Field, cell: str) -> Inputs:
    if field.widget == "date":
        return dict(zip(date_inputs(field.name), ([part] for part in _boxes(field, cell)), strict=True))
    if field.many:
        return {field.name: cell.split(field.delimiter)}
    if field.type == "boolean":
        cell = {field.true_value: "true", field.false_value: "false"}.get(cell, cell)
    return {field.name: [cell]}


def _boxes(field: Field, cell: str) -> tuple[str, str, str]:
    """Day, month and year as typed; of what is no date, whatever its pieces are."""
    form = "%Y-%m-%d" if field.format in ("default", "any") else field.format
    try:
        day = datetime.strptime(cell, form).date()
    except ValueError:
        year, month, day_, *_ = [*re.split(r"[-/. ]", cell), "", ""]
        return day_, month, year
    return str(day.day), str(day.month), f"{day.year:04}"
