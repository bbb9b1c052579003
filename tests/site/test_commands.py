"""The commands of the site, as an operator types them."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from site_src.commands import build, publish, releases, rollback
from site_src.instance import Instance
from tests.site.conftest import write_page


def run(instance: Instance, *arguments: str) -> Result:
    group = click.Group(commands=[build, publish, releases, rollback])
    return CliRunner().invoke(
        group, arguments, env={"KINBRIDGE_INSTANCE": str(instance.root), "KINBRIDGE_VAR": ""}
    )


def test_build_writes_the_pages_into_a_folder(instance: Instance, tmp_path: Path) -> None:
    result = run(instance, "build", "--out", str(tmp_path / "out"))
    assert (result.exit_code, result.stdout) == (0, f"Built {tmp_path / 'out'}.\n")
    assert (tmp_path / "out" / "calm" / "index.html").is_file()
    assert not (instance.var / "site").exists()


def test_build_warns_of_what_is_not_there(instance: Instance, tmp_path: Path) -> None:
    (instance.content / "en" / "mornings.md").write_text(
        "---\ntitle: M\n---\n\nx\n\n/// form | nowhere\n///\n"
    )
    result = run(instance, "build", "--out", str(tmp_path / "out"))
    assert result.exit_code == 0
    assert result.stderr == "warning: mornings.md: there is no form 'nowhere'\n"


def test_publish_releases_and_rollback_tell_one_story(instance: Instance) -> None:
    assert run(instance, "publish", "-m", "First").stdout.startswith("Published 2")
    assert run(instance, "publish").stdout.endswith("nothing was published.\n")
    write_page(instance, "New.")
    run(instance, "publish", "-m", "Second")
    second, first = run(instance, "releases").stdout.splitlines()
    assert (second[0], first[0]) == ("*", " ")
    assert (second.endswith("Second"), first.endswith("First")) == (True, True)
    assert run(instance, "rollback").stdout == f"Families now see {first.split()[0]}.\n"
    assert run(instance, "releases").stdout.splitlines()[1].startswith("* ")


def test_publish_lists_what_stops_it_and_changes_nothing(instance: Instance) -> None:
    run(instance, "publish")
    write_page(instance, "See [nothing](nowhere.md).")
    result = run(instance, "publish")
    assert result.exit_code == 1
    (finding,) = result.stdout.splitlines()
    assert finding.startswith("content/en/mornings.md:8: error ")
    assert result.stderr == (
        "kinbridge: An error stops the release; the site is as it was. "
        "Mend what `kinbridge check` lists, then publish again.\n"
    )
    assert len(run(instance, "releases").stdout.splitlines()) == 1


@pytest.mark.parametrize("command", ["build", "publish", "releases", "rollback"])
def test_outside_an_instance_every_command_says_what_to_do(command: str, tmp_path: Path) -> None:
    result = run(Instance(tmp_path, tmp_path), command)
    assert result.exit_code == 2
    assert result.stderr == (
        f"kinbridge: No mkdocs.yml in {tmp_path}. Go to the clinic's folder, or name it in KINBRIDGE_INSTANCE.\n"
    )


def test_a_rollback_without_a_former_release_could_not_run(instance: Instance) -> None:
    result = run(instance, "rollback")
    assert (result.exit_code, result.stderr) == (
        2,
        "kinbridge: There is no release before the current one. Nothing was changed.\n",
    )
