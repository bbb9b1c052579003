"""Who may open which page: nobody but signed-in readers, unless the page says otherwise."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import current_app, g, redirect, request, session, url_for
from sqlalchemy.engine import Connection
from werkzeug import Response
from werkzeug.exceptions import Forbidden

from forms_service.staff.console import parts, reading, user_of, writing
from forms_service.store import staff_sessions
from forms_service.store.staff_sessions import CODES, FACTOR, INVITED, PASSWORD, SIGNED_IN, Visit

View = TypeVar("View", bound=Callable[..., Any])

QUIETLY = "X-Kinbridge-Quiet"  # the header of a page that a script asks for while nobody may be there

# Where somebody stands who asks for another page than the one that is next on the way in.
_NEXT = {INVITED: "staff.password", PASSWORD: "staff.second", FACTOR: "staff.factor", CODES: "staff.codes"}


@dataclass(frozen=True)
class Access:
    """Who may: anyone, those at one of these stages, or those with this role.

    A `quiet` page is one that a browser asks for by itself: it keeps no visit alive.
    """

    anyone: bool = False
    stages: tuple[str, ...] = ()
    role: str = "reader"
    quiet: bool = False


class RoleTooLow(Forbidden):
    """The page needs another role."""

    def __init__(self, role: str) -> None:
        super().__init__()
        self.role = role


def for_anyone(view: View) -> View:
    """Marks a page that needs no sign-in."""
    return _mark(view, Access(anyone=True))


def at_stage(*stages: str) -> Callable[[View], View]:
    """Marks a page on the way in."""
    return lambda view: _mark(view, Access(stages=stages))


def quietly(view: View) -> View:
    """Marks a page that a browser asks for while nobody may be there."""
    return _mark(view, Access(quiet=True))


def needs(role: str) -> Callable[[View], View]:
    """Marks a page that needs `manager` or `admin`."""
    return lambda view: _mark(view, Access(role=role))


def recognise() -> None:
    """Find out who asks, from the visit that the cookie names. Raises Unavailable."""
    g.person = g.visit = g.guest = None
    token = session.get("visit")
    if not token:
        return
    with reading() as connection:
        found = staff_sessions.find(connection, token)
        user = user_of(found.user_id) if found else None
    if found is None or user is None or not user.active:
        leave()
        g.ended = True
        return
    if staff_sessions.is_due(found) and not is_quiet():
        with writing() as connection:
            staff_sessions.touch(connection, found)
    g.visit, g.guest = found, user
    g.person = user if found.stage == SIGNED_IN else None


def guard() -> Response | None:
    """Let the request through, or send it where it belongs. Raises RoleTooLow."""
    access = _access()
    if request.endpoint is None or access.anyone:
        return None
    at = here()
    if at is None:
        return _to_sign_in()
    if access.stages:
        return None if at.stage in access.stages else _onward(at)
    if at.stage != SIGNED_IN:
        return _onward(at)
    if not g.person.may(access.role):
        raise RoleTooLow(access.role)
    return None


def begin(user_id: int, stage: str) -> None:
    """Start a visit under a new token, so that nobody who knew the old one comes along."""
    with writing() as connection:
        token = start(connection, user_id, stage)
    carry(token)


def start(connection: Connection, user_id: int, stage: str) -> str:
    """The token of a new visit in place of this browser's, for `carry` once the transaction has ended."""
    staff_sessions.tidy(connection)
    if g.get("visit") is not None:
        staff_sessions.end(connection, g.visit)
    return staff_sessions.start(connection, user_id, stage)


def carry(token: str) -> None:
    """Put the token of a visit that has started into this browser's cookie, which holds nothing older then."""
    onward, language = session.get("onward"), session.get("language")
    session.clear()
    session.update(visit=token, fresh=secrets.token_hex(8))
    for name, value in (("onward", onward), ("language", language)):
        if value:
            session[name] = value


def here() -> Visit | None:
    """This browser's visit, or None."""
    found: Visit | None = g.visit
    return found


def is_quiet() -> bool:
    """Whether a browser asks by itself: that keeps neither the visit nor its keys alive."""
    return _access().quiet or (request.method == "GET" and QUIETLY in request.headers)


def leave() -> None:
    """Forget the visit's cookie and the keys it unlocked; the language stays."""
    if g.get("visit") is not None:
        parts().keys.drop(g.visit.lookup)
        parts().works.drop(g.visit.lookup)
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language


def _access() -> Access:
    view = current_app.view_functions.get(request.endpoint or "")
    found: Access = getattr(view, "access", Access())
    return found


def _to_sign_in() -> Response:
    if request.method == "GET" and not is_quiet():
        session["onward"] = request.path
    return redirect(url_for("staff.login", ended="" if g.get("ended") else None), 303)


def _onward(at: Visit) -> Response:
    return redirect(url_for(_NEXT.get(at.stage, "staff.home")), 303)


def _mark(view: View, access: Access) -> View:
    view.access = access  # type: ignore[attr-defined]
    return view
