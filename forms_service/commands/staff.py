"""`kinbridge staff`: who may sign in to the console."""

from __future__ import annotations

import json

import click
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from forms_service.commands.operator import operator
from forms_service.commands.refusals import Refusal
from forms_service.commands.stores import open_store
from forms_service.store import staff_links

# Accounts come with Flask-Security, which takes a second to import: each command imports them itself.


@click.group()
def staff() -> None:
    """Accounts of the console."""


@staff.command("add")
@click.argument("email")
@click.option(
    "--role", type=click.Choice(["reader", "manager", "admin"]), required=True, help="What they may do."
)
def add(email: str, role: str) -> None:
    """Print a one-time link for EMAIL to set up an account; for one that is there, to set it up anew."""
    from forms_service.staff import accounts
    from forms_service.staff.invitations import address_of

    with open_store() as (store, settings), store.writing() as connection:
        actor = accounts.Actor(operator(), settings.secret())
        try:
            user, token = accounts.invite(connection, _session(connection), actor, email, role)
        except accounts.NoAddress:
            raise Refusal(f'"{email}" is no e-mail address: write one such as name@example.org') from None
        except accounts.LastAdmin:
            raise Refusal(_LAST_ADMIN.format(email)) from None
    click.echo(address_of(settings, token))
    click.echo(f"Give this link to {user.email} yourself: it works once, for 7 days.", err=True)


@staff.command("disable")
@click.argument("email")
def disable(email: str) -> None:
    """Keep EMAIL out, and sign them out now; `staff add` lets them in again."""
    from forms_service.staff import accounts

    with open_store() as (store, settings), store.writing() as connection:
        session = _session(connection)
        user = accounts.by_address(session, email)
        if user is None:
            raise Refusal(f'there is no account "{email}": see `kinbridge staff list`')
        try:
            accounts.disable(connection, session, accounts.Actor(operator(), settings.secret()), user)
        except accounts.LastAdmin:
            raise Refusal(_LAST_ADMIN.format(email)) from None
    click.echo(f"disabled {user.email}")


@staff.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON list.")
def list_(as_json: bool) -> None:
    """Every account: address, role, and whether it can sign in."""
    from forms_service.staff import accounts

    with open_store() as (store, _), store.reading() as connection:
        waiting = staff_links.waiting(connection)
        people = [
            {"email": user.email, "role": user.role, "state": accounts.state_of(user, waiting)}
            for user in accounts.everybody(_session(connection))
        ]
    if as_json:
        click.echo(json.dumps(people, ensure_ascii=False, indent=2))
        return
    for person in people:
        click.echo(f"{person['email']}\t{person['role']}\t{person['state']}")


_LAST_ADMIN = (
    "{} is the last admin who can sign in: make another account an admin first "
    "(`kinbridge staff add EMAIL --role admin`), and let them use their link"
)


def _session(connection: Connection) -> Session:
    return Session(bind=connection, expire_on_commit=False)
