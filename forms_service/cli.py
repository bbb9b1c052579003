"""`kinbridge`: joins the commands of the forms and of the site, nothing else."""

from __future__ import annotations

from importlib import import_module

import click

# Where each command stands: a command's module is imported when it is asked for, as all of them take a second.
COMMANDS = {
    "audit": "forms_service.commands.audit:audit",
    "backup": "forms_service.commands.backup:backup",
    "build": "site_src.commands:build",
    "check": "site_src.checks.command:check",
    "doctor": "forms_service.commands.doctor:doctor",
    "forms": "forms_service.commands.forms:forms",
    "groups": "forms_service.commands.groups:groups",
    "keys": "forms_service.commands.keys:keys",
    "new": "site_src.new.command:new",
    "packages": "forms_service.commands.packages:packages",
    "publish": "site_src.commands:publish",
    "releases": "site_src.commands:releases",
    "restore": "forms_service.commands.backup:restore",
    "rollback": "site_src.commands:rollback",
    "serve": "forms_service.commands.serve:serve",
    "staff": "forms_service.commands.staff:staff",
    "submissions": "forms_service.commands.submissions:submissions",
}


class Commands(click.Group):
    """A group that finds its commands in `COMMANDS`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command


@click.group(cls=Commands)
def main() -> None:
    """Parent guides and sealed forms for child mental-health clinics."""
