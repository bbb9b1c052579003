"""Adding a group, and changing its dates and places: judged by its schema, published through the same check."""

from __future__ import annotations

import contextlib
import logging
from pathlib import Path

from flask import redirect, request, url_for
from flask_babel import get_locale, lazy_gettext
from flask_babel import gettext as _
from werkzeug import Response
from werkzeug.exceptions import NotFound

from forms_service.definition import DefinitionError
from forms_service.staff import access
from forms_service.staff.console import blueprint, parts, person, visit
from forms_service.staff.pages import page, typed
from forms_service.staff.sheet import Sheet, blank, of_rows, posted
from forms_service.staff.working import Work
from forms_service.store import Store, Unavailable, audit
from forms_service.upkeep.daily import jobs_folder
from forms_service.upkeep.group_rows import GroupRows, Outdated, Unwritable, change, read_group_rows
from site_src.errors import FindingsError, SiteError
from site_src.instance import Instance
from site_src.releases import publish

KIND = "publish"
# Seconds for the audit line of what is published already: it must not be lost to a busy database.
PATIENCE = 30.0

_log = logging.getLogger("kinbridge.staff")
_QUICKER = lazy_gettext("a colleague changed the groups meanwhile. Look at them, and change yours again.")


@blueprint.get("/dates/<form>")
@access.needs("manager")
def dates(form: str) -> Response:
    """A group's row, or an empty one for a new group."""
    rows = _rows(form)
    return _ask(form, rows, _sheet(rows, request.args.get("group") or None))


@blueprint.post("/dates/<form>")
@access.needs("manager")
def change_dates(form: str) -> Response:
    """Write the row and publish; families see the old dates until all of it is checked and built."""
    rows, group = _rows(form), typed("was_group", 200) or None
    sheet = posted(_sheet(rows, group), request.form.to_dict(flat=False))
    told = dict(sheet.problems)
    row = sheet.journey.row
    if not told and row[rows.key] != group and row[rows.key] in rows.groups:
        told[rows.key] = _("There is a group of this name. Choose another one.")
    if not told and group is not None and row[rows.key] != group:
        told[rows.key] = _("A group keeps its name: families have signed up under it.")
    if told:
        return _ask(form, rows, sheet, told)
    if typed("mark", 64) != rows.mark:
        return _ask(form, rows, sheet, late=True)
    action = "group.changed" if group else "group.added"
    _publish(rows, rows.with_row(group, row), action, f"{form}/{row[rows.key]}")
    return redirect(url_for("staff.groups"), 303)


def _publish(rows: GroupRows, content: bytes, action: str, subject: str) -> None:
    """Begin to publish behind the page of groups; what families see then stands in the audit as `action`."""
    settings, secret, actor = parts().settings, parts().secret, person().actor
    instance = Instance(settings.instance, settings.var, settings.base_url or None)

    def run(_work: Work) -> list[str]:
        """What stopped it; nothing when families see it."""
        try:
            change(rows, content, jobs_folder(settings) / "groups.lock", lambda: _to_families(instance))
        except FindingsError as error:
            return [str(finding) for finding in error.findings]
        except SiteError as error:
            return [str(error)]
        except Outdated:
            return [_QUICKER]
        store = Store(settings.database_url, lock_wait=PATIENCE)
        try:
            with contextlib.closing(store), store.writing() as connection:
                audit.record(connection, secret, actor, action, subject)
        except Unavailable as error:  # families see it: nothing can be taken back here
            _log.error("Groups were published, and the audit does not say so (%s): %s", error, subject)
        return []

    parts().works.start(visit().lookup, KIND, run)


def _to_families(instance: Instance) -> None:
    publish(instance, message="Groups")


def _rows(form: str) -> GroupRows:
    folder: Path = parts().settings.instance / "datapackages" / form
    try:
        return read_group_rows(folder)
    except (DefinitionError, Unwritable, OSError, KeyError):
        raise NotFound from None


def _sheet(rows: GroupRows, group: str | None) -> Sheet:
    ready = rows.ready(str(get_locale()))
    if group is None:
        return blank(ready)
    row = next((row for row in rows.rows if row.get(rows.key) == group), None)
    if row is None:
        raise NotFound
    return of_rows(ready, {ready.form.resource: [row]}, {}, frozenset())


def _ask(
    form: str, rows: GroupRows, sheet: Sheet, told: dict[str, str] | None = None, late: bool = False
) -> Response:
    asked = sheet.form(judged=False)
    asked.tell(told or {}, instead=True)
    group = typed("was_group", 200) if request.method == "POST" else request.args.get("group", "")
    return page(
        "dates.html",
        _("Change %(group)s", group=group) if group else _("Add a group"),
        422 if told else 409 if late else 200,
        form=form,
        sheet=sheet,
        asked=asked,
        group=group,
        mark=rows.mark,
        late=late,
    )
