"""The group a family signed up for, as a calendar file (RFC 5545)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event
from werkzeug import Response

from forms_service.answers.places import day_column
from forms_service.definition import Form
from forms_service.public import errors
from forms_service.public.blueprint import blueprint
from forms_service.public.receipts import receipt_of
from forms_service.public.services import published, release
from forms_service.store.times import now

_LASTS = timedelta(hours=1)  # a group says when it begins, not when it ends


@blueprint.get("/<form>/group.ics")
def calendar(form: str) -> Response:
    """The group's day as a calendar file; only for a family that has a place."""
    published(form)
    receipt = receipt_of(form)
    if receipt is None or receipt.place is None or receipt.place.status != "confirmed":
        return errors.gone()
    begins = begins_at(receipt.ready.form, receipt.place.group_key)
    if begins is None:
        return errors.gone()
    places = receipt.ready.form.places
    label = receipt.ready.form.fields[places.field].label_of(receipt.place.group_key) if places else ""
    event = Event()
    event.add("uid", f"{receipt.submission.reference}@kinbridge")
    event.add("dtstamp", now())
    event.add("dtstart", begins)
    if isinstance(begins, datetime):
        event.add("duration", _LASTS)
    event.add("summary", label)
    file = Calendar()
    file.add("prodid", "-//Kinbridge//")
    file.add("version", "2.0")
    file.add_component(event)
    response = Response(file.to_ical(), mimetype="text/calendar")
    response.headers["Content-Disposition"] = 'attachment; filename="group.ics"'
    return response


def begins_at(form: Form, group: str) -> date | datetime | None:
    """When a group begins: its day, with its time of day in the clinic's zone when the data has one."""
    reference = form.fields[form.places.field].reference if form.places else None
    row = next((row for row in reference.rows if row.get(reference.field) == group), {}) if reference else {}
    day = row.get(day_column(form), "")
    if not day or form.places is None:
        return None
    resource = next(item for item in form.package["resources"] if item.get("name") == form.places.resource)
    clocks = (raw["name"] for raw in resource["schema"]["fields"] if raw.get("type") == "time")
    clock = row.get(next(clocks, ""), "")
    if not clock:
        return date.fromisoformat(day)
    zone = ZoneInfo(str(release().clinic.get("timezone") or "UTC"))
    return datetime.combine(date.fromisoformat(day), time.fromisoformat(clock), zone)
