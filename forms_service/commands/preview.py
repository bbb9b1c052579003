"""A form served for its author alone: as families would see it, with nothing kept of what is typed."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from forms_service.commands.serve import check_form
from forms_service.sealing.identity import new_key
from forms_service.serving.plan import Endpoint, ServePlan
from forms_service.serving.supervisor import serve
from site_src import releases
from site_src.instance import Instance


def preview(instance: Instance, form: str, host: str, port: int) -> None:
    """Serve the instance as it stands, unpublished, until SIGTERM.

    Answers live in the memory of one process. The clinic's keys are not used: a key made for this run seals what is
    "sent", and its other half is thrown away. Raises SiteError and ServeError.
    """
    with tempfile.TemporaryDirectory(prefix="kinbridge-preview-") as folder:
        own = Instance(instance.root, Path(folder), instance.base_url)
        recipients = own.var / "recipients.txt"
        recipients.write_text(f"{new_key().to_public()}\n", "utf-8")
        endpoint = Endpoint(
            title=f"Preview of {form}",
            host=host,
            port=port,
            factory="forms_service.public.preview:create_preview",
            settings="forms_service.settings:read_settings",
            release=own.site / "current",
            threads=1,  # a database in memory is one connection
        )
        environment = {
            "KINBRIDGE_VAR": str(own.var),
            "KINBRIDGE_DATABASE_URL": "sqlite://",
            "KINBRIDGE_SECRET_FILE": str(own.var / "secret"),
            "KINBRIDGE_RECIPIENTS_FILE": str(recipients),
            "KINBRIDGE_LIMITS_URL": "memory://",
        }
        serve(ServePlan(public=endpoint, environment=environment), prepare=lambda: _build(own, form))


def _build(own: Instance, form: str) -> None:
    releases.publish(own, message="Preview", leave_out=check_form, print_copies=False)
    click.echo(f"Preview of {form}: nothing that is typed is kept. Stop it with Ctrl-C.", err=True)
