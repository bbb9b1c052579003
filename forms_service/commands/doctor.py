"""`kinbridge doctor`: what is not well, with its cause and its mend."""

from __future__ import annotations

import json
import os
from dataclasses import asdict

import click

from forms_service.doctor import Fault, Patient, examine
from forms_service.doctor.patient import MEBIBYTE
from forms_service.settings import SettingsError, read_settings
from forms_service.store import Store, Unavailable
from forms_service.store.times import now


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON list.")
@click.option("--least-free", default=500, show_default=True, help="MB that the disk must have left.")
def doctor(as_json: bool, least_free: int) -> None:
    """Say what is not well, one line a fault (code, cause, mend); exit 1 when something is."""
    faults = _faults(least_free * MEBIBYTE)
    if as_json:
        click.echo(json.dumps([asdict(fault) for fault in faults], ensure_ascii=False, indent=2))
    else:
        for fault in faults:
            click.echo(str(fault))
        if not faults:
            click.echo("all well")
    if faults:
        raise SystemExit(1)


def _faults(least_free: int) -> list[Fault]:
    try:
        settings = read_settings()
    except SettingsError as error:
        cause, _, mend = str(error).rpartition(": ")
        return [Fault("settings", cause, mend)]
    try:
        store = Store(settings.database_url)
    except Unavailable as error:
        return [Fault("database-away", str(error), "mend KINBRIDGE_DATABASE_URL")]
    try:
        return examine(Patient(settings, os.environ, store, now(), least_free))
    finally:
        store.close()
