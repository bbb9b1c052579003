"""The console's pages in the order of its menu: one line a page that has an entry."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _

from forms_service.staff.models import User


@dataclass(frozen=True)
class Entry:
    """A page in the menu: its view, its name, and the least role that sees it."""

    endpoint: str
    label: str
    role: str = "reader"


ENTRIES = (
    Entry("staff.home", _("Answers")),
    Entry("staff.groups", _("Groups")),
    Entry("staff.enter", _("Enter a form")),
    Entry("staff.glance", _("At a glance")),
    Entry("staff.exports", _("Exports"), "manager"),
    Entry("staff.retention", _("Retention"), "manager"),
    Entry("staff.keys", _("Keys")),
    Entry("staff.people", _("People"), "admin"),
    Entry("staff.audit", _("Audit"), "admin"),
)


def menu_for(user: User) -> list[Entry]:
    """What this account sees in the menu."""
    return [entry for entry in ENTRIES if user.may(entry.role)]
