"""Hundreds of families sign up in the same moment, through two processes: no place is sold twice, nobody is lost."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from forms_service.store.times import now
from tests.serve.browser import Browser, Page
from tests.serve.clinic import Clinic, Serving, make_clinic, serving
from tests.serve.journeys import patiently

FAMILIES = 400 if os.environ.get("KINBRIDGE_TEST_LONG") == "1" else 120
PLACES = 12
LONGEST_WAIT = (
    30.0  # seconds from "Send" to the done page, on a machine that runs other tests beside this one
)
PREPARING = 8  # browsers at a time, before the rush


def group_form() -> dict[str, Any]:
    """Sign-up for one group: a choice and a name."""
    days = {
        name: (now() + timedelta(days=days)).date().isoformat()
        for name, days in (("opens", -9), ("closes", 9))
    }
    group = {"group": "worries", "topic": "When your child worries", "capacity": PLACES, **days}
    kinds = {"capacity": "integer", "opens": "date", "closes": "date"}
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "rush",
        "title": "Join a group",
        "version": "1.0.0",
        "languages": ["en"],
        "resources": [
            {
                "name": "signups",
                "path": "signups.csv",
                "encoding": "utf-8",
                "schema": {
                    "fields": [
                        {
                            "name": "group",
                            "type": "string",
                            "title": "Which group?",
                            "constraints": {"required": True},
                        },
                        {
                            "name": "name",
                            "type": "string",
                            "title": "Name",
                            "constraints": {"required": True},
                        },
                    ],
                    "foreignKeys": [
                        {"fields": ["group"], "reference": {"resource": "groups", "fields": ["group"]}}
                    ],
                },
            },
            {
                "name": "groups",
                "data": [group],
                "form": {"label": "{topic}"},
                "schema": {
                    "fields": [{"name": name, "type": kinds.get(name, "string")} for name in group],
                    "primaryKey": ["group"],
                },
            },
        ],
        "form": {
            "pages": [{"name": "you", "title": "You", "fields": ["group", "name"]}],
            "places": {
                "field": "group",
                "resource": "groups",
                "capacity": "capacity",
                "opens": "opens",
                "closes": "closes",
                "waitlist": True,
                "offerFor": "P3D",
            },
        },
    }


@pytest.fixture
def clinic(tmp_path: Path, database_url: str) -> Clinic:
    forms = {"rush": group_form()}
    return make_clinic(tmp_path, forms=forms, database_url=database_url, KINBRIDGE_WORKERS="2")


@pytest.fixture
def server(clinic: Clinic) -> Iterator[Serving]:
    with serving(clinic) as server:
        yield server


@dataclass(frozen=True)
class Told:
    """What one family read at the end."""

    reference: str
    number: int | None  # in the waiting line; None: it has a place
    seconds: float


def ready_to_send(port: int, number: int) -> tuple[Browser, Page]:
    """A family at "check your answers", while there are places."""
    browser = Browser(port)
    start = browser.open("/forms/rush/")
    page = patiently(lambda: browser.send(start.form))
    page = patiently(lambda: browser.send(page.form, {"group": "worries", "name": f"Family {number}"}))
    assert page.name == "check", page.text
    return browser, page


def send(browser: Browser, page: Page, barrier: Barrier) -> Told:
    """Presses "Send", then what the page offers, as long as nothing was sent: as a family would."""
    barrier.wait()
    seconds = 0.0
    for _ in range(40):
        page = (
            browser.send(page.form) if page.forms else browser.open(page.address)
        )  # a lone "Try again" is a link
        seconds += page.seconds
        if page.name == "done" and page.status == 200:
            line = re.search(r"on the waiting list, number (\d+)", page.text)
            assert line or page.shows("You have a place."), page.text
            return Told(page.reference, int(line[1]) if line else None, seconds)
        assert page.status in (409, 503), page.text
        assert page.status == 503 or page.heading == "This group has just filled up"
    raise AssertionError(page.text)


def test_of_all_who_sign_up_at_once_as_many_get_a_place_as_there_are_and_the_rest_wait_in_order(
    clinic: Clinic, server: Serving
) -> None:
    with ThreadPoolExecutor(PREPARING) as pool:
        families = list(pool.map(lambda number: ready_to_send(server.site, number), range(FAMILIES)))
    barrier = Barrier(FAMILIES)
    with ThreadPoolExecutor(FAMILIES) as pool:
        told = list(pool.map(lambda family: send(family[0], family[1], barrier), families))
    received = clinic.query("SELECT reference FROM submissions ORDER BY id")
    assert sorted(received) == sorted(family.reference for family in told), "everyone got a done page, once"
    sealed = clinic.query("SELECT sealed FROM submissions")
    assert len(sealed) == FAMILIES
    assert all(bytes(row).startswith(b"age-encryption.org/v1") for row in sealed)
    group = json.loads(clinic.run("groups", "show", "rush/worries", "--json").stdout)
    assert group == {
        "group": "worries",
        "confirmed": received[:PLACES],
        "offered": [],
        "waiting": received[PLACES:],
    }, "whoever came first has a place, the others wait in the order they came"
    line = sorted((family.number, family.reference) for family in told if family.number is not None)
    assert line == list(enumerate(group["waiting"], 1)), "each family was told its own place in the line"
    assert max(family.seconds for family in told) < LONGEST_WAIT
    assert clinic.query("SELECT count(*) FROM drafts") == [0]
