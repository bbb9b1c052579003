"""Is the process alive, and can it take answers?"""

from __future__ import annotations

import sqlalchemy as sa
from flask import Blueprint, Response

from forms_service.public.release import NotPublished
from forms_service.public.services import release, services
from forms_service.sealing.recipients import NoRecipients
from forms_service.store import Unavailable
from forms_service.store.tables import descriptors

blueprint = Blueprint("health", __name__)


@blueprint.get("/health/live")
def live() -> Response:
    """200 as long as the process answers."""
    return Response("live\n", mimetype="text/plain")


@blueprint.get("/health/ready")
def ready() -> Response:
    """200 when a family could send a form now; else 503 with the parts that are missing, one a line."""
    missing = []
    try:
        release()
    except NotPublished:
        missing.append("release: run `kinbridge publish`")
    try:
        services().recipients()
    except NoRecipients:
        missing.append("recipients: run `kinbridge keys new`")
    try:
        with services().store.reading() as connection:
            connection.execute(sa.select(descriptors.c.hash).limit(1))
    except Unavailable:
        missing.append("database: it does not answer")
    text = "".join(f"{part}\n" for part in missing) or "ready\n"
    return Response(text, status=503 if missing else 200, mimetype="text/plain")
