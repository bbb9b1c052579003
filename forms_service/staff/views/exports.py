"""Exports: what would leave, said before it does, and the file streamed as it is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO

from flask import request, url_for
from flask_babel import gettext as _
from werkzeug import Response
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import NotFound

from forms_service.packages.export import Export, SeveralTables
from forms_service.packages.fhir import Release
from forms_service.packages.preview import preview
from forms_service.packages.workbook import TooLarge
from forms_service.sealing.identity import Identity
from forms_service.staff import access
from forms_service.staff.console import blueprint, note, parts, reading, writing
from forms_service.staff.days import beginning, not_a_day
from forms_service.staff.forms import title_of
from forms_service.staff.opened import require_identity, unlocked_identity
from forms_service.staff.pages import page
from forms_service.staff.streaming import streamed
from forms_service.store import inbox, submissions
from forms_service.upkeep.exporting import (
    Format,
    Source,
    address_of,
    few_families,
    writer_of,
)
from forms_service.upkeep.retention import MOST_COUNTED

MOST_LOOKED_THROUGH = 5_000  # submissions opened to warn of small groups before anything leaves


@dataclass(frozen=True)
class Kind:
    """A format that is offered."""

    format: Format
    ending: str
    media_type: str
    release: Release = "R5"


SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS: Mapping[str, Kind] = {
    "zip": Kind("zip", "zip", "application/zip"),
    "xlsx": Kind("xlsx", "xlsx", SHEET),
    "csv": Kind("csv", "csv", "text/csv"),
    "fhir": Kind("fhir", "ndjson", "application/fhir+ndjson"),
    "fhir-r4b": Kind("fhir", "ndjson", "application/fhir+ndjson", "R4B"),
}


@dataclass(frozen=True)
class Choice:
    """What somebody asks to take out, as typed."""

    form: str
    since: str
    until: str
    version: str
    group: str
    kind: str
    deidentified: bool

    @classmethod
    def of(cls, form: str, typed: MultiDict[str, str]) -> Choice:
        """The choice in a query or a POST."""
        kind = typed.get("format", "zip")
        return cls(
            form=form,
            since=typed.get("since", "")[:20],
            until=typed.get("until", "")[:20],
            version=typed.get("version", "")[:50],
            group=typed.get("group", "")[:200],
            kind=kind if kind in KINDS else "zip",
            deidentified=bool(typed.get("deidentified")),
        )

    @property
    def errors(self) -> dict[str, str]:
        """What cannot be read."""
        return not_a_day(since=self.since, until=self.until)

    @property
    def which(self) -> submissions.Which:
        """The submissions meant. Raises ValueError when a day cannot be read."""
        return submissions.Which(
            self.form,
            since=beginning(self.since),
            before=beginning(self.until, days=1),
            version=self.version or None,
            group=self.group or None,
        )

    @property
    def filters(self) -> dict[str, str]:
        """What narrows it down."""
        named = {"since": self.since, "until": self.until, "version": self.version, "group": self.group}
        return {name: value for name, value in named.items() if value}


@blueprint.get("/exports")
@access.needs("manager")
def exports() -> Response:
    """The forms that answers came for."""
    with reading() as connection:
        names = inbox.forms(connection)
        listed = [
            (
                name,
                title_of(name),
                submissions.number_of(connection, submissions.Which(name).condition, MOST_COUNTED + 1),
            )
            for name in names
        ]
    return page("exports.html", _("Exports"), listed=listed, most=MOST_COUNTED)


@blueprint.get("/exports/<form>")
@access.needs("manager")
def export(form: str) -> Response:
    """Choose what leaves, and see it named."""
    return _ask(Choice.of(form, request.args))


@blueprint.post("/exports/<form>")
@access.needs("manager")
def download(form: str) -> Response:
    """The file; the audit says so before the first byte leaves."""
    choice = Choice.of(form, request.form)
    if choice.errors:
        return _ask(choice)
    identity = require_identity(url_for("staff.export", form=form))
    try:
        pieces = _stream(choice, identity)
    except (SeveralTables, TooLarge):
        return _ask(
            choice, _("This does not fit one table. Choose one version, fewer days, or the data package.")
        )
    kind = KINDS[choice.kind]
    response = Response(pieces, mimetype=kind.media_type)
    name = f"{form}{'-deidentified' if choice.deidentified else ''}.{kind.ending}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _stream(choice: Choice, identity: Identity) -> Iterator[bytes]:
    """The pieces of the file. Raises SeveralTables, TooLarge and NotFound."""
    store, settings, chosen = parts().store, parts().settings, choice.which
    kind = KINDS[choice.kind]
    with store.reading() as connection:
        rows = sum(submissions.counted(connection, chosen).values())
    if not rows:
        raise NotFound
    with writing() as connection:
        detail: dict[str, str | int] = {
            "rows": rows,
            "format": choice.kind,
            "deidentified": int(choice.deidentified),
            **choice.filters,
        }
        note(connection, "submissions.exported", choice.form, detail)

    def write(file: IO[bytes]) -> None:
        with store.snapshot() as connection:
            made = Source(connection, chosen, identity).export(settings.instance, choice.deidentified)
            writer_of(kind.format, made, address_of(settings, choice.form), kind.release)(file)

    return streamed(write)


def _ask(choice: Choice, refusal: str = "") -> Response:
    errors = dict(choice.errors)
    if refusal:
        errors["version"] = refusal
    identity = unlocked_identity()
    chosen = submissions.Which(choice.form) if choice.errors else choice.which
    with parts().store.snapshot() as connection:
        if not submissions.number_of(connection, submissions.Which(choice.form).condition, 1):
            raise NotFound
        source = Source(connection, chosen, identity or Identity(()))
        made = source.export(parts().settings.instance, choice.deidentified)
        told = preview(made, choice.filters)
        looked_through = identity and choice.deidentified and not errors
        few = _small_groups(choice, made, told.submissions) if looked_through else {}
        versions = submissions.versions(connection, choice.form)
        groups = submissions.groups(connection, choice.form)
    return page(
        "export.html",
        title_of(choice.form),
        errors=errors,
        choice=choice,
        told=told,
        few=few,
        left_out=source.left_out,
        versions=versions,
        groups=groups,
        kinds=KINDS,
        is_open=identity is not None,
        nothing_left=choice.deidentified and not any(map(made.fields_of, made.tables)),
        most=MOST_LOOKED_THROUGH,
    )


def _small_groups(choice: Choice, made: Export, number: int) -> dict[str, dict[str, int]] | None:
    """Answers that few families gave; None when there are too many submissions to look through while somebody waits.

    The audit says that they are opened before they are.
    """
    if number > MOST_LOOKED_THROUGH:
        return None
    if number:
        with writing() as connection:
            note(connection, "submissions.previewed", choice.form, {"rows": number, **choice.filters})
    return few_families(made)
