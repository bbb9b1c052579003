"""Groups: who has a place, who waits, whom to phone about an offer, moving somebody, and cancelling a sign-up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from flask import redirect, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy.engine import Connection
from werkzeug import Response
from werkzeug.exceptions import NotFound

from forms_service.answers.places import groups_of
from forms_service.definition import Form
from forms_service.packages.submission import UnknownFormat, read_plain
from forms_service.sealing.identity import CannotOpen, Identity, open_sealed
from forms_service.staff import access
from forms_service.staff.console import blueprint, note, parts, reading, visit, writing
from forms_service.staff.days import clinic_today
from forms_service.staff.opened import unlocked_identity
from forms_service.staff.pages import page, typed
from forms_service.staff.views.dates import KIND
from forms_service.staff.words import PLACE_NAMES
from forms_service.staff.working import looked_at_again
from forms_service.store import places, submissions
from forms_service.upkeep.signups import Overtaken, cancel, facts_of, forms_with_places, move


@blueprint.get("/groups")
def groups() -> Response:
    """Every group and its numbers."""
    forms = _forms()
    with writing() as connection:  # an offer whose time is over passes on to the next family
        found = [
            (forms[form], fact)
            for form in forms
            for fact in facts_of(connection, forms[form], clinic_today())
        ]
    listed = [(form.title, _label(form, fact.group), fact) for form, fact in found]
    work = parts().works.of(visit().lookup, KIND)
    named = [(name, form.title) for name, form in forms.items()]
    shown = page("groups.html", _("Groups"), listed=listed, forms=named, work=work)
    return looked_at_again(shown, work, 2)


@blueprint.get("/groups/<form>/<group>")
def register(form: str, group: str) -> Response:
    """The register of a group; with names once the answers are unlocked."""
    return _show(form, group)


@blueprint.post("/groups/<form>/<group>")
@access.needs("manager")
def move_signup(form: str, group: str) -> Response:
    """Move a sign-up to a place, the waiting list or another group; nobody is pushed out, no colleague overruled."""
    found = _forms().get(form)
    reference, to = typed("reference", 20), typed("to", 200)
    status: places.Status = "confirmed"
    target = to.removeprefix("group:")
    if to in ("confirmed", "waiting"):
        status, target = cast(places.Status, to), group
    if found is None or places.limits_of(found, target) is None:
        raise NotFound
    try:
        with writing() as connection:
            move(connection, found, _as_shown(connection, reference, form, group), target, status)
            note(connection, "group.moved", reference, {"group": target, "status": status})
    except Overtaken as error:
        wanted = PLACE_NAMES[status] if target == group else _label(found, target)
        return _show(form, group, late=_late(found, error, str(wanted)))
    except places.Full:
        text = _(
            "%(group)s is full. Move somebody out first, or give it more places.", group=_label(found, target)
        )
        return _show(form, group, to=text)
    return redirect(url_for("staff.register", form=form, group=group), 303)


@blueprint.get("/answers/<reference>/cancel")
@access.needs("manager")
def ask_to_cancel(reference: str) -> Response:
    """Ask first: the place goes to the next in line at once."""
    with reading() as connection:
        return _ask_to_cancel(places.find(connection, reference))


@blueprint.post("/answers/<reference>/cancel")
@access.needs("manager")
def cancel_signup(reference: str) -> Response:
    """Cancel the sign-up for a family that phoned; the answers stay."""
    form, group = typed("form", 200), typed("group", 200)
    found = _forms().get(form)
    if found is None:
        raise NotFound
    try:
        with writing() as connection:
            cancel(connection, found, _as_shown(connection, reference, form, group))
            note(connection, "group.cancelled", reference, {"group": group})
    except Overtaken as error:
        return _ask_to_cancel(error.place, _late(found, error, str(PLACE_NAMES[places.CANCELLED])))
    return redirect(url_for("staff.register", form=form, group=group), 303)


@dataclass(frozen=True)
class Late:
    """What somebody wanted whom a colleague, or the family, was quicker than; and how it stands now."""

    place: places.Place
    group: str
    wanted: str


def _as_shown(connection: Connection, reference: str, form: str, group: str) -> places.Place:
    """The place, when it stands as on the page it was asked from. Raises Overtaken, and NotFound when there is none."""
    place = places.find(connection, reference)
    if place is None or place.form != form:
        raise NotFound
    if place.group_key != group or place.mark != typed("was", 50):
        raise Overtaken(place)
    return place


def _late(form: Form, error: Overtaken, wanted: str) -> Late:
    if error.place is None:
        raise NotFound
    return Late(error.place, _label(form, error.place.group_key), wanted)


def _ask_to_cancel(place: places.Place | None, late: Late | None = None) -> Response:
    form = _forms().get(place.form) if place else None
    if place is None or form is None:
        raise NotFound
    return page(
        "cancel.html",
        _("Do you want to cancel the sign-up %(reference)s?", reference=place.reference),
        409 if late else 200,
        place=place,
        group=_label(form, place.group_key),
        late=late,
    )


def _show(name: str, group: str, late: Late | None = None, **errors: str) -> Response:
    form = _forms().get(name)
    if form is None:
        raise NotFound
    identity = unlocked_identity()
    with writing() as connection:
        facts = {fact.group: fact for fact in facts_of(connection, form, clinic_today())}
        if group not in facts:
            raise NotFound
        line = sorted(places.line(connection, name, group), key=lambda one: one.status == places.CANCELLED)
        kept = []
        if identity:
            kept = [submissions.find_by_reference(connection, place.reference) for place in line]
            note(connection, "group.read", f"{name}/{group}")
    # Opened only now: families wait for the write lock meanwhile.
    people = {one.reference: _contact(form, one, identity) for one in kept if one and identity}
    others = [key for key in groups_of(form, clinic_today()) if key != group]
    return page(
        "group.html",
        _label(form, group),
        409 if late else 200,
        errors=errors,
        late=late,
        form=form,
        group=group,
        facts=facts[group],
        line=line,
        people=people,
        others=[(key, _label(form, key)) for key in others],
        is_open=identity is not None,
    )


def _contact(form: Form, kept: submissions.Submission, identity: Identity) -> list[str]:
    """What tells who somebody is: the answers to the questions that the form marks so."""
    try:
        (row,) = read_plain(open_sealed(kept.sealed, identity))["rows"][form.resource]
    except (CannotOpen, UnknownFormat):
        return [_("does not open")]
    cells: Mapping[str, str | None] = row
    return [str(cells[name]) for name, field in form.fields.items() if field.identifying and cells.get(name)]


def _forms() -> dict[str, Form]:
    return forms_with_places(parts().settings.instance, str(get_locale()))


def _label(form: Form | None, group: str) -> str:
    return form.fields[form.places.field].label_of(group) if form and form.places else group
