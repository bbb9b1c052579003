"""`kinbridge forms`: the forms of this instance, checked, shown and tried."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from frictionless import FrictionlessException

from forms_service.answers import ReadyForm, check, prepare
from forms_service.answers.folder import check_folder
from forms_service.commands.refusals import Refusal, settings_here
from forms_service.definition import DefinitionError, Descriptor, Finding, load, resolve
from forms_service.definition.drafting import draft_form, slug
from forms_service.definition.groups import groups_of
from forms_service.definition.lines import line_of
from forms_service.packages.csvfile import UnreadableCsv, read_csv
from forms_service.packages.table import TableJudge, Verdict
from forms_service.packages.words import table_sentence
from forms_service.serving.plan import ServeError
from site_src.errors import SiteError
from site_src.instance import find_instance


@click.group()
def forms() -> None:
    """Forms of this instance."""


@forms.command("list")
def list_() -> None:
    """Name, version and title of every form."""
    for folder in form_folders(settings_here().instance):
        try:
            package = load(folder).package
        except DefinitionError as error:
            click.echo(f"{folder.name}\t-\t(broken: {error.findings[0].cause})")
            continue
        click.echo(f"{folder.name}\t{package.get('version', '-')}\t{package.get('title', '')}")


@forms.command("show")
@click.argument("form")
def show(form: str) -> None:
    """The descriptor of FORM, resolved in its first language."""
    descriptor = _load(_folder(form))
    language = (descriptor.package.get("languages") or ["en"])[0]
    click.echo(json.dumps(resolve(descriptor.package, language), ensure_ascii=False, indent=2))


@forms.command("check")
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option(
    "--fix", is_flag=True, help="Write the header-only CSV of each table of answers where it is missing."
)
def check_(path: Path | None, fix: bool) -> None:
    """Check the form at PATH, or every form; exit 1 when one has an error."""
    folders = [_named(path)] if path else form_folders(settings_here().instance)
    if path is None and not folders:
        click.echo("no forms in datapackages/", err=True)
    bad = False
    for folder in folders:
        for name in _write_headers(folder) if fix else ():
            click.echo(f"wrote {name}", err=True)
        for finding in findings(folder):
            bad |= finding.level == "error"
            click.echo(str(finding))
    if bad:
        raise SystemExit(1)


@forms.command("preview")
@click.argument("form")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to serve it on.")
@click.option("--port", default=8002, show_default=True, help="Port to serve it on.")
def preview_(form: str, host: str, port: int) -> None:
    """Serve FORM as it stands, unpublished: nothing typed is kept, and every page says so."""
    # What publishes and serves takes a second to import, and the other commands need none of it.
    from forms_service.commands.preview import preview

    errors = [finding for finding in findings(_folder(form)) if finding.level == "error"]
    if errors:
        raise Refusal(str(errors[0]))
    try:
        preview(find_instance(os.environ, Path.cwd()), form, host, port)
    except (ServeError, SiteError) as error:
        raise Refusal(str(error)) from None


@forms.command("add")
@click.argument("schema", type=click.Path(path_type=Path))
@click.option("--name", help="The form's name in addresses (else the file's).")
def add(schema: Path, name: str | None) -> None:
    """Make a form from any Table Schema or data package, ready to edit."""
    descriptor = _load(schema)
    _prepare(descriptor)
    chosen = slug(
        name or (schema.resolve().parent.name if schema.name == "datapackage.json" else schema.stem)
    )
    target = settings_here().instance / "datapackages" / chosen
    if target.exists():
        raise Refusal(f"{target} exists: give another --name")
    package = draft_form(descriptor, chosen)
    with tempfile.TemporaryDirectory(dir=_made(target.parent)) as folder:
        made = Path(folder) / chosen
        made.mkdir()
        (made / "datapackage.json").write_text(
            json.dumps(package, ensure_ascii=False, indent=2) + "\n", "utf-8"
        )
        for resource in package["resources"][1:]:
            if isinstance(resource.get("path"), str) and resource["name"] in descriptor.rows:
                _made((made / resource["path"]).parent)
                shutil.copy(descriptor.path.parent / resource["path"], made / resource["path"])
        _write_headers(made)
        errors = [finding for finding in findings(made) if finding.level == "error"]
        if errors:
            raise Refusal(f"{schema} cannot become a form: {errors[0].cause}. {errors[0].mend}")
        made.rename(target)
    click.echo(f"{target}: edit it, then `kinbridge forms check {chosen}` and `kinbridge publish`")


@forms.command("try")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--rows", "rows_file", required=True, type=click.Path(path_type=Path), help="The rows, as CSV.")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON a row.")
def try_(path: Path, rows_file: Path, as_json: bool) -> None:
    """Judge the rows of a CSV as the form at PATH would; exit 1 when one is refused."""
    descriptor = _load(path)
    ready = _prepare(descriptor)
    names = list(ready.form.fields)
    try:
        table = read_csv(rows_file, descriptor.package["resources"][0], descriptor.bare, names)
        for guess in table.guessed:
            click.echo(f"kinbridge: {guess}", err=True)
        refused = 0
        for verdict in TableJudge(ready).rows(table.header, table.rows):
            refused += not verdict.accepted
            click.echo(_as_json(verdict, ready) if as_json else _as_text(verdict, ready))
    except UnreadableCsv as error:
        raise Refusal(str(error)) from None
    if refused:
        raise SystemExit(1)


def form_folders(instance: Path) -> list[Path]:
    """The folders of `datapackages/` that hold a form: a package with a `form` property, or one that cannot be read."""
    return [
        file.parent
        for file in sorted((instance / "datapackages").glob("*/datapackage.json"))
        if _is_form(file)
    ]


def findings(path: Path) -> list[Finding]:
    """What is wrong with the form at `path`, compared with the release that families see."""
    folder = path if path.is_dir() else path.parent
    return check_folder(path, settings_here().current_release / "private" / "forms" / folder.name)


def _is_form(file: Path) -> bool:
    try:
        package = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return True
    return isinstance(package, dict) and "form" in package


def _named(path: Path) -> Path:
    """A path, or the folder of the form of that name."""
    folder = settings_here().instance / "datapackages" / path
    return folder if not path.exists() and folder.is_dir() else path


def _folder(form: str) -> Path:
    folder = settings_here().instance / "datapackages" / form
    if not (folder / "datapackage.json").exists():
        raise Refusal(f'there is no form "{form}": see `kinbridge forms list`')
    return folder


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _load(path: Path) -> Descriptor:
    try:
        return load(path)
    except DefinitionError as error:
        raise Refusal(str(error.findings[0])) from None


def _prepare(descriptor: Descriptor) -> ReadyForm:
    """The form made ready; what does not touch the judgement is said on stderr and mended, the rest refuses."""
    found = check(descriptor)
    errors = [finding for finding in found if finding.level == "error" and finding.code != "package"]
    if errors:
        raise Refusal(str(errors[0].at(descriptor.path, line_of(descriptor.path, errors[0].pointer))))
    for finding in found:
        if finding.code == "package":
            click.echo(f"kinbridge: mended for judging: {finding.cause}", err=True)
    try:
        return prepare(descriptor)
    except (DefinitionError, FrictionlessException, ValueError) as error:
        raise Refusal(f"{descriptor.path}: {error}") from None


def _as_json(verdict: Verdict, ready: ReadyForm) -> str:
    errors = [
        {
            "field": problem.field or None,
            "constraint": problem.constraint,
            "message": table_sentence(problem, ready.form),
        }
        for problem in verdict.problems
    ]
    return json.dumps(
        {"row": verdict.row, "accepted": verdict.accepted, "errors": errors}, ensure_ascii=False
    )


def _as_text(verdict: Verdict, ready: ReadyForm) -> str:
    words = "; ".join(
        f"{problem.field or 'row'} ({problem.constraint}): {table_sentence(problem, ready.form)}"
        for problem in verdict.problems
    )
    return f"row {verdict.row}: {words or 'accepted'}"


def _write_headers(folder: Path) -> list[str]:
    """The header-only CSV of the submission table and of each group, where it was missing: the names of the files.

    Rows that are there are never touched.
    """
    descriptor = _load(folder)
    return [
        resource["path"]
        for resource in (descriptor.package["resources"][0], *groups_of(descriptor.package).values())
        if isinstance(resource.get("path"), str)
        and isinstance(resource.get("schema"), dict)
        and _write_header(descriptor.path.parent / resource["path"], resource["schema"])
    ]


def _write_header(file: Path, schema: dict[str, Any]) -> bool:
    lines = list(_lines(file))
    header = [field.get("name", "") for field in schema.get("fields", []) if isinstance(field, dict)]
    if len(lines) > 1 or lines[:1] == [header]:
        return False
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(header)
    file.write_text(text.getvalue(), encoding="utf-8")
    return True


def _lines(file: Path) -> Iterator[list[str]]:
    if file.exists():
        yield from csv.reader(io.StringIO(file.read_text(encoding="utf-8"), newline=""))
