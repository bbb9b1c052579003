"""`kinbridge audit`: the hash-chained log of who read, exported, erased or changed what."""

from __future__ import annotations

import click

from forms_service.commands.refusals import Refusal
from forms_service.commands.stores import open_store
from forms_service.store import audit as log


@click.group()
def audit() -> None:
    """Who read, exported, erased or changed what, and when."""


@audit.command("verify")
@click.option(
    "--noted", metavar="NUMBER:MARK", help="A head that was noted earlier: it must still be in the log."
)
def verify(noted: str | None) -> None:
    """Find a changed, removed, moved or cut-off line; exit 1 when there is one.

    Prints the head (how many lines, the last mark). Note it elsewhere: with --noted, a log that was put back to an
    earlier state, or rewritten by somebody who has the secret file, is found too.
    """
    head = _head(noted) if noted else None
    with open_store() as (store, settings), store.snapshot() as connection:
        verdict = log.verify(connection, settings.secret(), head)
    if verdict.fault:
        click.echo(f"kinbridge: the audit is not whole: {verdict.fault}; compare it with a back-up", err=True)
        raise SystemExit(1)
    click.echo(
        f"the audit is whole: {verdict.head.number} lines, head {verdict.head.number}:{verdict.head.mark}"
    )


@audit.command("export")
def export() -> None:
    """Every line as JSON, oldest first."""
    with open_store() as (store, _), store.snapshot() as connection:
        for line in log.exported(connection):
            click.echo(line)


def _head(text: str) -> log.Head:
    number, _, mark = text.partition(":")
    if not number.isdecimal() or len(mark) != len(log.START):
        raise Refusal(
            f'--noted is "{text}": write the head as `kinbridge audit verify` printed it, NUMBER:MARK'
        )
    return log.Head(int(number), mark)
