"""`kinbridge submissions`: answers opened with the clinic's key, exported, erased."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import click

from forms_service.answers import ReadyForm, prepare
from forms_service.commands.keys import ask_passphrase, unlocked
from forms_service.commands.operator import operator
from forms_service.commands.refusals import Refusal
from forms_service.commands.stores import open_store
from forms_service.definition import DefinitionError, Field, build
from forms_service.packages.export import Export, SeveralTables
from forms_service.packages.fhir import Release
from forms_service.packages.preview import preview
from forms_service.packages.submission import UnknownFormat, read_plain
from forms_service.packages.workbook import TooLarge
from forms_service.rendering.durations import in_words
from forms_service.sealing.codes import read_reference
from forms_service.sealing.identity import CannotOpen, Identity, IdentityError, open_sealed, read_identity
from forms_service.settings import Settings
from forms_service.store import audit, descriptors, drafts
from forms_service.store import submissions as kept
from forms_service.store.times import now
from forms_service.upkeep import retention
from forms_service.upkeep.exporting import FORMATS, Format, Source, address_of, which, writer_of

_DAY = click.DateTime(["%Y-%m-%d"])
_identity_option = click.option(
    "--identity",
    "identity_file",
    type=click.Path(path_type=Path),
    help="The age identity (else the clinic's).",
)


@click.group()
def submissions() -> None:
    """Families' answers, opened with the clinic's key."""


@submissions.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON list.")
def list_(as_json: bool) -> None:
    """What stands outside the seal: reference, form, version, language, time, status, urgent."""
    with open_store() as (store, _), store.reading() as connection:
        facts = [_facts(submission) for submission in kept.listed(connection)]
    if as_json:
        click.echo(json.dumps(facts, ensure_ascii=False, indent=2))
        return
    for fact in facts:
        urgent = "URGENT" if fact["urgent"] else ""
        click.echo(
            "\t".join(
                [fact["reference"], fact["submitted_at"], fact["form"], fact["status"], urgent]
            ).rstrip()
        )


@submissions.command("show")
@click.argument("reference")
@click.option("--json", "as_json", is_flag=True, help="The submission as JSON.")
@_identity_option
def show(reference: str, as_json: bool, identity_file: Path | None) -> None:
    """The answers of one submission."""
    with open_store() as (store, settings):
        with store.reading() as connection:
            found = kept.find_by_reference(connection, read_reference(reference))
            descriptor = descriptors.fetch(connection, found.descriptor) if found else None
        if found is None or descriptor is None:
            raise Refusal(f'there is no submission "{reference}": see `kinbridge submissions list`')
        try:
            plain = read_plain(open_sealed(found.sealed, _identity(settings, identity_file)))
        except (CannotOpen, UnknownFormat) as error:
            raise Refusal(f"{found.reference}: {error}") from None
        with store.writing() as connection:
            audit.record(connection, settings.secret(), operator(), "submission.read", found.reference)
    if as_json:
        click.echo(json.dumps({**_facts(found), "rows": plain["rows"]}, ensure_ascii=False, indent=2))
    else:
        _print_answers(prepare(descriptor), plain)


@submissions.command("export")
@click.argument("form")
@click.option("--out", type=click.Path(path_type=Path), help="The file to write.")
@click.option("--format", "form_of", type=click.Choice(FORMATS), default="zip", show_default=True)
@click.option("--since", type=_DAY, help="Only what was sent on this day or later (UTC).")
@click.option("--until", type=_DAY, help="Only what was sent on this day or earlier (UTC).")
@click.option("--group", help="Only families of this group: confirmed, offered or waiting.")
@click.option("--version", help="Only what came under this version of the form.")
@click.option("--deidentified", is_flag=True, help="Without what names a family.")
@click.option("--fhir-version", type=click.Choice(["R5", "R4B"]), default="R5", show_default=True)
@click.option("--dry-run", is_flag=True, help="Say what would leave; open and write nothing.")
@_identity_option
def export_(
    form: str,
    out: Path | None,
    form_of: Format,
    since: datetime | None,
    until: datetime | None,
    group: str | None,
    version: str | None,
    deidentified: bool,
    fhir_version: Release,
    dry_run: bool,
    identity_file: Path | None,
) -> None:
    """FORM's submissions; exit 1 when a row had to be left out.

    zip is a data package, xlsx a workbook with typed cells, csv the submission table alone, fhir a Questionnaire
    with its responses: a Bundle when FILE ends in .json, else newline-delimited JSON.
    """
    if out is None and not dry_run:
        raise Refusal("say where to write: give --out FILE")
    chosen = which(form, since and since.date(), until and until.date(), version, group)
    told = {"since": since and since.date(), "until": until and until.date()}
    named = {**told, "group": chosen.group, "version": version}
    filters = {name: str(value) for name, value in named.items() if value}
    with open_store() as (store, settings), store.snapshot() as connection:
        source = Source(connection, chosen)
        try:
            export = source.export(settings.instance, deidentified)
        except DefinitionError:
            raise Refusal(f'there is no form "{form}": see `kinbridge forms list`') from None
        if out is None or dry_run:
            click.echo("\n".join(preview(export, filters).lines()))
            return
        if deidentified and not any(map(export.fields_of, export.tables)):
            raise Refusal(f"every question of {form} is marked as identifying: nothing would be left")
        if export.counts:
            source.identity = _identity(settings, identity_file)
        address = address_of(settings, form)
        with _whole(out) as file:
            writer_of(form_of, export, address, fhir_version, bundle=out.suffix == ".json")(file)
            with store.writing() as other:  # before anybody can have the file
                detail: dict[str, str | int] = {
                    "rows": export.report.rows,
                    "format": form_of,
                    "deidentified": int(deidentified),
                    **filters,
                }
                audit.record(other, settings.secret(), operator(), "submissions.exported", form, detail)
    _tell(export, out)


@contextlib.contextmanager
def _whole(out: Path) -> Iterator[IO[bytes]]:
    """A file beside `out` that takes its name when all is written. Raises Refusal."""
    part = out.with_name(out.name + ".part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(out)
    except (SeveralTables, TooLarge) as error:
        raise Refusal(str(error)) from None
    except OSError as error:
        raise Refusal(f"cannot write {out} ({error.strerror}): free space or choose another place") from None
    finally:
        part.unlink(missing_ok=True)


def _tell(export: Export, out: Path) -> None:
    """What a person must know of the export that was written; exit 1 when a row is missing."""
    for left in export.left_out:
        click.echo(f"kinbridge: left out {left['reference']}: {left['reason']}", err=True)
    for warning in export.small.warnings():
        click.echo(f"kinbridge: {warning}", err=True)
    faults = sum(len(table["problems"]) for table in export.report.tables.values())
    if faults:
        click.echo(
            f"kinbridge: {faults} answers break a rule of the form: see report.json of the zip", err=True
        )
    click.echo(f"{out}: submissions: {export.report.rows}", err=True)
    if export.left_out:
        raise SystemExit(1)


@submissions.command("erase")
@click.argument("reference")
def erase(reference: str) -> None:
    """Erase one submission and the family's copy of it. This cannot be undone."""
    with open_store() as (store, settings):
        with store.writing() as connection:
            found = kept.find_by_reference(connection, read_reference(reference))
            descriptor = descriptors.fetch(connection, found.descriptor) if found else None
            form = build(descriptor) if descriptor else None
            erased = kept.erase(connection, read_reference(reference), form)
            if found:
                audit.record(connection, settings.secret(), operator(), "submission.erased", found.reference)
        for_good = store.forget_erased()
    if not erased:
        raise Refusal(f'there is no submission "{reference}": see `kinbridge submissions list`')
    click.echo(f"erased {read_reference(reference)}")
    if not for_good:
        _tell_owed()


@submissions.command("purge")
def purge() -> None:
    """Erase what is older than its form keeps it, expired drafts and expired family copies."""
    with open_store() as (store, settings):
        done = retention.purge(store, now(), settings.secret(), operator())
    counts = (_count(done.sent, "submission", "submissions"), _count(done.drafts, "draft", "drafts"))
    click.echo(f"erased {', '.join(counts)}, {_count(done.copies, 'family copy', 'family copies')}")
    for over in done.submissions:
        click.echo(f"  {over.form}: {over.number} that came more than {in_words(over.retention)} ago")
    if done.drafts:
        click.echo(f"  drafts: nobody had saved them for {drafts.LIFETIME.days} days")
    if done.sent and settings.backup_at is not None:
        click.echo(
            f"Daily back-ups in {settings.backup_folder} still hold it for {settings.backups_kept} days."
        )
    if not done.for_good:
        _tell_owed()


def _tell_owed() -> None:
    click.echo(
        "kinbridge: the database was being read, and its files still hold it, sealed: the staff process goes on "
        "trying to empty them, and so does the next erase or purge",
        err=True,
    )


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _identity(settings: Settings, file: Path | None) -> Identity:
    try:
        if file is None:
            return unlocked(settings)
        return read_identity(file, lambda: ask_passphrase(settings))
    except IdentityError as error:
        raise Refusal(str(error)) from None


def _facts(submission: kept.Submission) -> dict[str, Any]:
    names = ("reference", "form", "version", "language", "submitted_at", "status", "urgent")
    return {name: getattr(submission, name) for name in names}


def _print_answers(ready: ReadyForm, plain: dict[str, Any]) -> None:
    form = ready.form
    for page in form.pages:
        if not page.repeat:
            _print_row({name: form.fields[name] for name in page.fields}, plain["rows"][form.resource][0])
        for number, row in enumerate(plain["rows"].get(page.repeat, ()), 1):
            click.echo(f"{page.title or page.repeat} ({number})")
            _print_row(form.groups[page.repeat].fields, row)


def _print_row(fields: Mapping[str, Field], row: Mapping[str, str | None]) -> None:
    for name, question in fields.items():
        cell = row.get(name)
        if cell is not None:
            values = cell.split(question.delimiter) if question.many else [cell]
            click.echo(f"{question.title}\n    {'; '.join(question.label_of(value) for value in values)}")
