"""The inbox: what has come, without a word of what families wrote."""

from __future__ import annotations

from datetime import timedelta

from flask import jsonify, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug import Response

from forms_service.sealing.codes import read_reference
from forms_service.staff import access
from forms_service.staff.colleagues import colleagues
from forms_service.staff.console import blueprint, parts, person, reading
from forms_service.staff.days import beginning, not_a_day
from forms_service.staff.forms import title_of
from forms_service.staff.opened import unlocked_identity
from forms_service.staff.pages import page
from forms_service.staff.readable import asked_number
from forms_service.store import inbox, submissions
from forms_service.store.times import now, stamp

MOST = 50
FILTERS = ("form", "status", "group", "whose", "since", "until")


@blueprint.get("/")
def home() -> Response:
    """Urgent ones that nobody took up, then the newest that the filters leave, `before` a number."""
    wanted = request.args.get("reference", "").strip()
    typed = {name: request.args.get(name, "")[:200] for name in FILTERS}
    before = asked_number("before")
    errors = not_a_day(since=typed["since"], until=typed["until"])
    with reading() as connection:
        found = submissions.find_by_reference(connection, read_reference(wanted)) if wanted else None
        urgent = inbox.urgent(connection, MOST)
        number_urgent = inbox.number_urgent(connection) if len(urgent) == MOST else len(urgent)
        listed = inbox.newest(connection, MOST + 1, _search(typed, errors), before)
        forms = inbox.forms(connection)
        chosen = [typed["form"]] if typed["form"] else forms
        groups = [group for form in chosen for group in submissions.groups(connection, form)]
        last = inbox.last_number(connection)
        people = colleagues()
    if found is not None:
        return redirect(url_for("staff.submission", reference=found.reference), 303)
    if wanted:
        errors["reference"] = _("No submission has this reference. Check it and try again.")
    return page(
        "home.html",
        _("Answers"),
        errors=errors,
        wanted=wanted,
        urgent=urgent,
        number_urgent=number_urgent,
        unopened=_unopened(urgent),
        listed=listed[:MOST],
        more=listed[MOST - 1].id if len(listed) > MOST else None,
        newest=before is None,
        forms={name: title_of(name) for name in forms},
        groups=groups,
        typed=typed,
        narrowed={name: text for name, text in typed.items() if text},
        statuses=inbox.STATUSES,
        people=people,
        last=last,
        is_open=unlocked_identity() is not None,
    )


@blueprint.get("/new")
@access.quietly
def number_of_new() -> Response:
    """How many came after the submission numbered `last`; the page asks now and then."""
    with reading() as connection:
        number = inbox.number_since(connection, asked_number("last") or 0)
    return jsonify(number)


def _unopened(urgent: list[inbox.Arrival]) -> list[inbox.Arrival]:
    """The urgent ones that nobody opened within the clinic's time."""
    before = stamp(now() - timedelta(hours=parts().clinic.urgent_hours))
    return [one for one in urgent if one.read_at is None and one.submitted_at <= before]


def _search(typed: dict[str, str], errors: dict[str, str]) -> inbox.Search:
    status = typed["status"] if typed["status"] in inbox.STATUSES else None
    return inbox.Search(
        form=typed["form"] or None,
        status=status,
        group=typed["group"] or None,
        assigned_to=person().id if typed["whose"] == "mine" else None,
        since=None if "since" in errors else beginning(typed["since"]),
        until=None if "until" in errors else beginning(typed["until"], days=1),
    )
