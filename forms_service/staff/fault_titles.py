"""What is not well, in the reader's language; the doctor's own line says cause and mend to whoever runs Kinbridge."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _

TITLES: Mapping[str, str] = {
    "backup-stale": _("The newest back-up is too old, or there is none."),
    "backup-unreadable": _("The newest back-up cannot be read."),
    "backup-failed": _("Last night’s back-up failed."),
    "purge-failed": _("Last night’s erasing failed."),
    "base-url": _("Links to the forms lead to this machine only."),
    "base-url-http": _("What families send travels without encryption."),
    "clock-behind": _("The clock of this machine is behind."),
    "database-away": _("The database does not answer."),
    "database-damaged": _("The database is damaged."),
    "database-locked": _("Another program holds the database."),
    "database-missing": _("The database is missing."),
    "database-newer": _("The database belongs to a newer Kinbridge."),
    "database-old": _("The database waits for its update."),
    "demo-public": _("A demonstration can be reached by everybody."),
    "disk-full": _("The disk is nearly full."),
    "doctor": _("One of these checks failed itself."),
    "form-left-out": _("A form is not published."),
    "former-recipient": _("Answers are still sealed to a former key, too."),
    "instance-broken": _("The clinic’s settings cannot be read."),
    "key-bare": _("The clinic’s key has no passphrase."),
    "keys-damaged": _("The clinic’s key files cannot be read."),
    "keys-open": _("Others on this machine can read the key files."),
    "leftover": _("Something was left behind by a run that was cut off."),
    "limits-apart": _("Guesses of codes are counted apart by each process."),
    "limits-away": _("Guesses of codes cannot be counted."),
    "mail-from": _("Mails have no sender."),
    "no-recipients": _("Families cannot send anything: there is no key to seal it to."),
    "no-release": _("Nothing is published."),
    "pango-missing": _("Print copies cannot be made."),
    "passphrase-missing": _("The file with the passphrase is missing."),
    "postgresql-old": _("The database’s software is too old."),
    "proxies-untrusted": _("Pages do not know that they are encrypted."),
    "purge-overdue": _("Answers are kept longer than families were promised."),
    "recipients-foreign": _("What families send now does not open with the clinic’s key."),
    "release-broken": _("What is published cannot be read."),
    "release-old": _("Changes to the content are not published yet."),
    "rotation-unfinished": _("The change to a new key was interrupted."),
    "secret-missing": _("The signing secret is missing."),
    "secret-open": _("Others on this machine can read the signing secret."),
    "secret-short": _("The signing secret is too short."),
    "smtp-refused": _("The mail server does not answer."),
    "staff-url": _("Passkeys do not work at the console’s address."),
    "timezone": _("The clinic’s time zone is none."),
    "var-in-git": _("The content’s history holds files that must not be in it."),
    "var-unwritable": _("Nothing can be written on this machine’s disk."),
    "workers": _("Too many processes share this machine."),
}


def title_of_fault(code: str) -> str:
    """What is called so, in words; the code itself when it has none."""
    return str(TITLES.get(code, code))
