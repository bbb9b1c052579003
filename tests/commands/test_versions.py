"""A form that judges otherwise needs a higher version; its words may change freely."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from forms_service.cli import main
from tests.instances import make_instance


def reword(package: dict[str, Any]) -> None:
    package["resources"][0]["schema"]["fields"][0]["title"] = "Another way to ask"


def rejudge(package: dict[str, Any]) -> None:
    package["resources"][0]["schema"]["fields"][0]["constraints"]["maxLength"] = 60


def rejudge_higher(package: dict[str, Any]) -> None:
    rejudge(package)
    package["version"] = "3.0.0"


@pytest.mark.parametrize(("change", "code"), [(reword, 0), (rejudge, 1), (rejudge_higher, 0)])
def test_check_demands_a_higher_version_when_the_judgement_changed(
    tmp_path: Path, change: Callable[[dict[str, Any]], None], code: int
) -> None:
    instance = make_instance(tmp_path / "i")
    file = instance.root / "datapackages" / "intake" / "datapackage.json"
    package = json.loads(file.read_text("utf-8"))
    change(package)
    file.write_text(json.dumps(package, indent=2), "utf-8")
    result = CliRunner().invoke(main, ["forms", "check", "intake"], env=dict(instance.environment))
    assert result.exit_code == code, result.output
    assert ("version-not-raised" in result.output) == bool(code)
