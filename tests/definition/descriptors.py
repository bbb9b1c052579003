"""A small form without a fault, and copies of it with one mistake."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

FORM: dict[str, Any] = {
    "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
    "name": "visit",
    "title": "A visit",
    "version": "1.0.0",
    "languages": ["en"],
    "resources": [
        {
            "name": "visits",
            "path": "visits.csv",
            "encoding": "utf-8",
            "schema": {
                "fields": [
                    {
                        "name": "reach",
                        "type": "string",
                        "title": "How may we reach you?",
                        "constraints": {"enum": ["phone", "letter"]},
                        "categories": [
                            {"value": "phone", "label": "By phone"},
                            {"value": "letter", "label": "By letter"},
                        ],
                    },
                    {
                        "name": "number",
                        "type": "string",
                        "title": "Phone number",
                        "constraints": {"pattern": "[0-9 ]+", "maxLength": 20},
                        "form": {"showWhen": {"field": "reach", "operator": "=", "answer": "phone"}},
                    },
                    {"name": "day", "type": "date", "title": "Day", "constraints": {"minimum": "2027-01-01"}},
                    {
                        "name": "topics",
                        "type": "list",
                        "title": "Topics",
                        "form": {
                            "choices": [
                                {"value": "sleep", "label": "Sleep"},
                                {"value": "school", "label": "School"},
                            ]
                        },
                    },
                    {"name": "mood", "type": "integer", "title": "Mood", "form": {"widget": "scale"}},
                    {"name": "room", "type": "string", "title": "Room"},
                    {"name": "sure", "type": "boolean", "title": "Sure?"},
                ],
                "foreignKeys": [{"fields": "room", "reference": {"resource": "rooms", "fields": "id"}}],
            },
        },
        {
            "name": "rooms",
            "path": "rooms.csv",
            "encoding": "utf-8",
            "schema": {"fields": [{"name": "id", "type": "string"}, {"name": "name", "type": "string"}]},
        },
    ],
    "form": {
        "retention": "P1Y",
        "pages": [
            {"name": "you", "title": "You", "fields": ["reach", "number"]},
            {"name": "visit", "title": "The visit", "fields": ["day", "topics", "mood", "room", "sure"]},
        ],
        "alerts": [
            {"name": "low", "when": {"field": "mood", "operator": "<", "answer": 3}, "level": "note"},
        ],
    },
}
GONE = object()  # in place of a value: take the property out


def changed(changes: dict[str, Any], base: dict[str, Any] = FORM) -> dict[str, Any]:
    """The form with values put at JSON Pointers; one step of a pointer may be new."""
    form = copy.deepcopy(base)
    for pointer, value in changes.items():
        *path, last = _parts(pointer)
        node: Any = form
        for part in path:
            node = node[int(part)] if isinstance(node, list) else node.setdefault(part, {})
        if value is GONE:
            del node[last]
        elif isinstance(node, list):
            node[int(last) : int(last) + 1] = [value]
        else:
            node[last] = value
    return form


def write_form(folder: Path, form: dict[str, Any]) -> Path:
    """The form on disk with its CSV files; the path of its datapackage.json."""
    folder.mkdir(parents=True, exist_ok=True)
    names = [field["name"] for field in FORM["resources"][0]["schema"]["fields"]]
    (folder / "visits.csv").write_text(",".join(names) + "\n", "utf-8")
    (folder / "rooms.csv").write_text("id,name\nr1,Blue room\n", "utf-8")
    file = folder / "datapackage.json"
    file.write_text(json.dumps(form, ensure_ascii=False, indent=1), "utf-8")
    return file


def line_at(form: dict[str, Any], pointer: str) -> int:
    """The line on which the value at the pointer begins, or its nearest ancestor that is there."""
    mark = "here it is"
    while pointer:
        try:
            text = json.dumps(changed({pointer: mark}, form), ensure_ascii=False, indent=1)
        except (KeyError, IndexError, ValueError, TypeError):
            text = ""
        if mark in text and _stands(form, pointer):
            return text[: text.index(mark)].count("\n") + 1
        pointer = pointer.rpartition("/")[0]
    return 1


def _parts(pointer: str) -> list[str]:
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def _stands(form: Any, pointer: str) -> bool:
    node = form
    for part in _parts(pointer):
        if isinstance(node, list) and part.isdecimal() and int(part) < len(node):
            node = node[int(part)]
        elif isinstance(node, dict) and part in node:
            node = node[part]
        else:
            return False
    return True
