"""`kinbridge serve`: everything made ready, then both servers until SIGTERM."""

from __future__ import annotations

import ipaddress
import os
from dataclasses import replace
from pathlib import Path

import click

from forms_service.commands.forms import findings
from forms_service.commands.refusals import Refusal, settings_here
from forms_service.sealing.identity import new_identity
from forms_service.serving.plan import Endpoint, ServeError, ServePlan
from forms_service.serving.supervisor import serve as run
from forms_service.settings import Settings, SettingsError
from forms_service.staff import demo
from forms_service.staff.invitations import address_of
from forms_service.store import ForeignSchema, Store, Unavailable, migrate
from site_src import releases
from site_src.errors import SiteError
from site_src.instance import Instance, find_instance, read_clinic

_SETTINGS = "forms_service.settings:read_settings"


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address that families reach.")
@click.option("--port", default=8000, show_default=True, help="Port of the site and the forms.")
@click.option("--staff-port", default=8001, show_default=True, help="Port of the staff console.")
@click.option("--public-only", is_flag=True, help="Only the site and the forms.")
@click.option("--staff-only", is_flag=True, help="Only the staff console.")
def serve(host: str, port: int, staff_port: int, public_only: bool, staff_only: bool) -> None:
    """Publish if nothing is published yet, then serve families and staff."""
    if public_only and staff_only:
        raise Refusal("--public-only and --staff-only exclude each other: give one or none")
    try:
        settings = settings_here()
        if not settings.staff_url and staff_port:
            settings = replace(settings, staff_url=f"http://localhost:{staff_port}")
        instance = find_instance(os.environ, Path.cwd())
        plan = ServePlan(
            public=None if staff_only else _public(settings, host, port),
            staff=None if public_only else _staff(host, staff_port),
            trusted_proxies=settings.trusted_proxies,
            environment={"KINBRIDGE_STAFF_URL": settings.staff_url},
        )
        run(plan, prepare=lambda: _prepare(settings, instance, host, with_staff=not public_only))
    except (ServeError, SettingsError, SiteError, ForeignSchema) as error:
        raise Refusal(str(error)) from None
    except Unavailable as error:
        raise Refusal(
            f"the database does not answer ({error}): check KINBRIDGE_DATABASE_URL and its disk"
        ) from None
    except OSError as error:
        raise Refusal(f"cannot serve: {error}: mend its permissions, or free space") from None


def check_form(folder: Path) -> list[str]:
    """The errors of a form's folder, one line each."""
    return [str(finding) for finding in findings(folder) if finding.level == "error"]


def _public(settings: Settings, host: str, port: int) -> Endpoint:
    return Endpoint(
        title="Site and forms",
        host=host,
        port=port,
        factory="forms_service.public:create_app",
        settings=_SETTINGS,
        release=settings.current_release,
        processes=settings.workers,
        threads=32,  # more than a process' database connections: pages that need none stay fast
    )


def _staff(host: str, port: int) -> Endpoint:
    return Endpoint(
        title="Staff console",
        host=host,
        port=port,
        factory="forms_service.staff.process:create_app_with_jobs",
        settings=_SETTINGS,
        port_option="--staff-port",
        sees_identity=True,
    )


def _prepare(settings: Settings, instance: Instance, host: str, with_staff: bool) -> None:
    """Database, keys, the demo's sign-in and first release, before any worker starts."""
    store = Store(settings.database_url, lock_wait=10)
    migrate(store)
    settings.secret()
    is_demo = read_clinic(instance.root).demo and _is_loopback(host)
    if not is_demo:
        with store.writing() as connection:
            demo.remove(connection)
    store.close()
    if not settings.recipients_file.exists():
        _demo_identity(settings, instance, host)
    if releases.current(instance) is None:
        published = releases.publish(
            instance,
            message="First publish by serve",
            leave_out=check_form,
            print_copies=False,  # half a minute's work: the next publish makes them
        )
        for left in published.release.left_out:
            click.echo(f"kinbridge: form left out: {left.message}", err=True)
    if is_demo and with_staff:
        _say_demo_sign_in(settings)


def _demo_identity(settings: Settings, instance: Instance, host: str) -> None:
    """An unwrapped identity for the demo on this machine alone; anywhere else forms wait for `keys new`."""
    if not read_clinic(instance.root).demo or not _is_loopback(host):
        click.echo("kinbridge: no keys yet, so forms answer 503: run `kinbridge keys new`", err=True)
    elif settings.identity_file.exists():
        click.echo(
            f"kinbridge: {settings.identity_file} is there and {settings.recipients_file} is not, so forms "
            "answer 503: write the identity's public key there",
            err=True,
        )
    else:
        new_identity(settings.identity_file, settings.recipients_file, None)
        click.echo(
            f"Demo: made an identity without a passphrase in {settings.identity_file}. "
            "Never use it for real families: run `kinbridge keys new` there.",
            err=True,
        )


def _say_demo_sign_in(settings: Settings) -> None:
    ready = demo.ready(settings)
    click.echo(
        f"Demo: sign in to the console with {address_of(settings, ready.token)}\n"
        f"Demo: or by hand at {settings.staff_url}/staff/login as {demo.DEMO_ADDRESS}, "
        f"password {ready.password}, authenticator key {ready.app_key}\n"
        "Demo: this stands open on this machine alone. To turn it off, set `demo: false` in mkdocs.yml "
        "(extra.clinic) and use `kinbridge staff add`.",
        err=True,
    )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
