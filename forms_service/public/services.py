"""What every view of the public app reaches for, hung on the app once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import current_app, g, request
from markupsafe import Markup
from sqlalchemy.engine import Connection
from werkzeug.exceptions import NotFound

from forms_service.answers import ReadyForm, prepare
from forms_service.answers.journey import Journey
from forms_service.answers.places import groups_of
from forms_service.definition import Form
from forms_service.public.device import code_on_device
from forms_service.public.release import CurrentRelease, PublishedForm, Release
from forms_service.sealing.drafts import DraftDamaged, DraftKey, key_of
from forms_service.sealing.recipients import Recipients, read_recipients
from forms_service.serving.static import RELEASE
from forms_service.settings import Settings
from forms_service.store import Store, descriptors, drafts, submissions


@dataclass(frozen=True)
class Services:
    """The parts a request works with."""

    settings: Settings
    store: Store
    current: CurrentRelease
    secret: bytes

    def recipients(self) -> Recipients:
        """The clinic's public keys as they are now. Raises NoRecipients."""
        return read_recipients(self.settings.recipients_file)


@dataclass(frozen=True)
class Visit:
    """A family's draft, opened with the code on its device."""

    code: str
    key: DraftKey
    draft: drafts.Draft
    sealed: Mapping[str, bytes]  # the draft's pages as they were read
    journey: Journey

    @property
    def ready(self) -> ReadyForm:
        """The form this draft was begun on."""
        return self.journey.ready


def services() -> Services:
    """The parts of the running app."""
    found: Services = current_app.extensions["kinbridge"]
    return found


def release() -> Release:
    """The release this request is answered from: one, from its start to its end. Raises NotPublished."""
    if "release" not in g:
        g.release = services().current.get(request.environ.get(RELEASE))
    found: Release = g.release
    return found


def published(form: str, code: str | None = None) -> PublishedForm:
    """The form of that name.

    One that was taken out of the release is still there, in the version it was begun on, for the family that began
    or sent it: its code is `code` or the device's. Raises NotFound and Unavailable.
    """
    found = release().forms.get(form) or _taken_out(form, code or code_on_device(form))
    if found is None:
        raise NotFound
    return found


def _taken_out(form: str, code: str | None) -> PublishedForm | None:
    if code is None:
        return None
    with services().store.reading() as connection:
        begun = _begun(connection, code)
        if begun is None or begun.form != form:
            return None
        descriptor = descriptors.fetch(connection, begun.descriptor)
    return PublishedForm(descriptor, begun.descriptor) if descriptor else None


def form_of(code: str) -> str | None:
    """The name of the form that a code leads to, as a draft or sent. Raises Unavailable."""
    with services().store.reading() as connection:
        begun = _begun(connection, code)
    return begun.form if begun else None


def _begun(connection: Connection, code: str) -> drafts.Draft | submissions.Submission | None:
    """What a code leads to: a living draft, or what was sent."""
    lookup = key_of(code).lookup
    return drafts.find(connection, lookup) or submissions.find_by_lookup(connection, lookup)


def today() -> date:
    """The clinic's day."""
    return datetime.now(ZoneInfo(str(release().clinic.get("timezone") or "UTC"))).date()


def crisis_help() -> Markup:
    """The crisis help of the clinic's region in the reader's language, as built with the site."""
    return Markup(release().crisis.get(g.language, ""))  # noqa: S704 - our own built page


def open_visit(form: str, code: str | None = None) -> Visit | None:
    """The living draft that the device's code (or `code`) leads to, or None. Raises Unavailable."""
    code = code or code_on_device(form)
    if code is None:
        return None
    key = key_of(code)
    with services().store.reading() as connection:
        draft = drafts.find(connection, key.lookup)
        if draft is None or draft.form != form:
            return None
        sealed = drafts.pages(connection, key.lookup)
        current = published(form, code)
        kept = None if draft.descriptor == current.digest else descriptors.fetch(connection, draft.descriptor)
    ready = prepare(kept, g.language) if kept else current.ready(g.language)
    return Visit(code, key, draft, sealed, Journey(ready, _opened(key, sealed), _open_groups(current)))


def form_now(name: str) -> Form:
    """The form as it is published now: groups open, close and change their places while a draft is begun on another.

    Raises NotFound and Unavailable.
    """
    return published(name).ready(g.language).form


def _open_groups(published: PublishedForm) -> frozenset[str] | None:
    form = published.ready(g.language).form
    if form.places is None:
        return None
    return frozenset(key for key, group in groups_of(form, today()).items() if group.state == "open")


def _opened(key: DraftKey, sealed: dict[str, bytes]) -> dict[str, dict[str, list[str]]]:
    """The typed inputs by page; a page that does not open is as if it had not been answered."""
    typed = {}
    for page, content in sealed.items():
        try:
            typed[page] = json.loads(key.open(content, page))
        except DraftDamaged:
            continue
    return typed
