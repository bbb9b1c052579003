"""Limited places as families see them: what is left before they choose, and what they have after."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask_babel import gettext as _
from flask_babel import ngettext

from forms_service.answers.places import Group, groups_of
from forms_service.definition import Choice, Field, Form
from forms_service.public.services import services, today
from forms_service.store import Unavailable, places


@dataclass(frozen=True)
class Offer:
    """A group on offer: places left, and whether there is a waiting list."""

    group: Group
    left: int
    waitlist: bool

    @property
    def words(self) -> str:
        """What a family reads beside the group."""
        if self.left > 0:
            return str(ngettext("%(num)s place left", "%(num)s places left", self.left))
        return str(_("waiting list") if self.waitlist else _("full"))


def offers(form: Form) -> dict[str, Offer]:
    """The groups that can be chosen now, by key; without the database all places count as free."""
    if form.places is None:
        return {}
    try:
        with services().store.reading() as connection:
            counted = places.counts(connection, form.name)
    except Unavailable:
        counted = {}
    found = {}
    for key, group in groups_of(form, today()).items():
        numbers = counted.get(key, {"confirmed": 0, "offered": 0, "waiting": 0})
        left = 0 if numbers["waiting"] else group.capacity - numbers["confirmed"] - numbers["offered"]
        if group.state == "open":
            found[key] = Offer(group, max(left, 0), form.places.waitlist)
    return found


def with_offers(field: Field, form: Form) -> Field:
    """The field that chooses a group, with only the groups on offer and what is left in each."""
    if form.places is None or field.name != form.places.field:
        return field
    on_offer = offers(form)
    choices = tuple(
        Choice(choice.value, f"{choice.label} ({on_offer[choice.value].words})")
        for choice in field.choices
        if choice.value in on_offer
    )
    return replace(field, choices=choices)
