"""How long answers are kept: what will be erased when, and erasing now what its time is over."""

from __future__ import annotations

from flask import redirect, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug import Response

from forms_service.rendering.durations import in_words
from forms_service.staff import access
from forms_service.staff.console import blueprint, parts, person, reading
from forms_service.staff.pages import page
from forms_service.store import copies, drafts
from forms_service.store.times import now, stamp
from forms_service.upkeep.daily import PURGE, jobs_folder
from forms_service.upkeep.jobs import last_run
from forms_service.upkeep.retention import MOST_COUNTED, SOON, promised, purge


@blueprint.get("/retention")
@access.needs("manager")
def retention() -> Response:
    """What each form promised the families, and what follows from it."""
    at, settings = now(), parts().settings
    with reading() as connection:
        kept = promised(connection, at, str(get_locale()))
    listed = [
        (one, in_words(one.retention) if one.retention else "", stamp(one.first) if one.first else "")
        for one in kept
    ]
    last = last_run(jobs_folder(settings), PURGE)
    return page(
        "retention.html",
        _("How long answers are kept"),
        listed=listed,
        over=[one for one in kept if one.first is not None and one.first <= at],
        soon=SOON.days,
        most=MOST_COUNTED,
        purge_at=settings.purge_at,
        last=last,
        owed=parts().store.owes_forgetting,
        draft_days=drafts.LIFETIME.days,
        copy_hours=int(copies.LIFETIME.total_seconds() // 3600),
        backup_days=settings.backups_kept if settings.backup_at is not None else 0,
    )


@blueprint.post("/retention")
@access.needs("manager")
def erase_due() -> Response:
    """Erase what its time is over, without waiting for the night."""
    purge(parts().store, now(), parts().secret, person().actor)
    return redirect(url_for("staff.retention"), 303)
