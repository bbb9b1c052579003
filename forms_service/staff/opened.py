"""A submission opened in memory for whoever unlocked the answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import redirect, url_for
from flask_babel import gettext as _
from sqlalchemy.engine import Connection
from werkzeug import Response
from werkzeug.exceptions import NotFound

from forms_service.answers import ReadyForm, prepare
from forms_service.definition import Descriptor
from forms_service.packages.submission import UnknownFormat, read_plain
from forms_service.sealing.identity import CannotOpen, Identity, IdentityError, WrongPassphrase, open_sealed
from forms_service.staff import access
from forms_service.staff.console import key_files, note, parts, visit, writing
from forms_service.staff.forms import language_of
from forms_service.staff.pages import message
from forms_service.store import descriptors, inbox, places, submissions


class Closed(Exception):
    """A submission that is not shown; `answer` is the page that says why, or leads to where it can be opened."""

    def __init__(self, answer: Response) -> None:
        super().__init__()
        self.answer = answer


def unlocked_identity() -> Identity | None:
    """The clinic's keys that this visit unlocked, with those a rotation added; None when locked, or taken away."""
    identity = parts().keys.of(visit().lookup, used=not access.is_quiet())
    if identity is None:
        return None
    try:
        return key_files().refreshed(identity)
    except WrongPassphrase:  # this reader was removed since
        parts().keys.drop(visit().lookup)
        return None
    except IdentityError:
        return identity


def require_identity(onward: str) -> Identity:
    """The same; while they are locked, raises Closed with the way to unlocking, and from there to the page `onward`."""
    identity = unlocked_identity()
    if identity is None:
        raise Closed(redirect(url_for("staff.unlock", onward=onward), 303))
    return identity


@dataclass(frozen=True)
class OpenedSubmission:
    """A submission, its plain form, and the form it came under in the reader's language."""

    submission: submissions.Submission
    plain: dict[str, Any]
    descriptor: Descriptor
    ready: ReadyForm
    place: places.Place | None
    identity: Identity

    @property
    def titles(self) -> dict[tuple[str, str], str]:
        """The words of each question, by table and field."""
        form = self.ready.form
        own = {(form.resource, name): field.title for name, field in form.fields.items()}
        return own | {
            (group, name): field.title
            for group, one in form.groups.items()
            for name, field in one.fields.items()
        }


def opened(reference: str, action: str) -> OpenedSubmission:
    """The submission, with `action` recorded in the audit before anything is shown. Raises Closed and NotFound."""
    identity = require_identity(url_for("staff.submission", reference=reference))
    with writing() as connection:
        found = submissions.find_by_reference(connection, reference)
        descriptor = descriptors.fetch(connection, found.descriptor) if found else None
        if found is None or descriptor is None:
            raise NotFound
        place = places.find(connection, reference)
        plain = _plain(found, identity, connection, action)
    ready = prepare(descriptor, language_of(descriptor))
    return OpenedSubmission(found, plain, descriptor, ready, place, identity)


def _plain(
    found: submissions.Submission, identity: Identity, connection: Connection, action: str
) -> dict[str, Any]:
    """What was sent. Raises Closed."""
    try:
        plain = read_plain(open_sealed(found.sealed, identity))
    except (CannotOpen, UnknownFormat):
        raise Closed(
            message(
                _("This submission does not open"),
                _("It was sealed to a key that is not yours, or it is damaged. Nothing was changed."),
                _("Tell whoever runs Kinbridge for you: `kinbridge doctor` looks for the cause."),
                status=409,
            )
        ) from None
    note(connection, action, found.reference)
    inbox.was_read(connection, found.reference)
    return plain
