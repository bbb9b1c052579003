"""Refusing at the command line: one line with the cause and the mend, and exit code 2."""

from __future__ import annotations

import click


class Refusal(click.ClickException):
    """Used wrongly, or could not run."""

    exit_code = 2

    def show(self, file: object = None) -> None:
        """One line on stderr."""
        click.echo(f"kinbridge: {self.format_message()}", err=True)
