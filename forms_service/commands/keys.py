"""`kinbridge keys`: the clinic's age keys."""

from __future__ import annotations

import click

from forms_service.commands.refusals import Refusal, settings_here
from forms_service.sealing.identity import IdentityError, new_identity
from forms_service.sealing.recipients import NoRecipients, read_recipients
from forms_service.settings import Settings

SHORTEST = 12  # characters of a passphrase; NIST SP 800-63B asks for length, not for kinds of characters


@click.group()
def keys() -> None:
    """The clinic's keys: recipients seal, the identity opens."""


@keys.command("new")
def new() -> None:
    """Make the clinic's identity, wrapped in a passphrase, and add its recipient."""
    settings = settings_here()
    passphrase = ask_passphrase(settings, confirm=True)
    if len(passphrase) < SHORTEST:
        raise Refusal(f"the passphrase is too short: use at least {SHORTEST} characters, such as five words")
    try:
        recipient = new_identity(settings.identity_file, settings.recipients_file, passphrase)
    except IdentityError as error:
        raise Refusal(str(error)) from None
    click.echo(f"identity:  {settings.identity_file} (opens with your passphrase; back it up)")
    click.echo(f"recipient: {recipient}")


@keys.command("list")
def list_() -> None:
    """The recipients that new submissions are sealed to."""
    try:
        for key in read_recipients(settings_here().recipients_file).keys:
            click.echo(str(key))
    except NoRecipients as error:
        raise Refusal(str(error)) from None


def ask_passphrase(settings: Settings, confirm: bool = False) -> str:
    """The passphrase: from KINBRIDGE_PASSPHRASE_FILE, or typed."""
    if settings.passphrase_file is None:
        typed: str = click.prompt("Passphrase", hide_input=True, confirmation_prompt=confirm, err=True)
        return typed
    try:
        return settings.passphrase_file.read_text(encoding="utf-8").rstrip("\r\n")
    except OSError as error:
        cause = f"cannot read KINBRIDGE_PASSPHRASE_FILE {settings.passphrase_file} ({error.strerror})"
        raise Refusal(f"{cause}: mend the path or unset it") from None
