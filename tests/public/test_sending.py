"""Sending while something else happens: another tab saves, the group fills up, the database is busy."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

import sqlalchemy as sa
from flask import Flask

from forms_service.definition import build, load
from forms_service.store import Store, drafts, places, tables
from tests.families import SUPPORT_GROUP, Family
from tests.instances import Instance
from tests.public.test_places import answers, clinic, run, shown, sign_up

__all__ = ["clinic"]  # the fixture


@contextmanager
def just_before_writing(app: Flask, happens: Callable[[], object]) -> Iterator[None]:
    """Once, between what a request reads and what it writes, something else `happens`."""
    engine = app.extensions["kinbridge"].store.engine
    left = [happens]

    def begins(_connection: sa.Connection, options: Mapping[str, object]) -> None:
        if left and "kinbridge_write" in options:
            left.pop()()

    sa.event.listen(engine, "set_connection_execution_options", begins)
    try:
        yield
    finally:
        sa.event.remove(engine, "set_connection_execution_options", begins)
    assert not left, "the request wrote nothing"


def other_tab(instance: Instance, family: Family) -> Family:
    """Another tab of the family's browser, served by another process."""
    tab = Family(replace(instance).app().test_client(), family.form)  # of another worker
    cookie = family.client.get_cookie(f"kb-{family.form}")
    assert cookie is not None
    tab.client.set_cookie(cookie.key, cookie.value)
    return tab


def test_a_page_saved_while_the_form_is_sent_is_looked_at_again_before_it_goes(instance: Instance) -> None:
    app = instance.app()
    family = Family(app.test_client(), "support-group")
    family.start()
    family.walk(SUPPORT_GROUP)
    tab = other_tab(instance, family)
    tab.open(tab.address("contact"))

    def late_thought() -> None:
        saved = tab.answer("contact", {**SUPPORT_GROUP["contact"], "email": "new@example.org"})
        assert saved.status_code == 303

    with just_before_writing(app, late_thought):
        asked = family.client.post(family.address("check"), data={"csrf_token": family.token})
    assert asked.status_code == 409
    assert "You changed an answer while you were sending. Nothing was sent yet." in asked.text
    assert "new@example.org" in asked.text
    assert json.loads(run(instance, "submissions", "list", "--json").stdout) == []
    reference = family.send()
    assert "new@example.org" in run(instance, "submissions", "show", reference).stdout


def test_a_page_mended_into_a_mistake_while_the_form_is_sent_leads_there(instance: Instance) -> None:
    app = instance.app()
    family = Family(app.test_client(), "support-group")
    family.start()
    family.walk(SUPPORT_GROUP)
    tab = other_tab(instance, family)
    tab.open(tab.address("contact"))
    with just_before_writing(app, lambda: tab.answer("contact", {"contact_by": "email", "email": "nobody"})):
        asked = family.client.post(family.address("check"), data={"csrf_token": family.token})
    assert asked.status_code == 409
    assert "Some questions still need an answer" in asked.text
    refused = family.client.post(family.address("check"), data={"csrf_token": family.token})
    assert refused.status_code == 422
    assert json.loads(run(instance, "submissions", "list", "--json").stdout) == []


def test_a_form_sent_from_another_tab_in_the_same_moment_is_sent_once(instance: Instance) -> None:
    app = instance.app()
    family = Family(app.test_client(), "support-group")
    family.start()
    family.walk(SUPPORT_GROUP)
    tab = other_tab(instance, family)
    tab.open(tab.address("check"))
    first: list[str] = []
    with just_before_writing(app, lambda: first.append(tab.send())):
        second = family.send()
    assert first == [second]
    listed = json.loads(run(instance, "submissions", "list", "--json").stdout)
    assert [item["reference"] for item in listed] == first


def test_a_draft_that_is_sent_while_it_is_read_is_read_whole(instance: Instance, signup: Family) -> None:
    signup.walk(SUPPORT_GROUP)
    with contextlib.closing(Store(instance.settings.database_url)) as store, store.reading() as connection:
        (lookup,) = connection.execute(sa.select(tables.drafts.c.lookup)).scalars()
        signup.send()
        assert drafts.pages(connection, lookup), "as they were when the reading began"


def test_a_group_that_filled_up_can_be_changed_for_another_with_nothing_typed_again(clinic: Instance) -> None:
    family = Family(clinic.app().test_client(), "support-group")
    family.start()
    family.walk(answers("small"))
    sign_up(clinic)
    sign_up(clinic)
    asked = family.client.post(family.address("check"), data={"csrf_token": family.token})
    assert asked.status_code == 409 and f'href="{family.address("group")}"' in asked.text
    family.open(family.address("group"))
    onward = family.answer("group", {"group": "other"})
    assert onward.headers["Location"] == family.address("check"), "nothing else is asked again"
    check = family.open(family.address("check"))
    assert "ana@example.org" in check.text and "Topic other" in check.text
    reference = family.send()
    assert shown(clinic, "other")["confirmed"] == [reference]
    assert shown(clinic, "small")["waiting"] == []


def test_a_family_that_chose_to_wait_is_not_asked_again_when_the_database_was_busy(clinic: Instance) -> None:
    family = Family(clinic.app().test_client(), "support-group")
    family.start()
    family.walk(answers("small"))
    sign_up(clinic)
    sign_up(clinic)
    joins = {"csrf_token": family.token, "place": "waiting"}
    limits = places.limits_of(build(load(clinic.root / "datapackages" / "support-group")), "small")
    assert limits is not None
    with contextlib.closing(Store(clinic.settings.database_url)) as store, store.writing() as connection:
        places.queue(connection, limits)
        busy = family.client.post(family.address("check"), data=joins)
    assert busy.status_code == 503
    assert 'name="place" value="waiting"' in busy.text and ">Try again<" in busy.text
    assert family.client.post(family.address("check"), data=joins).status_code == 303
    assert len(shown(clinic)["waiting"]) == 1
