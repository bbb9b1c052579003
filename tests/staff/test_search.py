"""Finding a family by name, among answers that are opened in memory for it."""

from __future__ import annotations

import time
from urllib.parse import urlsplit

from forms_service.store import Store
from forms_service.store.tables import submissions
from tests.commands.running import send
from tests.instances import Instance
from tests.staff.colleague import Colleague, errors_of, heading_of, run
from tests.staff.conftest import Invite


def unlocked(colleague: Colleague) -> Colleague:
    colleague.open("/staff/unlock")
    colleague.send("/staff/unlock")
    return colleague


def found(colleague: Colleague, **typed: str) -> str:
    """The page once the search is done."""
    colleague.open("/staff/search")
    page = colleague.send("/staff/search", True, **{"form": "intake", **typed})
    for _ in range(200):
        if "Refresh" not in page.headers:
            return page.text
        time.sleep(0.05)
        page = colleague.open("/staff/search")
    raise AssertionError("the search never ends")


def test_a_name_is_found_without_accents_and_capitals(invited: Invite, instance: Instance) -> None:
    wanted, other = send(instance, "intake"), send(instance)
    ana = unlocked(invited())
    page = found(ana, name="zoe QUISPE")
    assert "1 found" in page and wanted in page and "Zoé" in page and other not in page
    assert "0 found" in found(ana, name="Nobody Else")
    assert "0 found" in found(ana, name="zoe", until="2020-01-01")
    assert other in found(ana, name="quispe", form="support-group")


def test_what_does_not_open_is_said_and_not_passed_over(invited: Invite, instance: Instance) -> None:
    damaged, wanted = send(instance, "intake"), send(instance, "intake")
    store = Store(instance.settings.database_url)
    with store.writing() as connection:
        spoil = submissions.update().where(submissions.c.reference == damaged).values(sealed=b"damaged")
        connection.execute(spoil)
    store.close()
    page = found(unlocked(invited()), name="zoe")
    assert "1 found" in page and wanted in page
    assert "1 answer does not open and was not looked through." in page and "kinbridge doctor" in page


def test_what_was_searched_for_stands_nowhere(invited: Invite, instance: Instance) -> None:
    send(instance, "intake")
    ana = unlocked(invited())
    ana.open("/staff/search")
    page = ana.send("/staff/search", name="Quispe", form="intake")
    assert "Quispe" not in urlsplit(page.request.url).query
    audit = run(instance, "audit", "export").stdout
    assert "submissions.searched" in audit and "uispe" not in audit.lower()


def test_what_was_found_is_gone_when_the_answers_are_locked(invited: Invite, instance: Instance) -> None:
    send(instance, "intake")
    ana = unlocked(invited())
    assert "Zoé" in found(ana, name="zoe")
    ana.open("/staff/")
    ana.send("/staff/lock")
    assert heading_of(ana.open("/staff/search")) == "Unlock the answers"
    unlocked(ana)
    assert "Zoé" not in ana.open("/staff/search").text
    ben = unlocked(invited(email="ben@clinic.example"))
    assert "Zoé" not in ben.open("/staff/search").text


def test_nonsense_is_refused_beside_its_field(invited: Invite, instance: Instance) -> None:
    send(instance, "intake")
    ana = unlocked(invited())
    ana.open("/staff/search")
    assert errors_of(ana.send("/staff/search", name=" x ", form="intake")) == [
        "Write at least 2 letters of the name."
    ]
    page = ana.send("/staff/search", name="Zoe", form="intake", since="then")
    assert page.status_code == 422 and 'value="Zoe"' in page.text
    assert "0 found" in found(ana, name="zoe", form="nothing")
