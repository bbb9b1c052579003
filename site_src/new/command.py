"""`kinbridge new`: a clinic's own instance, from options or answers."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path

import click

from site_src.errors import SiteError
from site_src.new.facts import FACTS, Fact, Texts, clinic_of
from site_src.new.starter import Starter, read_starter


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--name", help="The clinic's name, as families know it.")
@click.option("--phone", help="The phone number that every page shows.")
@click.option("--region", help="Whose crisis lines families see, such as US.")
@click.option("--languages", help="Languages of the site, the default first, such as en,es.")
@click.option("--timezone", help="The clinic's time zone, such as America/New_York.")
@click.option("--quick-exit-url", help="A neutral page for people who have to leave at once.")
@click.option("--brand", help='The clinic\'s colour, such as "#0f5c5a".')
def new(folder: Path, **options: str | None) -> None:
    """Make a clinic's own instance in DIR, ready for `kinbridge keys new` and `kinbridge serve`.

    Asks for what the options leave open; with --name, --phone and --region it asks nothing.
    """
    from site_src.new.making import free_place, make_instance

    try:
        place = free_place(folder)
        starter = read_starter()
        clinic = clinic_of(_facts(options, starter))
        make_instance(place, clinic, starter)
    except SiteError as error:
        click.echo(f"kinbridge: {error}", err=True)
        raise SystemExit(error.exit_code) from error
    click.echo(
        f"Made {clinic.name} in {place} ({clinic.region}, {', '.join(clinic.languages)}, {clinic.timezone})."
    )
    click.echo(
        f"Next: cd {shlex.quote(str(folder))}; kinbridge keys new; kinbridge serve. README.md there says more."
    )


def _facts(options: Mapping[str, str | None], starter: Starter) -> Texts:
    """Every fact: as given, else as answered, else its default. Wrong options are refused before any question."""
    given = {fact.key: fact.judge(text, starter) for fact in FACTS if (text := options[fact.key]) is not None}
    asking = any(fact.default is None and fact.key not in given for fact in FACTS)
    facts: dict[str, str] = {}
    for fact in FACTS:
        default = fact.default(facts, starter) if fact.default else ""
        if fact.key in given:
            facts[fact.key] = given[fact.key]
        else:
            facts[fact.key] = _ask(fact, default, starter) if asking else default
    return facts


def _ask(fact: Fact, default: str, starter: Starter) -> str:
    """The answer on the terminal, asked for until it is good."""
    question = fact.question.format(regions=", ".join(starter.regions))
    while True:
        try:
            answer: str = click.prompt(question, default=default or None, err=True)
        except click.Abort:
            raise SiteError(
                f"Nothing was made: nobody answers for {fact.option}.", "Give the option."
            ) from None
        try:
            return fact.judge(answer, starter)
        except SiteError as error:
            click.echo(str(error), err=True)
