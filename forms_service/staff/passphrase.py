"""Passphrases of the console: choosing one, and typing one's own again before something grave."""

from __future__ import annotations

from flask_babel import gettext as _

from forms_service.sealing.identity import Identity, IdentityError, WrongPassphrase
from forms_service.sealing.keyring import SHORTEST
from forms_service.staff.console import key_files, note, person, writing
from forms_service.staff.key_troubles import told
from forms_service.staff.known_browsers import tries
from forms_service.staff.opened import Closed
from forms_service.staff.throttle import Throttle
from forms_service.staff.waiting import wait_page

LONGEST = 200  # characters


def chosen(new: str, again: str) -> dict[str, str]:
    """What is wrong with a new passphrase that was typed twice, by field; empty when it can be taken."""
    if not SHORTEST <= len(new) <= LONGEST:
        text = _(
            "Use at least %(number)s characters. Four or five words are easy to remember.", number=SHORTEST
        )
        return {"new": text}
    return {} if again == new else {"again": _("Type the same passphrase twice.")}


def wrong(slow: Throttle, error: WrongPassphrase) -> str:
    """What to tell after a wrong passphrase, which is counted; the audit says when that slows somebody down."""
    if slow.wrong():
        with writing() as connection:
            note(connection, "reading.slowed-down")
    return told(error)


def not_proven(identity: Identity, passphrase: str) -> str:
    """What to tell somebody whose passphrase is not the one that unlocked these keys; empty when it is.

    A demo's key has none. Raises Closed with the page that says how long to wait, after too many wrong ones.
    """
    slow = tries("passphrase", person().email, person())
    if slow.wait:
        raise Closed(wait_page(slow))
    try:
        if key_files().locks_with_passphrase():
            key_files().unlock(passphrase, identity.reader)
    except WrongPassphrase as error:
        return wrong(slow, error)
    except IdentityError as error:
        return told(error)
    slow.right()
    return ""
