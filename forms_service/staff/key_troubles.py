"""What is wrong with keys, in the reader's language: the command line's own words are English."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _

from forms_service.sealing.identity import IdentityError, WrongPassphrase
from forms_service.sealing.keyring import BadName, LastReader, NobodyReads, NoReader, ReadsAlready

_TEXTS: Mapping[type[IdentityError], str] = {
    WrongPassphrase: _("This passphrase does not open the answers. Try again."),
    NobodyReads: _(
        "There is no key with a passphrase yet. Whoever runs Kinbridge for you makes one with `kinbridge keys new`."
    ),
    NoReader: _("Nobody of this name reads or asks to read any more. Reload the page."),
    ReadsAlready: _("Somebody of this name reads already. Reload the page."),
    LastReader: _("This is the last one who can read. Let somebody else read first, or nobody can."),
    BadName: _(
        "Your e-mail address is too long to name a reader by. Ask an admin for an account with a shorter one."
    ),
}
_FILES = _(
    "Something is wrong with the clinic’s key files. Nothing was changed. "
    "Tell whoever runs Kinbridge for you: `kinbridge doctor` looks for the cause."
)


def told(error: IdentityError) -> str:
    """What happened, and what to do next."""
    return str(_TEXTS.get(type(error), _FILES))
