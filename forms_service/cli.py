"""`kinbridge`: joins the commands of the forms and of the site, nothing else."""

from __future__ import annotations

import click

from forms_service.commands import commands
from forms_service.commands.serve import check_form
from site_src.checks.command import check
from site_src.commands import site_commands
from site_src.new.command import new


@click.group()
def main() -> None:
    """Parent guides and sealed forms for child mental-health clinics."""


for command in (*commands, check, new, *site_commands(check_form)):
    main.add_command(command)
