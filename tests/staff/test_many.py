"""Many submissions: no page of the console does more work for them, and every one is on one page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from forms_service.staff import create_app
from forms_service.store import Store
from forms_service.store.tables import submissions
from forms_service.store.times import stamp
from tests.databases import OWN_FILE
from tests.instances import Instance, make_instance
from tests.many import FIRST, STEP, fill
from tests.staff.colleague import Colleague, new_colleague
from tests.staff.conftest import Invite

FEW, MANY = 2_400, 24_000  # of each form in either more than a page counts
ADDRESSES = (
    "/staff/",
    "/staff/?status=done",
    "/staff/?form=intake",
    "/staff/?whose=mine",
    "/staff/?since=2023-11-15",
    "/staff/?until=2023-11-15",
    "/staff/?since=2023-11-15&until=2023-11-15",
    "/staff/?form=intake&since=2023-11-15",
    "/staff/?form=intake&status=done",
    "/staff/?status=done&until=2023-11-15",
    "/staff/?form=intake&status=done&since=2023-11-15",
    "/staff/?whose=mine&status=in-progress",
    "/staff/?whose=mine&until=2023-11-15",
    "/staff/?group=worries-2027-01",
    "/staff/exports",
    "/staff/retention",
    "/staff/new?last=0",
)
_ROWS = re.compile(r'href="/staff/answers/([0-9A-Z-]{9})"')


@pytest.fixture
def steps() -> Iterator[list[int]]:
    """Grows by one for every hundred steps that SQLite's own machine takes."""
    taken: list[int] = []

    def count(dbapi: object, _record: object) -> None:
        if hasattr(dbapi, "set_progress_handler"):
            dbapi.set_progress_handler(lambda: taken.append(1), 100)

    sa.event.listen(sa.Engine, "connect", count)
    yield taken
    sa.event.remove(sa.Engine, "connect", count)


def reader_of(root: Path, number: int) -> Colleague:
    instance = make_instance(root, database_url=OWN_FILE)
    fill(instance, number, size=16)
    return new_colleague(instance, create_app(instance.settings), "ana@clinic.example", "manager")


def test_no_page_does_more_work_for_ten_times_as_many(tmp_path: Path, steps: list[int]) -> None:
    work: dict[str, list[int]] = {address: [] for address in ADDRESSES}
    for number in (FEW, MANY):
        ana = reader_of(tmp_path / str(number), number)
        for address in ADDRESSES:
            ana.open(address)
            steps.clear()
            assert ana.open(address).status_code == 200, address
            work[address].append(len(steps))
    assert [address for address, (few, many) in work.items() if many > 1.5 * few + 5] == [], work


def pages_of(ana: Colleague, address: str) -> Iterator[list[str]]:
    """The references page by page, as somebody leafs who follows Older."""
    while address:
        page = ana.open(address).text
        yield _ROWS.findall(page)
        links = re.findall(r'href="([^"]*before=[^"]*)"', page)
        address = links[0].replace("&amp;", "&") if links else ""


def test_days_are_listed_by_time_and_leafed_through_without_a_gap(
    invited: Invite, console: Flask, instance: Instance
) -> None:
    fill(instance, 400, size=16)
    store = Store(instance.settings.database_url)
    with store.writing() as connection:  # the clock went back for a while
        while_it_did = submissions.c.id.between(200, 230)
        connection.execute(sa.update(submissions).where(while_it_did).values(submitted_at=came_at(20)))
        connection.execute(sa.update(submissions).values(urgent=False))
        query = sa.select(submissions.c.reference).where(submissions.c.form == "intake")
        order = (submissions.c.submitted_at.desc(), submissions.c.id.desc())
        wanted = list(connection.execute(query.order_by(*order)).scalars())
    ana, seen = invited(), list[str]()
    for page in pages_of(ana, "/staff/?form=intake&since=2023-11-14&until=2023-11-15"):
        seen += page
        with store.writing() as connection:  # the last one on the page is erased before the next is asked for
            connection.execute(submissions.delete().where(submissions.c.reference == page[-1]))
    store.close()
    assert seen == wanted and len(seen) > 150


def came_at(number: int) -> str:
    """When the submission of that number came."""
    return stamp(datetime.fromtimestamp(FIRST + STEP * number, UTC))
