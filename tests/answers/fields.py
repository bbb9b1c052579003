"""Fields and judges for tests, from a Table Schema field alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from forms_service.answers import ReadyForm, prepare
from forms_service.definition import Descriptor, Field


def ready(*fields: dict[str, Any], **schema: Any) -> ReadyForm:
    """A form of these fields, ready to judge."""
    resource = {"name": "rows", "path": "rows.csv", "schema": {"fields": list(fields), **schema}}
    return prepare(Descriptor(Path("form/datapackage.json"), {"name": "form", "resources": [resource]}))


def field_of(kind: str, **more: Any) -> Field:
    """The question that a field of this type becomes; it is called "cell"."""
    return ready({"name": "cell", "type": kind, **more}).form.fields["cell"]


def problems(kind: str, cell: str, **more: Any) -> list[str]:
    """The constraints and rules that a cell breaks."""
    found = ready({"name": "cell", "type": kind, **more}).judge.read("cell", cell).problems
    return [problem.constraint for problem in found]
