"""The console's names for roles and states, and for what the audit writes down."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _

ROLE_NAMES: Mapping[str, str] = {"reader": _("reader"), "manager": _("manager"), "admin": _("admin")}
ROLE_HINTS: Mapping[str, str] = {
    "reader": _("Reads answers."),
    "manager": _("Reads answers, and manages groups, exports and how long answers are kept."),
    "admin": _("All of that, and manages people and keys."),
}
STATE_NAMES: Mapping[str, str] = {
    "ready": _("can sign in"),
    "invited": _("invited, link not used yet"),
    "not ready": _("cannot sign in yet: make a new link"),
    "disabled": _("disabled"),
}
STATUS_NAMES: Mapping[str, str] = {"new": _("new"), "in-progress": _("in progress"), "done": _("done")}
PLACE_NAMES: Mapping[str, str] = {
    "confirmed": _("has a place"),
    "offered": _("is offered a place"),
    "waiting": _("waits for a place"),
    "cancelled": _("sign-up cancelled"),
}
# One line for each action that is ever recorded; one without a line is shown by its own name.
ACTION_NAMES: Mapping[str, str] = {
    "backup.made": _("Made a back-up"),
    "backup.restored": _("Brought a back-up back"),
    "drill.done": _("Tried the printed key"),
    "group.added": _("Added a group"),
    "group.changed": _("Changed a group"),
    "group.read": _("Read the register of a group"),
    "group.moved": _("Moved a sign-up"),
    "group.cancelled": _("Cancelled a sign-up"),
    "staff.codes": _("Made new recovery codes"),
    "key.made": _("Made the clinic’s key"),
    "passphrase.changed": _("Changed a passphrase"),
    "reader.asked": _("Asked to read"),
    "reader.refused": _("Did not let somebody read"),
    "reader.added": _("Let somebody read"),
    "reader.removed": _("Took reading away from somebody"),
    "rotation.begun": _("Began a new key"),
    "rotation.done": _("Sealed everything to the new key"),
    "sheet.written": _("Wrote the key for the safe"),
    "reading.locked": _("Locked the answers again"),
    "reading.slowed-down": _("Too many wrong passphrases"),
    "reading.unlocked": _("Unlocked the answers"),
    "staff.disabled": _("Disabled an account"),
    "staff.enabled": _("Let an account in again"),
    "staff.invited": _("Invited somebody"),
    "staff.password": _("Chose a password"),
    "staff.second-factor": _("Set up a second factor"),
    "staff.signed-in": _("Signed in"),
    "staff.signed-out": _("Signed out"),
    "staff.signed-out-everywhere": _("Signed out everywhere"),
    "staff.slowed-down": _("Too many wrong tries to sign in"),
    "submission.erased": _("Erased a submission"),
    "submission.corrected": _("Corrected an answer"),
    "submission.entered": _("Entered a form for a family"),
    "submission.downloaded": _("Downloaded a submission"),
    "submission.marked": _("Changed where a submission stands"),
    "submission.noted": _("Wrote a note about a submission"),
    "submission.read": _("Read a submission"),
    "submission.withdrawn": _("A family withdrew its submission"),
    "submissions.searched": _("Searched by name"),
    "submissions.exported": _("Exported submissions"),
    "submissions.previewed": _("Opened submissions to look through an export before it leaves"),
    "submissions.purged": _("Erased what was too old"),
}


def action_name(action: str) -> str:
    """What an action is called for people."""
    return str(ACTION_NAMES.get(action, action))
