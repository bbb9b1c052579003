"""Groups in the console: numbers, the register, moving somebody, a group that was taken out."""

from __future__ import annotations

import json
import re
from threading import Thread

import pytest
from werkzeug.test import TestResponse

from forms_service.store import Store, places
from forms_service.upkeep.signups import Overtaken, forms_with_places, move
from tests.commands.running import send
from tests.families import SUPPORT_GROUP, Family, reference_of
from tests.instances import Instance
from tests.staff.colleague import Colleague, errors_of, run
from tests.staff.conftest import Invite

GROUP = "worries-2027-01"
ADDRESS = f"/staff/groups/support-group/{GROUP}"


@pytest.fixture
def boss(invited: Invite) -> Colleague:
    return invited("manager", "boss@clinic.example")


def shown(instance: Instance, group: str = GROUP) -> dict[str, list[str]]:
    found: dict[str, list[str]] = json.loads(run(instance, "groups", "show", group, "--json").stdout)
    return found


def test_the_register_shows_names_only_once_unlocked_and_the_audit_says_so(
    invited: Invite, instance: Instance
) -> None:
    reference = send(instance)
    ana = invited()
    page = ana.open("/staff/groups")
    assert f'href="{ADDRESS}"' in page.text
    page = ana.open(ADDRESS)
    assert reference in page.text and "Ana Quispe" not in page.text
    assert "1 of 12 places taken" in page.text and "Move" not in page.text
    ana.open("/staff/unlock")
    ana.send("/staff/unlock")
    page = ana.open(ADDRESS)
    assert "Ana Quispe" in page.text and "ana@example.org" in page.text
    exported = run(instance, "audit", "export").stdout
    assert "group.read" in exported and "Ana Quispe" not in exported


def was(colleague: Colleague, reference: str, address: str = ADDRESS) -> str:
    """How a sign-up stands, as its form on the register was made with."""
    row = colleague.open(address).text.partition(f'name="reference" value="{reference}"')[2]
    return row.partition('name="was" value="')[2].partition('"')[0]


def moved(colleague: Colleague, reference: str, to: str, address: str = ADDRESS) -> TestResponse:
    """Open the register and move a sign-up."""
    return colleague.send(address, reference=reference, was=was(colleague, reference, address), to=to)


def another(instance: Instance) -> str:
    """A group that is not GROUP."""
    others = [item["group"] for item in json.loads(run(instance, "groups", "list", "--json").stdout)]
    return str(next(group for group in others if group != GROUP))


def test_a_manager_moves_a_family_and_a_reader_may_not(
    boss: Colleague, invited: Invite, instance: Instance
) -> None:
    reference = send(instance)
    assert moved(boss, reference, "waiting").status_code == 200
    assert shown(instance)["confirmed"] == []
    other = another(instance)
    moved(boss, reference, f"group:{other}")
    assert shown(instance, other)["confirmed"] == [reference]
    ana = invited()
    ana.open(ADDRESS)
    assert ana.send(ADDRESS, reference=reference, to="waiting").status_code == 403
    assert moved(boss, reference, "group:nowhere").status_code == 404
    assert boss.send(ADDRESS, reference="0000-0000", to="waiting").status_code == 404


def test_of_two_who_move_one_sign_up_the_second_is_shown_where_it_is(
    boss: Colleague, invited: Invite, instance: Instance
) -> None:
    eva = invited("manager", "eva@clinic.example")
    reference, other = send(instance), another(instance)
    seen = was(eva, reference)
    moved(boss, reference, "waiting")
    late = eva.send(ADDRESS, reference=reference, was=seen, to="waiting")
    assert late.status_code == 409 and "Somebody was quicker." in late.text
    assert "is offered a place. You wanted: waits for a place." in late.text
    seen = was(eva, reference)
    moved(boss, reference, f"group:{other}")
    late = eva.send(ADDRESS, reference=reference, was=seen, to="confirmed")
    assert late.status_code == 409 and "has a place. You wanted: has a place." in late.text
    assert f"/staff/groups/support-group/{other}" in late.text
    assert shown(instance, other)["confirmed"] == [reference]


def test_of_two_who_move_one_sign_up_in_the_same_moment_one_is_told(instance: Instance) -> None:
    reference = send(instance)
    form = forms_with_places(instance.root)["support-group"]
    store = Store(instance.settings.database_url)
    told: list[Overtaken] = []

    def second(seen: places.Place) -> None:
        with pytest.raises(Overtaken) as overtaken, store.writing() as connection:
            move(connection, form, seen, GROUP, "waiting")
        told.append(overtaken.value)

    with store.reading() as connection:
        seen = places.find(connection, reference)
    assert seen is not None
    thread = Thread(target=second, args=(seen,))
    with store.writing() as connection:
        move(connection, form, seen, "carers-2027-05", "confirmed")
        thread.start()
        thread.join(0.3)
    thread.join(5)
    store.close()
    (overtaken,) = told
    assert overtaken.place is not None and overtaken.place.group_key == "carers-2027-05"


def small(instance: Instance) -> None:
    """The group has one place."""
    for folder in (instance.root / "datapackages", instance.release / "private" / "forms"):
        file = folder / "support-group" / "groups.csv"
        file.write_text(file.read_text("utf-8").replace(",12,", ",1,"), "utf-8")


def sign_up(instance: Instance) -> tuple[Family, str]:
    """A family that has sent its sign-up, waiting if it must, and the reference."""
    family = Family(instance.app().test_client(), "support-group")
    family.start()
    family.walk(SUPPORT_GROUP)
    sent = family.client.post(family.address("check"), data={"csrf_token": family.token, "place": "waiting"})
    return family, reference_of(family.open(sent.headers["Location"]))


def test_a_sign_up_is_cancelled_for_a_family_that_phones_and_its_answers_stay(
    boss: Colleague, invited: Invite, instance: Instance
) -> None:
    small(instance)
    (family, first), (_, second), (_, third) = (sign_up(instance) for _ in range(3))
    assert f"/staff/answers/{first}/cancel" in boss.open(ADDRESS).text
    asked = boss.open(f"/staff/answers/{first}/cancel").text
    page = boss.send(f"/staff/answers/{first}/cancel", True, **carried(asked))
    assert shown(instance) == {"group": GROUP, "confirmed": [], "offered": [second], "waiting": [third]}
    row = page.text.partition(f">{first}</a>")[2].partition("</tr>")[0]
    assert "sign-up cancelled" in row and "phone them before" in page.text
    boss.open("/staff/unlock")
    read = boss.send("/staff/unlock", onward=f"/staff/answers/{first}").text
    assert "sign-up cancelled" in read and "Ana Quispe" in read
    assert f"/staff/answers/{first}/cancel" not in read
    assert f"/staff/answers/{third}/cancel" in boss.open(f"/staff/answers/{third}").text
    done = family.open(family.address("done")).text
    assert "Your sign-up for this group is cancelled." in done and "You have a place." not in done
    assert "You hear from us" not in done
    family.client.post(family.address("done"), data={"csrf_token": family.token, "decline": "yes"})
    assert "is cancelled" in family.open(family.address("done")).text
    assert family.client.get("/forms/support-group/group.ics").status_code == 410
    lines = [json.loads(line) for line in run(instance, "audit", "export").stdout.splitlines()]
    (line,) = [line for line in lines if line["action"] == "group.cancelled"]
    assert (line["subject"], line["detail"]) == (first, {"group": GROUP})
    moved(boss, first, "waiting")
    assert shown(instance)["waiting"] == [third, first], "it can be taken back, at the end of the line"
    assert run(instance, "submissions", "erase", first).exit_code == 0


def test_only_a_manager_cancels_and_overrules_no_colleague(
    boss: Colleague, invited: Invite, instance: Instance
) -> None:
    reference = send(instance)
    address = f"/staff/answers/{reference}/cancel"
    ana = invited()
    assert ana.open(address).status_code == 403 and ana.send(address).status_code == 403
    asked = carried(boss.open(address).text)
    eva = invited("manager", "eva@clinic.example")
    moved(eva, reference, f"group:{another(instance)}")
    late = boss.send(address, True, **asked)
    assert late.status_code == 409 and "has a place. You wanted: sign-up cancelled." in late.text
    assert shown(instance, another(instance))["confirmed"] == [reference]
    assert boss.send(address, True, **carried(late.text)).status_code == 200
    assert shown(instance, another(instance))["confirmed"] == []
    assert "is cancelled already" in boss.open(address).text
    assert boss.open("/staff/answers/0000-0000/cancel").status_code == 404


def carried(page: str) -> dict[str, str]:
    """What the page of cancelling sends with its button."""
    asked = page.partition('/cancel">')[2]
    return dict(re.findall(r'name="(form|group|was)" value="([^"]*)"', asked))


def test_nobody_is_moved_into_a_full_group(boss: Colleague, instance: Instance) -> None:
    file = instance.root / "datapackages" / "support-group" / "groups.csv"
    file.write_text(file.read_text("utf-8").replace(",12,", ",0,"), "utf-8")
    reference = send(instance)
    moved(boss, reference, "waiting")
    page = moved(boss, reference, "confirmed")
    assert page.status_code == 422 and "is full. Move somebody out first" in errors_of(page)[0]


def test_a_group_taken_out_while_families_are_in_it_says_what_to_do(
    boss: Colleague, instance: Instance
) -> None:
    reference = send(instance)
    file = instance.root / "datapackages" / "support-group" / "groups.csv"
    lines = [line for line in file.read_text("utf-8").splitlines(True) if not line.startswith(GROUP)]
    file.write_text("".join(lines), "utf-8")
    page = boss.open(ADDRESS)
    assert reference in page.text and "Move them to another group" in page.text
    assert boss.open("/staff/groups/support-group/nowhere").status_code == 404
    assert boss.open("/staff/groups/nowhere/nowhere").status_code == 404
