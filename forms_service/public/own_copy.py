"""The family's own copy of what it sent, for 24 hours: a page to print, and a data package to keep."""

from __future__ import annotations

from io import BytesIO

from flask_babel import gettext as _
from werkzeug import Response

from forms_service.packages.export import Export, Opened, write_zip
from forms_service.packages.submission import files_of
from forms_service.public import errors, pages
from forms_service.public.blueprint import blueprint
from forms_service.public.receipts import Receipt, receipt_of
from forms_service.public.services import published, services
from forms_service.public.uploads import opened
from forms_service.rendering.summary import sections
from forms_service.sealing.drafts import key_of
from forms_service.store import files

FIRST = 1  # the number of the only submission: what number it has at the clinic would tell how many there are


@blueprint.get("/<form>/print")
def own_copy(form: str) -> Response:
    """All answers on one page, to print."""
    published(form)
    receipt = receipt_of(form)
    if receipt is None or receipt.plain is None:
        return errors.gone()
    ready, rows = receipt.ready, receipt.plain["rows"]
    (row,) = rows[ready.form.resource]
    answered = sections(ready, ready.judge.row(row), items=ready.items(rows), files=files_of(receipt.plain))
    return pages.page("print.html", _("Your answers"), form=ready.form, receipt=receipt, sections=answered)


@blueprint.get("/<form>/answers.zip")
def own_package(form: str) -> Response:
    """All answers as a data package of one submission."""
    published(form)
    receipt = receipt_of(form)
    if receipt is None or receipt.plain is None:
        return errors.gone()
    out = BytesIO()
    write_zip(out, _export(receipt))
    response = Response(out.getvalue(), mimetype="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{form}.zip"'
    return response


def _export(receipt: Receipt) -> Export:
    submission = Opened.of(FIRST, receipt.submission, receipt.plain or {})
    key = key_of(receipt.code)

    def content(name: str) -> bytes | None:
        with services().store.reading() as connection:
            sealed = files.of_copy(connection, key.lookup, name)
        return opened(key, name, submission.files[name], sealed)

    return Export.of_one(submission, receipt.descriptor, content)
