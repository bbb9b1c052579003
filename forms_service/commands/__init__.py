"""The forms' side of the command line: one module per noun."""

from forms_service.commands.audit import audit
from forms_service.commands.backup import backup, restore
from forms_service.commands.doctor import doctor
from forms_service.commands.forms import forms
from forms_service.commands.groups import groups
from forms_service.commands.keys import keys
from forms_service.commands.packages import packages
from forms_service.commands.serve import serve
from forms_service.commands.staff import staff
from forms_service.commands.submissions import submissions

commands = [audit, backup, doctor, forms, groups, keys, packages, restore, serve, staff, submissions]

__all__ = ["commands"]
