"""`kinbridge submissions`: answers opened with the clinic's key, exported, erased."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from forms_service.answers import ReadyForm, prepare
from forms_service.commands.keys import ask_passphrase, unlocked
from forms_service.commands.refusals import Refusal
from forms_service.commands.stores import open_store
from forms_service.definition import DefinitionError, Descriptor, build, load
from forms_service.packages.export import Opened, export
from forms_service.packages.submission import UnknownFormat, read_plain
from forms_service.rendering.durations import in_words
from forms_service.sealing.identity import CannotOpen, Identity, IdentityError, open_sealed, read_identity
from forms_service.settings import Settings
from forms_service.store import Store, descriptors, drafts
from forms_service.store import submissions as kept
from forms_service.store.times import now
from forms_service.upkeep import retention

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
            found = kept.find_by_reference(connection, reference_of(reference))
            descriptor = descriptors.fetch(connection, found.descriptor) if found else None
        if found is None or descriptor is None:
            raise Refusal(f'there is no submission "{reference}": see `kinbridge submissions list`')
        try:
            plain = read_plain(open_sealed(found.sealed, _identity(settings, identity_file)))
        except (CannotOpen, UnknownFormat) as error:
            raise Refusal(f"{found.reference}: {error}") from None
    if as_json:
        click.echo(json.dumps({**_facts(found), "rows": plain["rows"]}, ensure_ascii=False, indent=2))
    else:
        _print_answers(prepare(descriptor), plain)


@submissions.command("export")
@click.argument("form")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The zip to write.")
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%d"]), help="Only what was sent on this day or later (UTC)."
)
@_identity_option
def export_(form: str, out: Path, since: Any, identity_file: Path | None) -> None:
    """FORM's submissions as a data package; exit 1 when a row had to be left out."""
    with open_store() as (store, settings):
        source = _Source(store, form, f"{since.date()}T00:00:00Z" if since else None)
        versions = source.versions() or _current(settings, form)
        if source.count:
            source.identity = _identity(settings, identity_file)
        part = out.with_name(out.name + ".part")
        try:
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                report = export(file, versions, source.opened, source.left_out)
                file.flush()
                os.fsync(file.fileno())
            part.replace(out)
        except OSError as error:
            raise Refusal(
                f"cannot write {out} ({error.strerror}): free space or choose another place"
            ) from None
        finally:
            part.unlink(missing_ok=True)
    for left in source.left_out:
        click.echo(f"kinbridge: left out {left['reference']}: {left['reason']}", err=True)
    rows = sum(table["rows"] for table in report.tables.values())
    click.echo(f"{rows} submissions in {out}", err=True)
    if source.left_out:
        raise SystemExit(1)


@submissions.command("erase")
@click.argument("reference")
def erase(reference: str) -> None:
    """Erase one submission and the family's copy of it. This cannot be undone."""
    with open_store() as (store, _):
        with store.writing() as connection:
            found = kept.find_by_reference(connection, reference_of(reference))
            descriptor = descriptors.fetch(connection, found.descriptor) if found else None
            form = build(descriptor) if descriptor else None
            erased = kept.erase(connection, reference_of(reference), form)
        store.forget_erased()
    if not erased:
        raise Refusal(f'there is no submission "{reference}": see `kinbridge submissions list`')
    click.echo(f"erased {reference_of(reference)}")


@submissions.command("purge")
def purge() -> None:
    """Erase what is older than its form keeps it, expired drafts and expired family copies."""
    with open_store() as (store, settings):
        done = retention.purge(store, now())  # audit: the lead passes `noted`, which records "purged" here
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
        click.echo("kinbridge: the database was being read: its log is emptied by the next purge", err=True)


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


@dataclass
class _Source:
    """The submissions of one form, opened as they are asked for."""

    store: Store
    form: str
    since: str | None
    identity: Identity = field(default_factory=lambda: Identity(()))
    left_out: list[dict[str, str]] = field(default_factory=list)
    count: int = 0

    def versions(self) -> dict[str, Descriptor]:
        """The descriptors of these submissions by hash, oldest first."""
        found: dict[str, Descriptor] = {}
        with self.store.reading() as connection:
            for submission in kept.listed(connection, self.form, self.since):
                self.count += 1
                if submission.descriptor not in found:
                    descriptor = descriptors.fetch(connection, submission.descriptor)
                    if descriptor is not None:
                        found[submission.descriptor] = descriptor
        return found

    def opened(self, of: frozenset[str]) -> Iterator[Opened]:
        """The submissions of these descriptors; what does not open is left out and said."""
        with self.store.reading() as connection:
            for submission in kept.listed(connection, self.form, self.since):
                if submission.descriptor in of:
                    opened = self._open(submission)
                    if opened is not None:
                        yield opened

    def _open(self, submission: kept.Submission) -> Opened | None:
        try:
            plain = read_plain(open_sealed(submission.sealed, self.identity))
        except (CannotOpen, UnknownFormat) as error:
            self.left_out.append({"reference": submission.reference, "reason": str(error)})
            return None
        return Opened(
            id=submission.id,
            reference=submission.reference,
            submitted_at=submission.submitted_at,
            language=submission.language,
            version=submission.version,
            descriptor=submission.descriptor,
            rows=plain["rows"],
        )


def _identity(settings: Settings, file: Path | None) -> Identity:
    try:
        if file is None:
            return unlocked(settings)
        return read_identity(file, lambda: ask_passphrase(settings))
    except IdentityError as error:
        raise Refusal(str(error)) from None


def _current(settings: Settings, form: str) -> dict[str, Descriptor]:
    """The form as it lies, for an export with no rows."""
    try:
        return {"": load(settings.instance / "datapackages" / form)}
    except DefinitionError:
        raise Refusal(f'there is no form "{form}": see `kinbridge forms list`') from None


def _facts(submission: kept.Submission) -> dict[str, Any]:
    names = ("reference", "form", "version", "language", "submitted_at", "status", "urgent")
    return {name: getattr(submission, name) for name in names}


def reference_of(typed: str) -> str:
    plain = typed.strip().upper().replace("-", "")
    return f"{plain[:4]}-{plain[4:]}"


def _print_answers(ready: ReadyForm, plain: dict[str, Any]) -> None:
    (row,) = plain["rows"][ready.form.resource]
    for name, question in ready.form.fields.items():
        if row.get(name) is not None:
            values = row[name].split(question.delimiter) if question.many else [row[name]]
            click.echo(f"{question.title}\n    {'; '.join(question.label_of(value) for value in values)}")
