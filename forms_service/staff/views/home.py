"""The first page: for now what to type to read answers."""

from __future__ import annotations

from flask_babel import gettext as _
from werkzeug import Response

from forms_service.staff.console import blueprint, parts
from forms_service.staff.pages import page


@blueprint.get("/")
def home() -> Response:
    """What to type to read answers."""
    return page("home.html", _("Answers"), identity=parts().settings.identity_file)
