"""`kinbridge backup` and `restore`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from forms_service.commands.keys import ask_passphrase
from forms_service.commands.operator import operator
from forms_service.commands.refusals import Refusal, settings_here
from forms_service.commands.stores import open_store
from forms_service.sealing.identity import Identity, IdentityError, read_identity
from forms_service.sealing.keyring import Keys
from forms_service.store import Unavailable, audit
from forms_service.upkeep.archive import BadBackup, Contents, verify
from forms_service.upkeep.backup import back_up
from forms_service.upkeep.restore import NotEmpty
from forms_service.upkeep.restore import restore as bring_back


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
def backup(file: Path) -> None:
    """Back up everything into FILE, while all runs; it is read back before it takes its name.

    In it: the database (sealed), recipients, the clinic's key under its passphrases, the signing secret (sealed
    to the clinic's key), content, and the published site. Never in it: a key without a passphrase.
    """
    with open_store() as (store, settings):
        try:
            done = back_up(settings, store, file)
        except OSError as error:
            raise Refusal(
                f"cannot write {file} ({error.strerror}): free space or choose another place"
            ) from None
        except BadBackup as error:
            raise Refusal(str(error)) from None
        with store.writing() as connection:
            audit.record(connection, settings.secret(), operator(), "backup.made")
    for left in done.contents.left_out:
        click.echo(f"kinbridge: left out {left}", err=True)
    click.echo(f"{file}: {_in_words(done.contents)}")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--identity", type=click.Path(path_type=Path), help="A key that opens the signing secret.")
@click.option("--replace", is_flag=True, help="Replace what is here; former key files are kept beside.")
@click.option("--check", is_flag=True, help="Only read FILE through and say what is in it.")
def restore(file: Path, identity: Path | None, replace: bool, check: bool) -> None:
    """Bring a back-up back on an empty machine. FILE is judged whole before anything is written."""
    settings = settings_here()

    def unlock(keys: Keys) -> Identity | None:
        """By --identity, else by a passphrase when somebody or a file can give it."""
        if identity is not None:
            return read_identity(identity, lambda: ask_passphrase(settings))
        if keys.read() is None and not keys.identity_file.exists():
            return None
        if settings.passphrase_file is None and not sys.stdin.isatty():
            return None
        return keys.unlock(ask_passphrase(settings))

    try:
        if check:
            click.echo(f"{file}: {_in_words(verify(file))}")
            return
        done = bring_back(settings, file, unlock, replace)
    except (BadBackup, NotEmpty, IdentityError) as error:
        raise Refusal(str(error)) from None
    except Unavailable as error:
        raise Refusal(f"the database does not answer ({error}): nothing was restored") from None
    except OSError as error:
        raise Refusal(
            f"cannot write {error.filename} ({error.strerror}): mend it, then restore again"
        ) from None
    with open_store() as (store, settings), store.writing() as connection:
        audit.record(connection, settings.secret(), operator(), "backup.restored")
    for left in done.missing:
        click.echo(f"kinbridge: not restored: {left}", err=True)
    click.echo(f"restored {_in_words(done.contents)}")


def _in_words(contents: Contents) -> str:
    rows = contents.rows
    site = f", site {contents.release}" if contents.release else ""
    return f"{rows.get('submissions', 0)} submissions, {rows.get('drafts', 0)} drafts{site}, of {contents.created}"
