"""Whether the clinic has a key at all."""

from __future__ import annotations

from forms_service.sealing.identity import IdentityError
from forms_service.sealing.recipients import NoRecipients, read_recipients
from forms_service.staff.console import key_files


def has_no_key() -> bool:
    """Whether nothing here seals or opens, and nothing did: a first key then replaces none. A damaged one is one."""
    files = key_files()
    try:
        if files.identity_file.exists() or files.read() is not None:
            return False
    except IdentityError:
        return False
    try:
        read_recipients(files.recipients_file)
    except NoRecipients:
        return True
    return False
