"""`kinbridge keys`: the clinic's age keys, and who may read."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from forms_service.commands.operator import operator
from forms_service.commands.refusals import Refusal, settings_here
from forms_service.commands.stores import open_store
from forms_service.durable import write_whole
from forms_service.sealing import sheet
from forms_service.sealing.identity import Identity, IdentityError
from forms_service.sealing.keyring import Keyring, Keys
from forms_service.sealing.recipients import NoRecipients, read_recipients
from forms_service.settings import Settings
from forms_service.store import audit
from forms_service.upkeep.drill import NEWEST, drill
from forms_service.upkeep.rotation import rotate


@click.group()
def keys() -> None:
    """The clinic's keys: recipients seal, the identity opens.

    Every reader opens the clinic's key with a passphrase of their own. Somebody who lost theirs is removed
    and added again by another reader. When all are lost, only the printed sheet opens what families sent
    (`keys add NAME --sheet`): without it, what was sealed stays sealed, for us and for everybody.
    """


@keys.command("new")
def new() -> None:
    """Make the clinic's identity, wrapped in a passphrase, and add its recipient."""
    settings = settings_here()
    with _told():
        recipient = keys_of(settings).create(ask_passphrase(settings, confirm=True))
        _record("key.made")
    click.echo(f"identity:  {settings.identity_file} (opens with your passphrase; back it up)")
    click.echo(f"recipient: {recipient}")
    click.echo("Now print the key for the safe: `kinbridge keys sheet --out FILE.pdf`", err=True)


@keys.command("list")
def list_() -> None:
    """The recipients that new submissions are sealed to, who may read, and former keys."""
    settings = settings_here()
    with _told():
        keyring = keys_of(settings).read()
        for key in read_recipients(settings.recipients_file).keys:
            click.echo(f"{key}\t{_kind(str(key), keyring)}")
    for reader in keyring.readers if keyring else ():
        click.echo(f"reader\t{reader.name}\tsince {reader.added}")
    for former in keyring.recipients[1:] if keyring else ():
        click.echo(f"former\t{former}\topens what was sealed to it; nothing new is")
    if keyring and keyring.rotating:
        click.echo("kinbridge: a rotation was interrupted: go on with `kinbridge keys rotate`", err=True)


@keys.command("add")
@click.argument("name")
@click.option("--sheet", "from_sheet", is_flag=True, help="Unlock with the printed sheet, not a passphrase.")
@click.option(
    "--passphrase-file", type=click.Path(path_type=Path), help="NAME's passphrase (else it is asked for)."
)
def add(name: str, from_sheet: bool, passphrase_file: Path | None) -> None:
    """Let NAME read, with a passphrase of their own; to read in the console, NAME is the address of their account."""
    settings = settings_here()
    with _told():
        identity = _typed_sheet() if from_sheet else unlocked(settings)
        theirs = _read_passphrase(passphrase_file) if passphrase_file else _ask(f"Passphrase of {name}", True)
        keys_of(settings).add_reader(identity, name, theirs)
        _record("reader.added", name)
    click.echo(f"{name} can read: each time with that passphrase")


@keys.command("remove")
@click.argument("name")
def remove(name: str) -> None:
    """Take NAME's passphrase away."""
    settings = settings_here()
    with _told():
        keys_of(settings).remove_reader(name)
        _record("reader.removed", name)
    click.echo(f"{name}'s passphrase opens nothing here any more.")
    click.echo(
        "What removing cannot do: take back what they read, or a copy they made of the key or of a back-up. "
        "`kinbridge keys rotate` makes a new key that they never had, and seals all answers to it."
    )


@keys.command("passphrase")
@click.argument("name", default="clinic")
def passphrase(name: str) -> None:
    """Give NAME (else the clinic's own reader) another passphrase."""
    with _told():
        old, new_one = _ask("Passphrase until now"), _ask("New passphrase", True)
        keys_of(settings_here()).change_passphrase(name, old, new_one)
        _record("passphrase.changed", name)
    click.echo(f"{name} has a new passphrase; copies and back-ups from before still open with the former one")


@keys.command("rotate")
def rotate_() -> None:
    """Make a new clinic key and seal every answer to it; may be interrupted and run again at any moment."""
    with open_store() as (store, settings), _told():
        identity = unlocked(settings)
        _record("rotation.begun")
        with Progress(console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("Sealing anew")
            done = rotate(
                keys_of(settings),
                store,
                identity,
                lambda now, whole: bar.update(task, completed=now, total=whole),
            )
        _record("rotation.done", detail={"resealed": done.resealed, "unopened": len(done.unopened)})
    click.echo(f"recipient: {done.identity.recipient}")
    click.echo(f"{done.resealed} rows sealed anew; every reader's passphrase stays as it was")
    click.echo(
        "Now print a new sheet (`kinbridge keys sheet`), and copy "
        f"{settings.recipients_file} to other machines that serve families.",
        err=True,
    )
    for name in done.unopened:
        click.echo(f"kinbridge: {name}: no key of the clinic opens it; it was left as it is", err=True)
    if done.unopened:
        raise SystemExit(1)


@keys.command("sheet")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="FILE.pdf or FILE.html to write.")
def sheet_(out: Path) -> None:
    """Write the clinic's key as a sheet to print and keep in a safe. The file holds the bare key: erase it after."""
    from forms_service.upkeep.paper import CannotPrint, sheet_html, sheet_pdf  # slow to import

    settings = settings_here()
    _refuse_place(out, settings)
    try:
        with _told():
            html = sheet_html(unlocked(settings), _clinic(settings), datetime.now(UTC).date())
            _record("sheet.written")
            write_whole(out, sheet_pdf(html) if out.suffix == ".pdf" else html.encode())
    except CannotPrint as error:
        raise Refusal(str(error)) from None
    except OSError as error:
        raise Refusal(f"cannot write {out} ({error.strerror}): choose another place") from None
    click.echo(
        f"{out}: whoever has it reads everything. Print it, put it into the safe, then erase the file."
    )


@keys.command("drill")
@click.option(
    "--newest", default=NEWEST, show_default=True, help="How many of the newest submissions to try."
)
def drill_(newest: int) -> None:
    """Prove that the key on the sheet, typed in, opens the newest answers; shows counts only."""
    with open_store() as (store, settings), _told():
        identity = _typed_sheet()
        with store.reading() as connection:
            done = drill(connection, keys_of(settings), identity, newest)
        _record("drill.done", detail=done.detail)
    if done.former:
        click.echo("kinbridge: this sheet is from before a rotation: print a new one", err=True)
    click.echo(f"{done.opened} of the {done.tried} newest submissions open with this sheet")
    if done.opened < done.tried:
        raise SystemExit(1)


def _record(action: str, subject: str = "", detail: audit.Detail | None = None) -> None:
    """A line in the audit: keys lie in files, so it stands beside what was done, not in one transaction with it."""
    with open_store() as (store, settings), store.writing() as connection:
        audit.record(connection, settings.secret(), operator(), action, subject, detail)


def keys_of(settings: Settings) -> Keys:
    """The key files of the instance."""
    return Keys(settings.identity_file, settings.recipients_file)


def unlocked(settings: Settings) -> Identity:
    """The clinic's keys, by a passphrase where one is needed. Raises IdentityError."""
    return keys_of(settings).open(lambda: ask_passphrase(settings))


def ask_passphrase(settings: Settings, confirm: bool = False) -> str:
    """The passphrase: from KINBRIDGE_PASSPHRASE_FILE, or typed."""
    if settings.passphrase_file is None:
        return _ask("Passphrase", confirm)
    return _read_passphrase(settings.passphrase_file, "KINBRIDGE_PASSPHRASE_FILE ")


def _read_passphrase(file: Path, setting: str = "") -> str:
    try:
        return file.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        mend = "mend the path or unset it" if setting else "mend the path"
        raise Refusal(f"cannot read {setting}{file} ({reason}): {mend}") from None


def _ask(question: str, confirm: bool = False) -> str:
    typed: str = click.prompt(question, hide_input=True, confirmation_prompt=confirm, err=True)
    return typed


def _typed_sheet() -> Identity:
    """The key, line by line; a line that does not match its check is asked for again on a terminal."""
    if not sys.stdin.isatty():
        return sheet.read_sheet(_piped_lines())
    lines: list[str] = []
    while len(lines) < sheet.number_of_lines():
        typed = _ask(f"Line {len(lines) + 1} of the sheet")
        try:
            sheet.read_line(len(lines) + 1, typed)
            lines.append(typed)
        except sheet.Mistyped as error:
            click.echo(f"kinbridge: {error}", err=True)
    return sheet.read_sheet(lines)


def _piped_lines() -> list[str]:
    """No more than the sheet: a passphrase may follow."""
    lines: list[str] = []
    while len(lines) < sheet.number_of_lines() and (line := sys.stdin.readline()):
        lines.append(line)
        if sheet.is_code(line):
            break
    return lines


def _refuse_place(out: Path, settings: Settings) -> None:
    if out.suffix not in (".pdf", ".html"):
        raise Refusal(f"{out} is neither .pdf nor .html: name the file so")
    inside = out.resolve()
    if inside.is_relative_to(settings.instance) or inside.is_relative_to(settings.var):
        raise Refusal(
            f"{out} lies in the instance, where back-ups and git find it: name a place outside, as on a stick"
        )


def _clinic(settings: Settings) -> str:
    from site_src.errors import SiteError
    from site_src.instance import read_clinic

    try:
        return read_clinic(settings.instance).name
    except SiteError:
        return "the clinic"


def _kind(recipient: str, keyring: Keyring | None) -> str:
    if keyring is None:
        return "recipient"
    if recipient == keyring.recipients[0]:
        return f"the clinic's key since {keyring.since}"
    return "a former key: `keys rotate` ends it" if recipient in keyring.recipients else "another recipient"


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (IdentityError, NoRecipients) as error:
        raise Refusal(str(error)) from None
