"""`kinbridge packages`: exported packages, validated from the zip alone."""

from __future__ import annotations

from pathlib import Path

import click

from forms_service.commands.refusals import Refusal
from forms_service.definition.findings import on_one_line
from forms_service.packages.validate import NotAPackage, validate


@click.group()
def packages() -> None:
    """Exported data packages."""


@packages.command("validate")
@click.argument("file", type=click.Path(path_type=Path))
def validate_(file: Path) -> None:
    """Frictionless plus the form's own rules; exit 1 when something is wrong."""
    try:
        faults = validate(file)
    except NotAPackage as error:
        raise Refusal(str(error)) from None
    for fault in faults:
        where = f"{fault.resource or file.name}:{fault.row}"
        said = f"{where}: error {fault.constraint} {fault.field} {fault.message}".replace("  ", " ")
        click.echo(on_one_line(said))
    if faults:
        raise SystemExit(1)
    click.echo(f"{file.name}: valid")
