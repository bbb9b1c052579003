"""Finding a family by name: submissions of one form are opened in memory, and nothing is indexed on a disk."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import redirect, request, url_for
from flask_babel import gettext as _
from werkzeug import Response

from forms_service.definition import Form, build
from forms_service.packages.submission import UnknownFormat, read_plain
from forms_service.sealing.identity import CannotOpen, Identity, open_sealed
from forms_service.staff.console import blueprint, note, parts, reading, visit, writing
from forms_service.staff.days import beginning, not_a_day
from forms_service.staff.opened import require_identity
from forms_service.staff.pages import page, typed
from forms_service.staff.working import Work, looked_at_again
from forms_service.store import Store, descriptors, inbox, submissions

KIND = "search"
MOST = 100  # found; more are not listed
SHORTEST = 2  # characters of a name


@dataclass(frozen=True)
class Found:
    """A submission in which the name stands."""

    reference: str
    submitted_at: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Looked:
    """What a search came to; `unopened` could not be looked through."""

    found: tuple[Found, ...]
    unopened: int


@blueprint.get("/search")
def search() -> Response:
    """Ask for a name; or how far the search is, and what it found."""
    require_identity(url_for("staff.search"))
    work = parts().works.of(visit().lookup, KIND)
    return looked_at_again(_ask(work=work), work, 1)


@blueprint.post("/search")
def begin_search() -> Response:
    """Open the form's submissions one by one; the name stands in no address, and in no log."""
    identity = require_identity(url_for("staff.search"))
    words = _words(typed("name", 200))
    since, until, form = typed("since", 20), typed("until", 20), typed("form", 100)
    errors = not_a_day(since=since, until=until)
    if sum(map(len, words)) < SHORTEST:
        errors["name"] = _("Write at least %(number)s letters of the name.", number=SHORTEST)
    if errors:
        return _ask(errors=errors)
    which = submissions.Which(form, since=beginning(since), before=beginning(until, days=1))
    with writing() as connection:
        note(connection, "submissions.searched", form)
    store = parts().store
    parts().works.start(visit().lookup, KIND, lambda work: _find(work, store, which, words, identity))
    return redirect(url_for("staff.search"), 303)


def _ask(errors: dict[str, str] | None = None, work: Work | None = None) -> Response:
    with reading() as connection:
        forms = inbox.forms(connection)
    return page(
        "search.html",
        _("Find a family by name"),
        errors=errors or {},
        forms=forms,
        typed=request.form,
        work=work,
        most=MOST,
    )


def _find(
    work: Work, store: Store, which: submissions.Which, words: tuple[str, ...], identity: Identity
) -> Looked:
    """The newest MOST submissions that hold every word of the name."""
    found: list[Found] = []
    unopened = 0
    forms: dict[str, Form | None] = {}
    with store.snapshot() as connection:
        whole = sum(submissions.counted(connection, which).values())
        for number, submission in enumerate(submissions.listed(connection, which), 1):
            work.at(number, whole)
            if submission.descriptor not in forms:
                kept = descriptors.fetch(connection, submission.descriptor)
                forms[submission.descriptor] = build(kept) if kept else None
            form = forms[submission.descriptor]
            try:
                plain = read_plain(open_sealed(submission.sealed, identity))
            except (CannotOpen, UnknownFormat):
                plain = {}
            if form is None or not plain:
                unopened += 1
                continue
            names = _names(form, plain)
            folded = _fold(" ".join(names))
            if all(word in folded for word in words):
                found.append(Found(submission.reference, submission.submitted_at, tuple(names)))
                del found[:-MOST]
    return Looked(tuple(found[::-1]), unopened)


def _names(form: Form, plain: Mapping[str, Any]) -> list[str]:
    """What names somebody in it: identifying answers, or every text where the form marks none."""
    tables = [(form.resource, form.fields), *((name, group.fields) for name, group in form.groups.items())]
    marked = any(one.identifying for _table, fields in tables for one in fields.values())
    return [
        cell
        for table, fields in tables
        for row in plain["rows"].get(table, ())
        for name, one in fields.items()
        if (one.identifying or not marked) and one.type == "string" and not one.choices
        if (cell := row.get(name))
    ]


def _words(text: str) -> tuple[str, ...]:
    return tuple(_fold(text).split())


def _fold(text: str) -> str:
    """Without accents and capitals, so that `zoe` finds Zoé."""
    return "".join(_bare(unicodedata.normalize("NFKD", text))).casefold()


def _bare(text: str) -> Iterable[str]:
    return (character for character in text if not unicodedata.combining(character))
