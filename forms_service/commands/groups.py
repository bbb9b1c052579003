"""`kinbridge groups`: places and waiting lists."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

import click
from sqlalchemy.engine import Connection

from forms_service.commands.operator import operator
from forms_service.commands.refusals import Refusal, settings_here
from forms_service.commands.stores import open_store
from forms_service.definition import Form
from forms_service.sealing.codes import read_reference
from forms_service.store import audit, places
from forms_service.upkeep.signups import Overtaken, facts_of, forms_with_places
from forms_service.upkeep.signups import move as move_signup
from site_src.errors import SiteError
from site_src.instance import read_clinic


@click.group()
def groups() -> None:
    """Groups with limited places."""


@groups.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON list.")
def list_(as_json: bool) -> None:
    """Every group: its places, who has one, who waits, and whether sign-up is possible."""
    with _forms() as (connection, forms):
        facts = [asdict(fact) for form in forms.values() for fact in facts_of(connection, form, _today())]
    if as_json:
        click.echo(json.dumps(facts, ensure_ascii=False, indent=2))
        return
    for fact in facts:
        state = "open" if fact["open"] else "not open"
        numbers = (
            f"{fact['confirmed']} of {fact['places']}, {fact['offered']} offered, {fact['waiting']} waiting"
        )
        click.echo(f"{fact['form']}/{fact['group']}\t{numbers}\t{state}")


@groups.command("show")
@click.argument("group")
@click.option("--json", "as_json", is_flag=True, help="Lists of references.")
def show(group: str, as_json: bool) -> None:
    """Who is in GROUP, in order; whom to phone about an offer."""
    with _forms() as (connection, forms):
        form, key = _named(forms, group)
        limits = places.limits_of(form, key)
        if limits is not None:
            places.lapse(connection, limits)
        line = places.line(connection, form.name, key)
    if as_json:
        statuses = ("confirmed", "offered", "waiting")
        lists = {status: [place.reference for place in line if place.status == status] for status in statuses}
        click.echo(json.dumps({"group": key, **lists}, indent=2))
        return
    for place in line:
        until = f"  until {place.offer_until}: phone them" if place.offer_until else ""
        click.echo(f"{place.reference}\t{place.status}{until}")


@groups.command("move")
@click.argument("reference")
@click.option("--to", "target", required=True, help="A group, or `waiting`, or `confirmed`.")
def move(reference: str, target: str) -> None:
    """Move a sign-up to another group, to the waiting list, or to a place."""
    with _forms() as (connection, forms):
        place = places.find(connection, read_reference(reference))
        if place is None or place.form not in forms:
            raise Refusal(f'"{reference}" is in no group: see `kinbridge groups show GROUP`')
        status: places.Status = "confirmed"
        form, key = forms[place.form], place.group_key
        if target in ("waiting", "confirmed"):
            status = cast(places.Status, target)
        else:
            form, key = _named(forms, target)
        if form.name != place.form or places.limits_of(form, key) is None:
            raise Refusal(f'"{target}" is no group of {place.form}: see `kinbridge groups list`')
        try:
            move_signup(connection, form, place, key, status)
        except Overtaken:
            raise Refusal(
                f"somebody changed {place.reference} meanwhile: look at it, then try again"
            ) from None
        except places.Full:
            raise Refusal(f"{key} is full: move somebody out first, or raise its places") from None
        detail = {"group": key, "status": status}
        audit.record(connection, settings_here().secret(), operator(), "group.moved", place.reference, detail)
    click.echo(f"{place.reference}: {status} in {key}")


@contextmanager
def _forms() -> Iterator[tuple[Connection, dict[str, Form]]]:
    """A transaction, and the forms of this instance that have limited places."""
    found = forms_with_places(settings_here().instance)
    with open_store() as (store, _), store.writing() as connection:
        yield connection, found


def _named(forms: dict[str, Form], text: str) -> tuple[Form, str]:
    """The form and key that `form/group` or `group` names. Raises Refusal."""
    name, _, key = text.rpartition("/")
    found = [form for form in forms.values() if name in ("", form.name) and places.limits_of(form, key)]
    if len(found) != 1:
        cause = "more than one form has it: write form/group" if found else "see `kinbridge groups list`"
        raise Refusal(f'there is no one group "{text}": {cause}')
    return found[0], key


def _today() -> Any:
    try:
        zone = read_clinic(settings_here().instance).timezone
    except SiteError:
        zone = "UTC"
    return datetime.now(ZoneInfo(zone)).date()
