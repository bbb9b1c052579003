"""Commands for the site: build, publish, releases, rollback."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from site_src.errors import FindingsError, SiteError
from site_src.instance import Instance, find_instance


@click.command()
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder to build into.")
def build(out: Path | None) -> None:
    """Build the site into a folder, without publishing it."""
    from site_src.building import build_site

    with _site_errors():
        instance = _instance()
        public = out or instance.var / "preview"
        _warn(build_site(instance, public.resolve()))
    click.echo(f"Built {public}.")


@click.command()
@click.option("-m", "--message", default="", help="What changed, for `kinbridge releases`.")
def publish(message: str) -> None:
    """Check and build the site and make it what families see."""
    from site_src import releases as history

    if sys.stderr.isatty():
        click.echo("Checking, building, making print copies ...", err=True)
    with _site_errors(), _findings():
        published = history.publish(_instance(), message=message)
        _warn(published.warnings)
    if published.changed:
        click.echo(f"Published {published.release.id}.")
    else:
        click.echo(f"Nothing has changed since {published.release.id}; nothing was published.")


@click.command()
def releases() -> None:
    """List what was published, newest first; an asterisk marks the current release."""
    from site_src import releases as history

    with _site_errors():
        instance = _instance()
        now = history.current(instance)
        for release in history.releases(instance):
            mark = "*" if now and release.id == now.id else " "
            click.echo(f"{mark} {release.id}  {release.created}  {release.message}".rstrip())


@click.command()
@click.argument("release", required=False)
def rollback(release: str | None) -> None:
    """Make a former release current again: RELEASE, else the one before the current."""
    from site_src import releases as history

    with _site_errors():
        target = history.rollback(_instance(), release)
    click.echo(f"Families now see {target.id}.")


def _instance() -> Instance:
    return find_instance(os.environ, Path.cwd())


def _warn(warnings: list[str] | tuple[str, ...]) -> None:
    for warning in warnings:
        click.echo(f"warning: {warning}", err=True)


@contextlib.contextmanager
def _findings() -> Iterator[None]:
    """What stops a release is listed as `kinbridge check` lists it."""
    try:
        yield
    except FindingsError as error:
        for finding in error.findings:
            click.echo(str(finding))
        raise


@contextlib.contextmanager
def _site_errors() -> Iterator[None]:
    """One line on stderr, and the exit code the error carries; never a traceback."""
    try:
        yield
    except SiteError as error:
        click.echo(f"kinbridge: {error}", err=True)
        raise SystemExit(error.exit_code) from error
