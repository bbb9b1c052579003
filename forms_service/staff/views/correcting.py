"""Correcting an answer: with the reason, the old cell kept, and no colleague overruled unseen."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import redirect, request, url_for
from flask_babel import gettext as _
from werkzeug import Response

from forms_service.packages.submission import files_of, write_plain
from forms_service.sealing.recipients import read_recipients
from forms_service.staff.console import blueprint, note, parts, person, writing
from forms_service.staff.opened import OpenedSubmission, opened
from forms_service.staff.pages import page, typed
from forms_service.staff.sheet import Change, Sheet, changes, of_rows, posted
from forms_service.store import submissions
from forms_service.store.times import moment, now, stamp

LONGEST_REASON = 500  # characters


@blueprint.get("/answers/<reference>/correct")
def ask_to_correct(reference: str) -> Response:
    """The answers, to be changed."""
    found = opened(reference, "submission.read")
    return _ask(found, _sheet(found))


@blueprint.post("/answers/<reference>/correct")
def correct(reference: str) -> Response:
    """Judge the answers anew and keep them, the cells as they were, who changed them and why."""
    found = opened(reference, "submission.read")
    sheet = posted(_sheet(found), request.form.to_dict(flat=False))
    reason = typed("reason", LONGEST_REASON).strip()
    if typed("was", 64) != _mark(found):
        return _ask(found, sheet, status=409)
    if sheet.problems or sheet.general:
        return _ask(found, sheet, judged=True)
    made = changes(found.plain["rows"], sheet.journey.rows, sheet.ready.form.resource)
    errors = {}
    if not reason:
        errors["reason"] = _("Write why you change it.")
    elif not made:
        errors["reason"] = _("You have changed nothing yet.")
    if errors:
        return _ask(found, sheet, told=errors)
    if _keep(found, sheet, made, reason):
        return redirect(url_for("staff.submission", reference=reference), 303)
    return _ask(opened(reference, "submission.read"), sheet, status=409)


def _keep(found: OpenedSubmission, sheet: Sheet, made: list[Change], reason: str) -> bool:
    """Seal the corrected submission in place of the one that was opened; False when a colleague was quicker."""
    kept, journey = found.submission, sheet.journey
    correction = {
        "at": stamp(now()),
        "by": person().email,
        "reason": reason,
        "changes": [asdict(change) for change in made],
    }
    plain = write_plain(
        sheet.ready.form,
        kept.reference,
        kept.language,
        moment(kept.submitted_at),
        journey.rows,
        journey.files,
        [*corrections_of(found.plain), correction],
    )
    sealed = read_recipients(parts().settings.recipients_file).seal(plain)
    with writing() as connection:
        done = submissions.correct(connection, kept.reference, kept.sealed, sealed, journey.is_urgent)
        if done:
            note(connection, "submission.corrected", kept.reference, {"cells": len(made)})
    return done


def corrections_of(plain: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What was corrected, the first first."""
    return list(plain.get("corrections", ()))


def _sheet(found: OpenedSubmission) -> Sheet:
    places = found.ready.form.places
    locked = frozenset({places.field} if places else ())  # a sign-up is moved on the page of its group
    return of_rows(found.ready, found.plain["rows"], files_of(found.plain), locked)


def _mark(found: OpenedSubmission) -> str:
    """What tells this state of the submission from another."""
    return hashlib.sha256(found.submission.sealed).hexdigest()


def _ask(
    found: OpenedSubmission,
    sheet: Sheet,
    told: dict[str, str] | None = None,
    judged: bool = False,
    status: int = 200,
) -> Response:
    """The sheet; with 409, what a colleague changed meanwhile beside what was typed here."""
    meanwhile = []
    if status == 409:
        meanwhile = changes(sheet.journey.rows, found.plain["rows"], sheet.ready.form.resource)
    reference = found.submission.reference
    return page(
        "sheet.html",
        _("Correct %(reference)s", reference=reference),
        422 if judged or told else status,
        sheet=sheet,
        asked=sheet.form(judged),
        errors=told or {},
        general=sheet.general if judged else "",
        action=url_for("staff.correct", reference=reference),
        back=url_for("staff.submission", reference=reference),
        correcting=True,
        was=_mark(found),
        reason=typed("reason", LONGEST_REASON) if request.method == "POST" else "",
        meanwhile=meanwhile,
        titles=found.titles,
        late=status == 409,
    )
