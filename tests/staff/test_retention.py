"""The console says what is erased when, and erases it."""

from __future__ import annotations

import json
from datetime import timedelta

import sqlalchemy as sa

from forms_service.store import Store
from forms_service.store.tables import submissions
from forms_service.store.times import now, stamp
from tests.commands.running import send
from tests.instances import Instance
from tests.staff.colleague import run
from tests.staff.conftest import Invite


def sent_days_ago(instance: Instance, days: int) -> str:
    """The reference of a sign-up that came so many days ago."""
    reference = send(instance)
    store = Store(instance.settings.database_url)
    with store.writing() as connection:
        when = stamp(now() - timedelta(days=days))
        connection.execute(
            sa.update(submissions).where(submissions.c.reference == reference).values(submitted_at=when)
        )
    store.close()
    return reference


def test_what_is_erased_when_is_said_in_words(invited: Invite, instance: Instance) -> None:
    sent_days_ago(instance, 1)
    page = invited("manager").open("/staff/retention").text
    assert "Join a parent support group" in page and "1 year" in page
    assert "14 days after it was last saved" in page and "24 hours" in page
    assert "Back-ups still hold what was erased for 14 days." in page
    assert "Erase now what is over" not in page


def test_what_is_over_can_be_erased_at_once_and_nothing_else_is(invited: Invite, instance: Instance) -> None:
    young, old = sent_days_ago(instance, 1), sent_days_ago(instance, 400)
    manager = invited("manager")
    assert "Erase now what is over" in manager.open("/staff/retention").text
    assert "Erase now what is over" not in manager.send("/staff/retention").text
    left = [one["reference"] for one in json.loads(run(instance, "submissions", "list", "--json").stdout)]
    assert left == [young] and old not in left
    assert "submissions.purged" in run(instance, "audit", "export").stdout


def test_a_reader_may_not(invited: Invite) -> None:
    ana = invited()
    assert ana.open("/staff/retention").status_code == 403
    assert ana.send("/staff/retention").status_code == 403
