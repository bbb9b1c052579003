"""Keys: one's own passphrase, who may read, and a new key for the clinic."""

from __future__ import annotations

from flask import redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug import Response

from forms_service.sealing.identity import IdentityError, WrongPassphrase
from forms_service.sealing.keyring import SHORTEST, Keys
from forms_service.staff import access
from forms_service.staff.console import blueprint, key_files, note, parts, person, visit, writing
from forms_service.staff.first_key import has_no_key
from forms_service.staff.key_troubles import told
from forms_service.staff.known_browsers import tries
from forms_service.staff.opened import require_identity, unlocked_identity
from forms_service.staff.pages import page, typed
from forms_service.staff.passphrase import LONGEST, chosen
from forms_service.staff.waiting import wait_page
from forms_service.staff.working import Work, looked_at_again
from forms_service.store import Store, audit
from forms_service.upkeep.rotation import rotate

KIND = "rotation"
_BEFORE_OTHERS = lazy_gettext(
    "Choose a passphrase of your own first, and let yourself read: after this, the clinic’s first one opens nothing here."
)


@blueprint.get("/keys")
def keys() -> Response:
    """One's own passphrase; for admins who may read, who asks to, and how old the key is."""
    work = parts().works.of(visit().lookup, KIND)  # before the page, which may show more than this
    return looked_at_again(_show(), work, 2)


@blueprint.post("/keys/passphrase")
def own_passphrase() -> Response:
    """Ask to read with a passphrase of one's own, or change it."""
    old, new = typed("old", LONGEST + 1), typed("new", LONGEST + 1)
    if trouble := chosen(new, typed("again", LONGEST + 1)):
        return _show(**trouble)
    slow = tries("passphrase", person().email, person())
    if slow.wait:
        return wait_page(slow)
    name, files = person().email, key_files()
    try:
        keyring = files.read()
        own = keyring.reader_of(name) if keyring else None
        if own is not None:
            files.change_passphrase(own.name, old, new)
        else:
            files.ask_to_read(name, new)
    except WrongPassphrase as error:
        slow.wrong()
        return _show(old=told(error))
    except IdentityError as error:
        return _show(new=told(error))
    slow.right()
    _record("reader.asked" if own is None else "passphrase.changed", name)
    return redirect(url_for("staff.keys"), 303)


@blueprint.post("/keys/readers/<any(admit, refuse, remove):what>")
@access.needs("admin")
def change_readers(what: str) -> Response:
    """Let somebody read who asked, or take reading away."""
    name, files = typed("name", 255), key_files()
    try:
        if what == "admit":
            identity = require_identity(url_for("staff.keys"))
            if not _reads_after(files, name):
                return _show(readers=_BEFORE_OTHERS)
            files.admit(identity, name)
        elif what == "refuse":
            files.refuse(name)
        else:
            files.remove_reader(name)
    except IdentityError as error:
        return _show(readers=told(error))
    _record({"admit": "reader.added", "refuse": "reader.refused", "remove": "reader.removed"}[what], name)
    return redirect(url_for("staff.keys"), 303)


@blueprint.post("/keys/rotate")
@access.needs("admin")
def begin_rotation() -> Response:
    """Make a new key and seal everything to it; whatever stops it, the next time goes on."""
    identity = require_identity(url_for("staff.keys"))
    _record("rotation.begun")
    store, files, secret, actor = parts().store, key_files(), parts().secret, person().actor

    def run(work: Work) -> int:
        done = rotate(files, store, identity, work.at)
        _record_for(store, secret, actor, {"resealed": done.resealed, "unopened": len(done.unopened)})
        return done.resealed

    parts().works.start(visit().lookup, KIND, run)
    return redirect(url_for("staff.keys"), 303)


def _reads_after(files: Keys, name: str) -> bool:
    """Whether who lets `name` read still can afterwards: the clinic's first passphrase opens nothing from then on."""
    keyring, own = files.read(), person().email
    reads = keyring is not None and keyring.reader_of(own) is not None
    return reads or name == own or not files.locks_with_passphrase()


def _show(**errors: str) -> Response:
    files: Keys = key_files()
    trouble, keyring, locked = "", None, True
    try:
        keyring, locked = files.read(), files.locks_with_passphrase()
    except IdentityError as error:
        trouble = told(error)
    name = person().email
    return page(
        "keys.html",
        _("Keys"),
        errors=errors,
        trouble=trouble,
        keyring=keyring,
        locked=locked,
        keyless=has_no_key(),
        reads=keyring is not None and keyring.reader_of(name) is not None,
        asks=keyring is not None and any(each.name == name for each in keyring.waiting),
        is_open=unlocked_identity() is not None,
        work=parts().works.of(visit().lookup, KIND),
        least=SHORTEST,
    )


def _record(action: str, subject: str = "") -> None:
    """Keys lie in files, so the line stands beside what was done, not in one transaction with it."""
    with writing() as connection:
        note(connection, action, subject)


def _record_for(store: Store, secret: bytes, actor: str, detail: audit.Detail) -> None:
    with store.writing() as connection:
        audit.record(connection, secret, actor, "rotation.done", detail=detail)
