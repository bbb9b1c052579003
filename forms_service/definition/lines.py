"""The line on which a JSON Pointer leads into a JSON file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError


def line_of(file: Path, pointer: str) -> int:
    """The line, from 1; 1 when it cannot be told. JSON is read as YAML, whose nodes know their place."""
    try:
        node: Any = YAML().compose(file.read_text(encoding="utf-8-sig").replace("\t", " "))
    except (OSError, UnicodeDecodeError, YAMLError):
        return 1
    line = 1
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        node, place = _step(node, name)
        if node is None:
            return line
        line = int(place) + 1
    return line


def _step(node: Any, name: str) -> tuple[Any, int]:
    if (
        isinstance(node.value, list)
        and node.tag.endswith(":seq")
        and name.isdecimal()
        and int(name) < len(node.value)
    ):
        child = node.value[int(name)]
        return child, child.start_mark.line
    if isinstance(node.value, list) and node.tag.endswith(":map"):
        for key, child in node.value:
            if key.value == name:
                return child, key.start_mark.line
    return None, 0
