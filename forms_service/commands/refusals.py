"""Refusing at the command line: one line with the cause and the mend, and exit code 2."""

from __future__ import annotations

import click

from forms_service.settings import Settings, SettingsError, read_settings


class Refusal(click.ClickException):
    """Used wrongly, or could not run."""

    exit_code = 2

    def show(self, file: object = None) -> None:
        """One line on stderr."""
        click.echo(f"kinbridge: {self.format_message()}", err=True)


def settings_here() -> Settings:
    """The settings of this command. Raises Refusal."""
    try:
        return read_settings()
    except SettingsError as error:
        raise Refusal(str(error)) from None
