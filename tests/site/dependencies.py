"""What a wheel says it needs, and what its code imports."""

from __future__ import annotations

import ast
import importlib.metadata
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def closure(requirements: Iterable[str]) -> set[str]:
    """The distributions that these requirements bring on this machine: they, what they need, and so on."""
    waiting = [(Requirement(text), "") for text in requirements]
    seen: set[tuple[str, str]] = set()
    while waiting:
        requirement, extra = waiting.pop()
        if requirement.marker and not requirement.marker.evaluate({"extra": extra}):
            continue
        name = canonicalize_name(requirement.name)
        for wanted in {"", *requirement.extras}:
            if (name, wanted) not in seen:
                seen.add((name, wanted))
                needs = importlib.metadata.distribution(name).requires or ()
                waiting += [(Requirement(text), wanted) for text in needs]
    return {name for name, _ in seen}


def link(distributions: Iterable[str], site_packages: Path) -> None:
    """Makes these distributions, installed here, importable from another environment, and nothing beside them."""
    for name in distributions:
        distribution = importlib.metadata.distribution(name)
        tops = {file.parts[0] for file in distribution.files or ()} - {"..", "__pycache__"}
        for top in tops:
            place = site_packages / top
            if not place.exists():
                place.symlink_to(Path(str(distribution.locate_file(top))))


def undeclared(folders: Iterable[Path], distributions: Iterable[str]) -> dict[str, str]:
    """What the code in these folders imports from no such distribution, with the file that does."""
    known = importlib.metadata.packages_distributions()
    given = set(distributions)
    folders = list(folders)
    own = {folder.name for folder in folders} | sys.stdlib_module_names
    return {
        name: file.as_posix()
        for folder in folders
        for file in sorted(folder.rglob("*.py"))
        for name in _imports(file)
        if name not in own and not given & {canonicalize_name(found) for found in known.get(name, ())}
    }


def _imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield node.module.partition(".")[0]
