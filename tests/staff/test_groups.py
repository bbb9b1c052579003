"""Groups in the console: numbers, the register, moving somebody, a group that was taken out."""

from __future__ import annotations

import json

import pytest

from tests.commands.running import send
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


def test_a_manager_moves_a_family_and_a_reader_may_not(
    boss: Colleague, invited: Invite, instance: Instance
) -> None:
    reference = send(instance)
    boss.open(ADDRESS)
    assert boss.send(ADDRESS, reference=reference, to="waiting").status_code == 200
    assert shown(instance)["confirmed"] == []
    others = [item["group"] for item in json.loads(run(instance, "groups", "list", "--json").stdout)]
    other = next(group for group in others if group != GROUP)
    boss.send(ADDRESS, reference=reference, to=f"group:{other}")
    assert shown(instance, other)["confirmed"] == [reference]
    assert boss.send(ADDRESS, reference=reference, to="waiting").status_code == 404, "it is in another group"
    ana = invited()
    ana.open(ADDRESS)
    assert ana.send(ADDRESS, reference=reference, to="waiting").status_code == 403
    assert boss.send(ADDRESS, reference=reference, to="group:nowhere").status_code == 404


def test_nobody_is_moved_into_a_full_group(boss: Colleague, instance: Instance) -> None:
    file = instance.root / "datapackages" / "support-group" / "groups.csv"
    file.write_text(file.read_text("utf-8").replace(",12,", ",0,"), "utf-8")
    reference = send(instance)
    boss.open(ADDRESS)
    boss.send(ADDRESS, reference=reference, to="waiting")
    page = boss.send(ADDRESS, reference=reference, to="confirmed")
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
