"""The data packages of a new instance: as they came, but with the example groups marked as examples."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

from site_src.library.forms import form_folders

# By language of the column; "" is a column without one.
EXAMPLE = {"": "Example: {}", "es": "Ejemplo: {}"}


def mark_examples(datapackages: Path, fictional: str, clinic: str) -> None:
    """Says in each group that it is an example, and puts the clinic's name where the fictional one stands."""
    for folder in form_folders(datapackages):
        descriptor = json.loads((folder / "datapackage.json").read_text("utf-8"))
        groups = descriptor["form"].get("places", {}).get("resource")
        for resource in descriptor["resources"]:
            if resource["name"] == groups:
                _mark(folder / resource["path"], _title(resource), fictional, clinic)


def _title(resource: dict[str, Any]) -> str:
    """The column that the groups' label begins with."""
    found = re.search(r"\{(\w+)\}", resource["form"]["label"])
    return found[1] if found else ""


def _mark(file: Path, title: str, fictional: str, clinic: str) -> None:
    with file.open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    columns = [column.partition("@") for column in header]
    for row in rows:
        for at, (name, _, language) in enumerate(columns):
            cell = row[at].replace(fictional, clinic)
            row[at] = EXAMPLE.get(language, EXAMPLE[""]).format(cell) if name == title else cell
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([header, *rows])
