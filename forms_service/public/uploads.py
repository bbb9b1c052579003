"""A file sent with a page: judged, cleaned and kept sealed beside the page, or refused while the page is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy.engine import Connection

from forms_service.answers import Problem
from forms_service.answers.cleaning import Unfit, clean
from forms_service.answers.files import KeptFile, describe, kept_input, remove_input
from forms_service.answers.journey import Journey, PageInputs
from forms_service.definition import Field, Page
from forms_service.public.requests import SentFile
from forms_service.public.services import Visit, services
from forms_service.sealing.drafts import DraftDamaged, DraftKey
from forms_service.store import files


class LostFile(Exception):
    """A file of a draft that is there no more, or is not what was given."""

    def __init__(self, field: Field) -> None:
        super().__init__(field.name)
        self.field = field


@dataclass(frozen=True)
class Upload:
    """What a page's POST says: its inputs, and what becomes of its file (None: the page asks for none)."""

    inputs: PageInputs
    field: Field | None = None
    content: bytes | None = None
    removes: bool = False
    problem: Problem | None = None

    def store(self, connection: Connection, visit: Visit) -> None:
        """Keep or erase the file of a draft that was touched."""
        if self.field is None:
            return
        lookup, name = visit.key.lookup, self.field.name
        if self.content is not None:
            files.keep_in_draft(connection, lookup, name, visit.key.seal(self.content, _bound_to(name)))
        elif self.removes:
            files.drop_from_draft(connection, lookup, name)


def take_upload(journey: Journey, page: Page, inputs: PageInputs, sent: Mapping[str, SentFile]) -> Upload:
    """What a POST to `page` says. What a browser claims to be kept already is never believed."""
    field = file_field(journey, page)
    if field is None:
        return Upload(inputs)
    before = (journey.typed.get(page.name) or {}).get(kept_input(field), [])
    plain = {name: list(values) for name, values in inputs.items() if name not in _own(field)}
    upload = Upload({**plain, kept_input(field): list(before)}, field)
    file = sent.get(field.name)
    if file is not None:
        return _judged(upload, field, file)
    if remove_input(field) in inputs:
        return replace(upload, inputs=plain, removes=True)
    return upload


def without_file(inputs: PageInputs, field: Field) -> Upload:
    """The page's inputs without its file, which is erased."""
    plain = {name: values for name, values in inputs.items() if name not in _own(field)}
    return Upload(plain, field, removes=True, problem=Problem(field.name, "fileLost"))


def file_field(journey: Journey, page: Page) -> Field | None:
    """The field of a page that takes a file, or None."""
    fields = (journey.ready.form.fields[name] for name in page.fields)
    return next((field for field in fields if field.widget == "file"), None)


def given_file(visit: Visit, field: Field, kept: KeptFile) -> bytes:
    """The file of a draft. Raises LostFile and Unavailable."""
    with services().store.reading() as connection:
        sealed = files.of_draft(connection, visit.key.lookup, field.name)
    content = opened(visit.key, field.name, kept, sealed)
    if content is None:
        raise LostFile(field)
    return content


def opened(key: DraftKey, field: str, kept: KeptFile, sealed: bytes | None) -> bytes | None:
    """A file that is sealed under the family's code; None when it is gone, damaged or another one."""
    try:
        content = key.open(sealed, _bound_to(field))[: kept.size] if sealed else b""
    except DraftDamaged:
        return None
    return content if kept.is_of(content) else None


def _judged(upload: Upload, field: Field, file: SentFile) -> Upload:
    try:
        cleaned = clean(file.content, field.accept)
    except Unfit as unfit:
        return replace(upload, problem=Problem(field.name, unfit.constraint))
    kept = describe(field, file.name, cleaned.media_type, cleaned.extension, cleaned.content)
    inputs = {**upload.inputs, kept_input(field): [kept.text()]}
    return replace(upload, inputs=inputs, content=cleaned.content)


def _own(field: Field) -> tuple[str, ...]:
    return field.name, kept_input(field), remove_input(field)


def _bound_to(field: str) -> str:
    """What a sealed file is bound to in its draft: no page's name has a slash."""
    return f"file/{field}"
