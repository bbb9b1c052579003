"""Reading a descriptor from disk: JSON in, a package with its reference rows out."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from forms_service.definition.dialects import dialect_of
from forms_service.definition.findings import DefinitionError, Finding
from forms_service.definition.groups import foreign_keys_of, groups_of
from forms_service.definition.lines import DEEPEST

V2_PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
Rows = tuple[dict[str, str], ...]


@dataclass(frozen=True)
class Descriptor:
    """A package descriptor as its author wrote it, and the rows of its reference resources."""

    path: Path
    package: dict[str, Any]
    rows: dict[str, Rows] = field(default_factory=dict)
    bare: bool = False

    @property
    def name(self) -> str:
        """The form's name: its slug in addresses."""
        return str(self.package.get("name") or self.path.parent.name or "form")


def load(path: Path) -> Descriptor:
    """Read a form's folder, its datapackage.json or a bare Table Schema.

    A file with `fields` is a Table Schema, whatever else it carries (design 3). Raises DefinitionError.
    """
    file = path / "datapackage.json" if path.is_dir() else path
    content = _json(file)
    if not isinstance(content, dict):
        raise _error(
            file, "not-an-object", "the file is not a JSON object", "Write a Data Package or a Table Schema"
        )
    if isinstance(content.get("fields"), list):
        return Descriptor(file, _wrap(content, file), bare=True)
    if not isinstance(content.get("resources"), list) or not content["resources"]:
        raise _error(
            file,
            "no-resources",
            "the file has neither resources nor fields",
            "Add one resource with a schema",
        )
    package = {**content, "resources": [_whole(raw, file) for raw in content["resources"]]}
    return Descriptor(file, package, _reference_rows(file, package))


def _whole(resource: Any, file: Path) -> Any:
    """A resource with the schema and the dialect that it keeps in files of their own; an address is not fetched."""
    if not isinstance(resource, dict):
        return resource
    apart = {
        key: _json(_beside(file, resource[key]))
        for key in ("schema", "dialect")
        if isinstance(resource.get(key), str) and "://" not in resource[key]
    }
    return {**resource, **apart}


def digest(descriptor: Descriptor) -> str:
    """SHA-256 of all that can change a judgement or a text, as hexadecimal digits."""
    content = json.dumps([descriptor.package, descriptor.rows], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()


def _json(file: Path) -> Any:
    try:
        content = json.loads(file.read_bytes().decode("utf-8-sig"))
        json.dumps(content, ensure_ascii=False).encode()
    except FileNotFoundError:
        raise _error(
            file, "no-file", "there is no such file", "Give a folder with a datapackage.json"
        ) from None
    except OSError as error:
        raise _error(
            file, "unreadable", f"the file cannot be read ({error.strerror})", "Mend its rights"
        ) from None
    except UnicodeDecodeError:
        raise _error(file, "not-utf-8", "the file is not UTF-8", "Save it as UTF-8") from None
    except UnicodeEncodeError:
        raise _error(file, "not-utf-8", "the file holds half a character", "Mend its \\ud… escape") from None
    except json.JSONDecodeError as error:
        finding = Finding("broken-json", f"broken JSON: {error.msg}", "Mend the JSON at this line")
        raise DefinitionError([finding.at(file, error.lineno)]) from None
    except ValueError as error:  # a number of thousands of digits
        raise _error(file, "broken-json", f"broken JSON: {error}", "Mend the JSON") from None
    except RecursionError:
        raise _too_deep(file) from None
    if _deeper_than(content, DEEPEST):
        raise _too_deep(file)
    return content


def _deeper_than(content: Any, levels: int) -> bool:
    level = [content]
    for _ in range(levels):
        level = [child for node in level for child in _children(node)]
        if not level:
            return False
    return True


def _children(node: Any) -> Iterator[Any]:
    if isinstance(node, dict):
        yield from node.values()
    elif isinstance(node, list):
        yield from node


def _too_deep(file: Path) -> DefinitionError:
    return _error(file, "too-deep", "the JSON is nested too deeply", "Flatten it")


def _wrap(schema: dict[str, Any], file: Path) -> dict[str, Any]:
    """A package around a bare Table Schema, version 2 so that all of its constraints load."""
    resource = {"name": "rows", "path": "rows.csv", "encoding": "utf-8", "schema": schema}
    return {
        "$schema": V2_PROFILE,
        "name": "form",
        "title": schema.get("title", file.stem),
        "resources": [resource],
    }


def _reference_rows(file: Path, package: dict[str, Any]) -> dict[str, Rows]:
    """The rows of the resources that a question chooses from; no other file is opened."""
    groups = groups_of(package)
    needed = _referenced(package["resources"][0]).union(*map(_referenced, groups.values()))
    rows: dict[str, Rows] = {}
    for place, resource in enumerate(package["resources"]):
        if (
            not place
            or place in groups
            or not isinstance(resource, dict)
            or str(resource.get("name")) not in needed
        ):
            continue
        if isinstance(resource.get("data"), list):
            rows[str(resource["name"])] = tuple(_texts(row) for row in keyed(resource["data"]))
        elif isinstance(resource.get("path"), str):
            rows[str(resource["name"])] = _csv_rows(file, resource)
    return rows


def keyed(data: list[Any]) -> Iterator[dict[str, Any]]:
    """Inline rows by column: objects, or lists below a list of names."""
    header: list[str] = [str(name) for name in data[0]] if data and isinstance(data[0], list) else []
    for row in data[1:] if header else data:
        if isinstance(row, dict):
            yield row
        elif isinstance(row, list):
            yield dict(zip(header, row, strict=False))


def _referenced(resource: Any) -> set[str]:
    keys = foreign_keys_of(resource) if isinstance(resource, dict) else ()
    return {str(key["reference"].get("resource")) for key in keys}


def _csv_rows(file: Path, resource: dict[str, Any]) -> Rows:
    data = _beside(file, resource["path"])
    schema = resource.get("schema")
    fields = schema.get("fields") if isinstance(schema, dict) else None
    listed = fields if isinstance(fields, list) else []
    names = [str(raw.get("name")) for raw in listed if isinstance(raw, dict)]
    try:
        text = data.read_text(encoding=str(resource.get("encoding") or "utf-8")).removeprefix("\ufeff")
        options = dialect_of(resource).reader_options(text, names)
        reader = csv.DictReader(io.StringIO(text, newline=""), **options)
        return tuple({key: value or "" for key, value in row.items() if key} for row in reader)
    except (OSError, ValueError, LookupError, csv.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise _error(
            data, "unreadable-rows", f"the rows cannot be read ({reason})", "Write a UTF-8 CSV"
        ) from None


def _beside(file: Path, path: str) -> Path:
    """A file that a descriptor names. Raises DefinitionError when it lies elsewhere."""
    named = file.parent / path
    if "://" in path or "\0" in path or not named.resolve().is_relative_to(file.parent.resolve()):
        raise _error(file, "path-outside", f"{path} lies outside the package", "Keep data beside it")
    return named


def _texts(row: dict[str, Any]) -> dict[str, str]:
    return {str(key): "" if value is None else str(value) for key, value in row.items()}


def _error(file: Path, code: str, cause: str, mend: str) -> DefinitionError:
    return DefinitionError([Finding(code, cause, mend).at(file)])
