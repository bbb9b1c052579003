"""All that is wrong with a form's folder, each finding placed in its file and line."""

from __future__ import annotations

from pathlib import Path

from forms_service.answers.check import check
from forms_service.definition import DefinitionError, Finding, load
from forms_service.definition.changes import unraised_version
from forms_service.definition.lines import Places


def check_folder(path: Path, published: Path | None = None) -> list[Finding]:
    """Findings for the form at `path` (a folder or a file), errors first.

    `published` is the folder of the same form in the current release, when there is one: a changed form needs
    a higher version than that.
    """
    file = path / "datapackage.json" if path.is_dir() else path
    try:
        descriptor = load(path)
        found = check(descriptor)
        if published is not None and published.is_dir():
            found += unraised_version(descriptor, load(published))
    except DefinitionError as error:
        found = error.findings
    places = Places(file)
    placed = [
        finding if finding.path else finding.at(file, places.line(finding.pointer)) for finding in found
    ]
    return sorted(placed, key=lambda finding: finding.level)
