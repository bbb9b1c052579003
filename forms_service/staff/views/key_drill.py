"""The drill in the console: the key on the printed sheet, typed in, is tried on the newest answers and forgotten."""

from __future__ import annotations

from flask_babel import gettext as _
from werkzeug import Response

from forms_service.sealing.identity import Identity, IdentityError
from forms_service.sealing.sheet import Mistyped, number_of_lines, read_sheet
from forms_service.staff import access
from forms_service.staff.console import blueprint, key_files, note, reading, writing
from forms_service.staff.key_troubles import told
from forms_service.staff.pages import page, typed
from forms_service.upkeep.drill import Drilled, drill


@blueprint.get("/keys/drill")
@access.needs("admin")
def key_drill() -> Response:
    """Ask for the lines of the sheet."""
    return _show()


@blueprint.post("/keys/drill")
@access.needs("admin")
def try_sheet() -> Response:
    """Say what they open. They stand in no page, no log and no file."""
    try:
        return _tried(read_sheet(typed("key").splitlines()))
    except Mistyped as error:
        if error.line is not None:
            return _show(
                key=_("Line %(number)s is not as it was printed. Look at it again.", number=error.line)
            )
        return _show(key=_("Type all %(number)s lines, each on a line of its own.", number=number_of_lines()))
    except IdentityError as error:
        return _show(key=told(error))


def _tried(identity: Identity) -> Response:
    with reading() as connection:
        done = drill(connection, key_files(), identity)
    with writing() as connection:
        note(connection, "drill.done", detail=done.detail)
    return _show(done)


def _show(done: Drilled | None = None, **errors: str) -> Response:
    title = _("Try the printed key")
    return page("key_drill.html", title, errors=errors, done=done, lines=number_of_lines())
