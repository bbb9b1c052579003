"""`kinbridge check` as an editor meets it."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from site_src.checks import ALL
from site_src.checks.command import check
from tests.site.checks.conftest import Clinic

CALM, NOCHES = "content/en/calm.md", "content/es/calm.md"


def _run(clinic: Clinic, *arguments: str) -> Result:
    return CliRunner(env={"KINBRIDGE_INSTANCE": str(clinic.root)}).invoke(check, list(arguments))


@pytest.fixture
def spoiled(clinic: Clinic) -> Clinic:
    """A clinic with one error and one warning that no calendar changes."""
    for path in (CALM, "content/en/crisis.md", NOCHES, "content/es/crisis.md"):
        text = clinic.read(path).replace("2027-05-31", "2999-05-31")
        clinic.write(path, text.replace("need: between", "need: now"))  # which may be as short as it is
    clinic.change(CALM, "(crisis.md#who-to-call)", "(crisis.md#gone)")
    clinic.write("content/en/index.md", "---\ntitle: T\ndescription: D\n---\n\nText.\n")
    return clinic


def test_a_finding_is_one_line_with_path_line_level_code_and_message(spoiled: Clinic) -> None:
    result = _run(spoiled)
    line = spoiled.line_of(CALM, "#gone")
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        f"{CALM}:{line}: error dead-anchor content/en/crisis.md has no heading or mark #gone",
        "content/en/index.md:1: warning untranslated there is no translation: add content/es/index.md",
    ]


def test_json_holds_the_same_findings(spoiled: Clinic) -> None:
    result = _run(spoiled, "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)[0] == {
        "path": CALM,
        "line": spoiled.line_of(CALM, "#gone"),
        "level": "error",
        "code": "dead-anchor",
        "message": "content/en/crisis.md has no heading or mark #gone",
    }


def test_warnings_alone_are_well(spoiled: Clinic) -> None:
    spoiled.change(CALM, "#gone", "#who-to-call")
    result = _run(spoiled)
    assert (result.exit_code, len(result.stdout.splitlines())) == (0, 1)


def test_no_finding_is_an_empty_json_list(spoiled: Clinic) -> None:
    result = _run(spoiled, "--json", str(spoiled.root / NOCHES))
    assert (result.exit_code, json.loads(result.stdout)) == (0, [])


def test_paths_narrow_what_is_said(spoiled: Clinic) -> None:
    result = _run(spoiled, str(spoiled.root / "content/en/index.md"))
    assert result.exit_code == 0
    assert [line.split(":")[0] for line in result.stdout.splitlines()] == ["content/en/index.md"]


@pytest.mark.parametrize("arguments", [["--jsn"], ["gone.md"], ["--accept-translations"]])
def test_wrong_use_exits_with_2(arguments: list[str], clinic: Clinic) -> None:
    result = _run(clinic, *arguments)
    assert (result.exit_code, result.stdout) == (2, "")


def test_a_folder_that_is_no_instance_exits_with_2_in_one_line(clinic: Clinic) -> None:
    (clinic.root / "mkdocs.yml").unlink()
    result = _run(clinic)
    assert (result.exit_code, result.stdout, len(result.stderr.splitlines())) == (2, "", 1)


def test_a_broken_mkdocs_yml_exits_with_2_in_one_line(clinic: Clinic) -> None:
    clinic.write("mkdocs.yml", "a: [")
    result = _run(clinic)
    assert (result.exit_code, result.stdout, len(result.stderr.splitlines())) == (2, "", 1)


def test_accepting_a_translation_makes_it_fresh(spoiled: Clinic) -> None:
    spoiled.write(CALM, spoiled.read(CALM).replace("short book", "long book"))
    assert "stale-translation" in _run(spoiled).stdout
    result = _run(spoiled, "--accept-translations", str(spoiled.root / NOCHES))
    assert (result.exit_code, result.stderr) == (0, f"Accepted {NOCHES}.\n")
    assert "stale-translation" not in _run(spoiled).stdout


def test_accepting_what_is_no_translation_exits_with_2(clinic: Clinic) -> None:
    result = _run(clinic, "--accept-translations", str(clinic.root / CALM))
    assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1)


def test_the_rules_are_listed_with_their_codes(clinic: Clinic) -> None:
    result = _run(clinic, "--rules")
    listed = [line.split()[0] for line in result.stdout.splitlines()]
    assert listed == [code for rule in ALL for code in rule.codes]


def test_every_code_that_is_found_has_a_meaning_and_only_one(clinic: Clinic) -> None:
    codes = [code for rule in ALL for code in rule.codes]
    assert len(codes) == len(set(codes))
    assert all(meaning.endswith(".") for rule in ALL for meaning in rule.codes.values())
