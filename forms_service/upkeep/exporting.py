"""An export of what the store holds: the chosen submissions, opened with the clinic's key as they are asked for."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import IO, Literal, get_args

from sqlalchemy.engine import Connection

from forms_service.definition import DefinitionError, Descriptor, load
from forms_service.packages.export import Export, Opened, write_csv, write_zip
from forms_service.packages.fhir import Release, write_fhir
from forms_service.packages.submission import UnknownFormat, read_plain
from forms_service.packages.workbook import write_workbook
from forms_service.sealing.identity import CannotOpen, Identity, open_sealed
from forms_service.settings import Settings
from forms_service.store import descriptors, files, submissions
from forms_service.store.times import beginning_of
from site_src.errors import SiteError
from site_src.instance import read_config

Format = Literal["zip", "xlsx", "csv", "fhir"]
FORMATS: tuple[Format, ...] = get_args(Format)


@dataclass
class Source:
    """The chosen submissions as `connection` sees them; without `identity` none opens."""

    connection: Connection
    chosen: submissions.Which
    identity: Identity = field(default_factory=lambda: Identity(()))
    left_out: list[dict[str, str]] = field(default_factory=list)

    def export(self, instance: Path, deidentified: bool) -> Export:
        """The export of them; with no rows, of the form as it lies, or as it was when it was taken out since.

        Raises DefinitionError when there never was such a form.
        """
        counts = submissions.counted(self.connection, self.chosen)
        return Export(
            versions=self._versions(counts) or {"": self._without_rows(instance)},
            opened=self.opened,
            left_out=self.left_out,
            counts=counts,
            content=self.content,
            deidentified=deidentified,
        )

    def opened(self, of: frozenset[str]) -> Iterator[Opened]:
        """The submissions of these descriptors; what does not open is left out and said."""
        for submission in submissions.listed(self.connection, self.chosen):
            if submission.descriptor in of:
                opened = self._open(submission)
                if opened is not None:
                    yield opened

    def content(self, submission: Opened, name: str) -> bytes | None:
        """A file of a submission; None when it is gone or does not open."""
        sealed = files.find(self.connection, submission.reference, name)
        try:
            return open_sealed(sealed, self.identity) if sealed else None
        except CannotOpen:
            return None

    def _versions(self, digests: Iterable[str]) -> dict[str, Descriptor]:
        found = {digest: descriptors.fetch(self.connection, digest) for digest in digests}
        return {digest: one for digest, one in found.items() if one is not None}

    def _without_rows(self, instance: Path) -> Descriptor:
        form = str(self.chosen.form)
        try:
            return load(instance / "datapackages" / form)
        except DefinitionError:
            kept = self._versions(submissions.counted(self.connection, submissions.Which(form)))
            if not kept:
                raise
            return list(kept.values())[-1]

    def _open(self, submission: submissions.Submission) -> Opened | None:
        try:
            plain = read_plain(open_sealed(submission.sealed, self.identity))
        except (CannotOpen, UnknownFormat) as error:
            left = {"reference": submission.reference, "reason": str(error)}
            if left not in self.left_out:  # a second table may ask for it again
                self.left_out.append(left)
            return None
        return Opened.of(submission.id, submission, plain)


def which(
    form: str, since: date | None, until: date | None, version: str | None, group: str | None
) -> submissions.Which:
    """What was sent from the day `since` to the day `until` (UTC), of one version and group when given."""
    group_key = group and group.removeprefix(f"{form}/")
    first = beginning_of(since) if since else None
    after = beginning_of(until + timedelta(days=1)) if until else None
    return submissions.Which(form, first, after, version, group_key)


def writer_of(
    kind: Format, export: Export, address: str, release: Release = "R5", bundle: bool = False
) -> Callable[[IO[bytes]], None]:
    """What writes the export in that format; it raises SeveralTables and TooLarge."""
    writers: dict[Format, Callable[[IO[bytes]], None]] = {
        "zip": lambda file: write_zip(file, export),
        "xlsx": lambda file: write_workbook(file, export),
        "csv": lambda file: write_csv(file, export),
        "fhir": lambda file: write_fhir(file, export, address, release, bundle),
    }
    return writers[kind]


def address_of(settings: Settings, form: str) -> str:
    """Where the form stands on the web: what tells it from every other clinic's."""
    root = settings.base_url
    if not root:
        with contextlib.suppress(SiteError):
            root = str(read_config(settings.instance).get("site_url") or "")
    return f"{root.rstrip('/')}/forms/{form}" if root else f"urn:kinbridge:form:{form}"


def few_families(export: Export) -> dict[str, dict[str, int]]:
    """The answers that few families gave, by column; opens every submission once."""
    for table in export.tables:
        for _ in export.judged(table):
            pass
    return dict(export.small.few())
