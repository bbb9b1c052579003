"""Groups and their dates changed in the browser: judged by their schema, published through the same check."""

from __future__ import annotations

import csv
import shutil
import time

import pytest
from werkzeug.test import TestResponse

from tests.instances import REPOSITORY, Instance
from tests.staff.colleague import Colleague, errors_of, heading_of, run
from tests.staff.conftest import Invite

DATES = "/staff/dates/support-group"
NEW = {
    "group": "brothers-2027-09",
    "topic": "Brothers and sisters",
    "language": "en",
    "place": "Online, by video",
    "date-day": "9",
    "date-month": "9",
    "date-year": "2027",
    "time": "18:00",
    "capacity": "10",
    "opens-day": "1",
    "opens-month": "1",
    "opens-year": "2026",
    "closes-day": "1",
    "closes-month": "9",
    "closes-year": "2027",
}


@pytest.fixture
def site(instance: Instance) -> Instance:
    """The instance with a small site around its forms."""
    small = REPOSITORY / "tests" / "site" / "instance"
    shutil.rmtree(instance.var / "site")
    shutil.copy(small / "mkdocs.yml", instance.root / "mkdocs.yml")
    shutil.copytree(small / "content", instance.root / "content")
    for folder in (small / "datapackages").iterdir():
        if not (instance.root / "datapackages" / folder.name).exists():
            shutil.copytree(folder, instance.root / "datapackages" / folder.name)
    return instance


def groups(instance: Instance) -> dict[str, dict[str, str]]:
    """The rows of the file, by group."""
    file = instance.root / "datapackages" / "support-group" / "groups.csv"
    with file.open(encoding="utf-8", newline="") as lines:
        return {row["group"]: row for row in csv.DictReader(lines)}


def saved(colleague: Colleague, address: str, **typed: str) -> TestResponse:
    """The page of groups once it is published, or refused."""
    page = colleague.open(address)
    mark = page.text.partition('name="mark" value="')[2].partition('"')[0]
    group = page.text.partition('name="was_group" value="')[2].partition('"')[0]
    page = colleague.send(DATES, True, **{"mark": mark, "was_group": group, **typed})
    for _ in range(600):
        if "Refresh" not in page.headers:
            return page
        time.sleep(0.1)
        page = colleague.open("/staff/groups")
    raise AssertionError("publishing never ends")


def test_a_new_group_is_published_and_families_can_choose_it(invited: Invite, site: Instance) -> None:
    manager = invited("manager")
    page = saved(manager, DATES, **NEW)
    assert "Published: families see the groups" in page.text, page.text
    assert "Brothers and sisters" in page.text
    assert groups(site)["brothers-2027-09"]["capacity"] == "10"
    form = site.var / "site" / "current" / "private" / "forms" / "support-group" / "groups.csv"
    assert "brothers-2027-09" in form.read_text("utf-8")
    assert "group.added" in run(site, "audit", "export").stdout


def test_what_stops_a_release_leaves_the_groups_as_they_were(invited: Invite, site: Instance) -> None:
    page = next((site.root / "content" / "en").glob("*.md"))
    page.write_text("No front matter, <script>alert(1)</script>", "utf-8")
    before = groups(site)
    refused = saved(invited("manager"), DATES, **NEW)
    assert "Nothing was published, and the groups are as they were" in refused.text
    assert page.name in refused.text, "the finding names the file"
    assert groups(site) == before
    assert "group.added" not in run(site, "audit", "export").stdout, "nothing was added"


def test_a_row_is_judged_by_the_schema_and_what_was_typed_is_kept(invited: Invite, site: Instance) -> None:
    manager = invited("manager")
    before = groups(site)
    page = saved(manager, DATES, **{**NEW, "capacity": "many", "date-day": "31"})
    assert page.status_code == 422 and len(errors_of(page)) == 2
    assert 'value="many"' in page.text
    taken = saved(manager, DATES, **{**NEW, "group": "worries-2027-01"})
    assert errors_of(taken) == ["There is a group of this name. Choose another one."]
    renamed = saved(manager, f"{DATES}?group=worries-2027-01", **NEW)
    assert errors_of(renamed) == ["A group keeps its name: families have signed up under it."]
    assert groups(site) == before


def test_a_colleague_who_was_quicker_is_not_overruled_unseen(invited: Invite, site: Instance) -> None:
    manager = invited("manager")
    late = saved(manager, DATES, **{**NEW, "mark": "another"})
    assert late.status_code == 409 and "A colleague changed the groups while you typed" in late.text
    assert 'value="brothers-2027-09"' in late.text


def test_a_reader_may_not_and_a_form_without_groups_has_no_such_page(invited: Invite, site: Instance) -> None:
    ana = invited(email="ana2@clinic.example")
    assert ana.open(DATES).status_code == 403
    assert "Add a group" not in ana.open("/staff/groups").text
    manager = invited("manager")
    assert heading_of(manager.open(DATES)) == "Add a group"
    assert manager.open("/staff/dates/intake").status_code == 404
    assert manager.open("/staff/dates/nothing").status_code == 404
    assert manager.open(f"{DATES}?group=nothing").status_code == 404
