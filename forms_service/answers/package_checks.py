"""What frictionless says of a whole package as it lies, without fetching anything from another machine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from frictionless import FrictionlessException, Package

from forms_service.definition import DefinitionError, Descriptor, Finding, resolve
from forms_service.definition.findings import pointer


def check_package(descriptor: Descriptor) -> Iterator[Finding]:
    """Findings of code "package": a bare schema is judged without what they name, so there they are warnings."""
    package = resolve(descriptor.package, "")
    level: Literal["error", "warning"] = "warning" if descriptor.bare else "error"
    remote = list(_elsewhere(package))
    for at, address in remote:
        yield Finding("package", f'"{address}" is not fetched', "Keep it beside the descriptor", at, level)
    if remote:
        return
    try:
        loaded = Package.from_descriptor(package, basepath=str(descriptor.path.parent))
        if descriptor.bare:
            return
        for error in loaded.validate().flatten(["message"]):
            yield Finding("package", str(error[0]), "Mend the package", "", level)
    except Exception as error:  # frictionless stops at shapes it does not expect
        yield Finding("package", reason(error), "Mend it", "", level)


def reason(error: Exception) -> str:
    """What an exception says, without the words around it."""
    if isinstance(error, FrictionlessException):
        return "; ".join(found.note for found in error.reasons) or error.error.note
    if isinstance(error, DefinitionError):
        return str(error)
    return f"{type(error).__name__}: {error}"


def _elsewhere(package: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The addresses that frictionless would fetch, each with its pointer."""
    yield from _remote(package.get("profile"), ("profile",))
    for index, resource in enumerate(package["resources"]):
        for name in ("path", "schema", "dialect", "profile"):
            yield from _remote(resource.get(name), ("resources", index, name))


def _remote(node: Any, at: tuple[str | int, ...]) -> Iterator[tuple[str, str]]:
    if isinstance(node, str) and "://" in node:
        yield pointer(*at), node
    elif isinstance(node, list):
        for index, item in enumerate(node):
            yield from _remote(item, (*at, index))
