"""The notices of this clinic: to whom, in which words, and the thread that sends them."""

from __future__ import annotations

import logging
import threading
import time
from datetime import timedelta
from email.message import EmailMessage

from flask import Flask
from flask_babel import force_locale
from flask_babel import gettext as _

from forms_service.durable import locked
from forms_service.staff.accounts import everybody
from forms_service.staff.console import parts, reading
from forms_service.staff.forms import title_of
from forms_service.store import Unavailable
from forms_service.store.times import now
from forms_service.upkeep.daily import jobs_folder
from forms_service.upkeep.notices import Due, MailRefused, announce, post_by

EVERY = 60.0  # seconds

_log = logging.getLogger("kinbridge.notices")


def start(app: Flask) -> None:
    """Send notices from now on, in a thread that ends with the process; never when no mail server is set."""
    if app.extensions["kinbridge-staff"].settings.smtp_url:
        threading.Thread(target=_loop, args=(app,), name="notices", daemon=True).start()


def send_due(app: Flask) -> int:
    """Announce what is due now; how many answers. Raises MailRefused and Unavailable."""
    with app.app_context():
        settings, clinic = parts().settings, parts().clinic
        try:
            with (
                locked(jobs_folder(settings) / "notices.lock", wait=False),
                force_locale(clinic.languages[0]),
            ):
                with reading():
                    people = [
                        user.email for user in everybody(parts().sessions()) if user.active and user.password
                    ]
                if not people:
                    return 0
                within = timedelta(hours=clinic.urgent_hours)
                return announce(parts().store, now(), within, _write, post_by(settings.smtp_url, people))
        except BlockingIOError:
            return 0  # another process does it


def _loop(app: Flask) -> None:
    while True:
        time.sleep(EVERY)
        try:
            send_due(app)
        except MailRefused as error:
            _log.error("Notices could not be mailed (%s): `kinbridge doctor` looks for the cause", error)
        except (Unavailable, OSError) as error:
            _log.error("Notices could not be made: %s", error)


def _write(due: Due) -> EmailMessage:
    """A form's name and a link; not who, not what, not how many are urgent."""
    settings, clinic = parts().settings, parts().clinic
    mail = EmailMessage()
    named = ", ".join(map(title_of, due.forms))
    mail["Subject"] = (
        _("Still waiting: %(forms)s", forms=named) if due.again else _("New: %(forms)s", forms=named)
    )
    mail["From"] = settings.mail_from
    mail["To"] = settings.mail_from
    mail["Auto-Submitted"] = "auto-generated"
    link = f"{settings.staff_url.rstrip('/')}/staff/"
    mail.set_content(f"{clinic.name}\n{named}\n\n{link}\n")
    return mail
