"""`kinbridge check`: what is wrong with the content, and the acceptance of translations."""

from __future__ import annotations

import datetime
import json
import os
from collections.abc import Iterable
from pathlib import Path

import click

from site_src.errors import SiteError
from site_src.instance import Instance, find_instance


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="The findings as one JSON list.")
@click.option(
    "--accept-translations",
    "accepting",
    is_flag=True,
    help="First note in the translations at PATHS that they are of their originals' text as it is now.",
)
@click.option("--rules", "list_rules", is_flag=True, help="List the codes of findings with what they mean.")
def check(paths: tuple[Path, ...], as_json: bool, accepting: bool, list_rules: bool) -> None:
    """Check the clinic's content, forms and data; with PATHS, say only what is found there.

    One line a finding: path:line: error|warning code message. Exit 1 when there is an error.
    """
    if list_rules:
        _list_rules()
        return
    if accepting and not paths:
        raise click.UsageError("Name the translations you have read against their originals.")
    try:
        instance = find_instance(os.environ, Path.cwd())
        chosen = [path.resolve() for path in paths]
        if accepting:
            _accept(instance, chosen)
        _report(instance, chosen, as_json)
    except SiteError as error:
        click.echo(f"kinbridge: {error}", err=True)
        raise SystemExit(error.exit_code) from error
    except OSError as error:
        click.echo(f"kinbridge: {error.filename}: {error.strerror}. Mend the file's permissions.", err=True)
        raise SystemExit(2) from error


def _accept(instance: Instance, paths: Iterable[Path]) -> None:
    from site_src.checks.acceptance import accept
    from site_src.checks.content import read_content

    for path in accept(read_content(instance, datetime.date.today()), paths):
        click.echo(f"Accepted {path}.", err=True)


def _report(instance: Instance, paths: list[Path], as_json: bool) -> None:
    from site_src.checks import run_checks

    findings = [
        finding
        for finding in run_checks(instance, datetime.date.today())
        if not paths or any((instance.root / finding.path).is_relative_to(path) for path in paths)
    ]
    if as_json:
        click.echo(json.dumps([finding.as_json() for finding in findings], ensure_ascii=False, indent=2))
    else:
        for finding in findings:
            click.echo(str(finding))
    if any(finding.level == "error" for finding in findings):
        raise SystemExit(1)


def _list_rules() -> None:
    from site_src.checks import ALL

    for rule in ALL:
        for code, meaning in rule.codes.items():
            click.echo(f"{code}  {meaning}")
