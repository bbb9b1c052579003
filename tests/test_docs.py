"""What the documentation says is what the software does."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from babel.messages.pofile import read_po
from frictionless import Field

from forms_service.answers.messages import BY_FORMAT, BY_TYPE
from forms_service.cli import main
from forms_service.definition import Descriptor, build
from tests.properties.cases import CASES

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
CATALOGUE = "forms_service/rendering/translations/es/LC_MESSAGES/messages.po"
CHANGELOG = (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_every_setting_the_code_reads_stands_in_the_readme() -> None:
    code = "".join(file.read_text("utf-8") for file in ROOT.glob("*/**/*.py") if "tests" not in file.parts)
    read = set(re.findall(r'"(KINBRIDGE_[A-Z_]+)"', code))
    documented = set(re.findall(r"`(KINBRIDGE_[A-Z_]+)`", README))
    assert read == documented


def test_every_command_stands_in_the_changelog() -> None:
    for name, command in _commands().items():
        assert name in CHANGELOG, name
        if isinstance(command, click.Group):
            assert all(part in CHANGELOG for part in command.commands)


def test_every_command_says_what_it_does_and_is_called_what_it_is() -> None:
    for name, command in _commands().items():
        assert command.get_short_help_str()
        assert command.name == name


def test_a_command_loads_no_library_that_only_others_need() -> None:
    heavy = "('frictionless', 'sqlalchemy', 'alembic', 'mkdocs.commands')"
    code = "import sys; from forms_service.cli import main; main(['releases', '--help'], standalone_mode=False)\n"
    code += f"print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_files_that_contributing_names_exist() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8") + (ROOT / "SECURITY.md").read_text("utf-8")
    named = re.findall(r"`((?:forms_service|site_src|tests|datapackages)/[\w./-]+)`", text)
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("kind", sorted({field.type for field in Field.__subclasses__()}))
def test_the_recipe_for_a_field_type_was_followed_for_each_that_there_is(kind: str) -> None:
    cases = [case for case in CASES if case.type == kind]
    assert any(case.accepted for case in cases)
    schema = {"fields": [{"name": "it", "type": kind}]}
    form = build(
        Descriptor(ROOT / "datapackage.json", {"resources": [{"name": "rows", "schema": schema}]}), "en"
    )
    macro = "date(question)" if form.fields["it"].parts else form.fields["it"].widget
    assert macro in (ROOT / "forms_service/rendering/templates/questions.html").read_text("utf-8")
    if any(case.refused is not None and not case.field.get("constraints") for case in cases):
        assert kind in BY_TYPE or kind == "string"
        sentence = BY_TYPE.get(kind) or BY_FORMAT["email"]
        spanish = read_po((ROOT / CATALOGUE).open("rb"), locale="es")
        assert spanish[sentence].string
    else:
        assert kind == "any", "only this type takes every text"


def test_the_readmes_commands_are_the_makefiles() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in re.findall(r"^make (\S+)", README, re.MULTILINE):
        assert f"\n{target}:" in makefile
    assert (ROOT / ".ci" / "run").read_text("utf-8").rstrip().endswith("make test")


def test_the_lock_names_every_dependency_with_hashes_and_no_address() -> None:
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    assert "://" not in lock
    pinned = set(re.findall(r"^([a-z0-9-]+)==", lock, re.MULTILINE))
    project = (ROOT / "pyproject.toml").read_text("utf-8").split("[project.scripts]")[0]
    wanted = re.findall(r'^  "([a-z][a-z0-9.-]*)', project, re.MULTILINE)
    assert {name.replace(".", "-") for name in wanted} <= pinned
    assert all("--hash=sha256:" in block for block in re.split(r"\n(?=[a-z])", lock.strip()))


def _commands() -> dict[str, click.Command]:
    context = click.Context(main)
    found = {name: main.get_command(context, name) for name in main.list_commands(context)}
    return {name: command for name, command in found.items() if command is not None}
