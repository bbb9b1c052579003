"""`kinbridge` run in this process on a test's instance."""

from __future__ import annotations

from click.testing import CliRunner, Result

from forms_service.cli import main
from tests.families import INTAKE, SUPPORT_GROUP, Family
from tests.instances import Instance


def run(instance: Instance, *words: str, typed: str | None = None, **settings: str) -> Result:
    """The result of a command; `typed` is its standard input, `settings` are added to its environment."""
    return CliRunner().invoke(main, list(words), input=typed, env={**instance.environment, **settings})


def send(instance: Instance, form: str = "support-group") -> str:
    """A family fills in a form and sends it: its reference."""
    family = Family(instance.app().test_client(), form)
    family.start()
    family.walk(INTAKE if form == "intake" else SUPPORT_GROUP)
    return family.send()
