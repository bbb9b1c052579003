"""`packages validate` on packages that somebody changed: a line for each fault, never a traceback."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from forms_service.cli import main
from tests.commands.running import run
from tests.definition.test_broken_anywhere import JUNK, broken, places
from tests.families import Family
from tests.households import TOM, household
from tests.instances import make_instance
from tests.properties.runs import run_of
from tests.public.test_outcomes import FIELDS, RULES, descriptor, send

_LINE = re.compile(r"[^:]+:\d+: error [a-z]\S* .+")
Change = Callable[[str, bytes], bytes]


def changed(package: Path, change: Change, target: Path) -> Path:
    """A copy of a package, each file as `change` leaves it."""
    with zipfile.ZipFile(package) as source, zipfile.ZipFile(target, "w") as copy:
        for name in source.namelist():
            copy.writestr(name, change(name, source.read(name)))
    return target


def judged(package: Path) -> Result:
    """What `packages validate` says; whatever it is, it is lines."""
    result = CliRunner().invoke(main, ["packages", "validate", str(package)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    lines = result.stdout.splitlines()
    if result.exit_code == 2:
        assert not lines and re.fullmatch(r"kinbridge: .+\n", result.stderr), result.output
    elif result.exit_code == 1:
        assert lines and all(_LINE.fullmatch(line) for line in lines), result.stdout
    else:
        assert lines == [f"{package.name}: valid"]
    return result


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The export of a form with a repeatable group, one family in it."""
    folder = tmp_path_factory.mktemp("home")
    instance = make_instance(folder / "i", {"household": household()})
    family = Family(instance.app().test_client(), "household")
    family.start()
    family.answer("home", {"alone": "false", "town": "Lima"})
    family.add("people", TOM)
    family.walk({})
    family.send()
    package = folder / "home.zip"
    assert run(instance, "submissions", "export", "household", "--out", str(package)).exit_code == 0
    return package


def test_a_package_broken_anywhere_is_told_in_lines(home: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(home) as archive:
        package = json.loads(archive.read("datapackage.json"))
    assert judged(home).exit_code == 0
    everywhere = [at for at in places(package) if "dialect" not in at]

    @run_of(150)
    @given(st.sampled_from(everywhere), st.sampled_from([*JUNK, Ellipsis]))
    def law(at: tuple[str | int, ...], junk: Any) -> None:
        content = json.dumps(broken(package, at, junk)).encode()
        judged(
            changed(
                home, lambda name, old: content if name == "datapackage.json" else old, tmp_path / "b.zip"
            )
        )

    law()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda package: [], 2),
        (lambda package: None, 2),
        (lambda package: {"resources": None}, 2),
        (lambda package: {**package, "resources": [1]}, 2),
        (lambda package: broken(package, ("resources", 0, "path"), ["data/homes.csv"]), 1),
        (lambda package: broken(package, ("resources", 0, "path"), "/etc/passwd"), 1),
        (lambda package: broken(package, ("resources", 0, "schema"), "schema.json"), 1),
        (lambda package: broken(package, ("resources", 0, "schema", "fields"), [1]), 1),
        (lambda package: broken(package, ("resources", 0, "form"), 5), 1),
        (lambda package: broken(package, ("resources", 0, "form", "own"), 5), 1),
        (lambda package: broken(package, ("resources", 1, "form", "of"), "people"), 1),
        (lambda package: broken(package, ("resources", 1, "form", "own"), ["submission_id"]), 1),
    ],
)
def test_a_descriptor_of_another_shape_is_refused(
    home: Path, tmp_path: Path, change: Callable[[Any], Any], code: int
) -> None:
    def write(name: str, content: bytes) -> bytes:
        return json.dumps(change(json.loads(content))).encode() if name == "datapackage.json" else content

    assert judged(changed(home, write, tmp_path / "b.zip")).exit_code == code


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b'"\n', b"a" * 200_000 + b"\n1\n"])
def test_a_table_of_other_bytes_is_refused(home: Path, tmp_path: Path, content: bytes) -> None:
    found = judged(
        changed(home, lambda name, old: content if name == "data/people.csv" else old, tmp_path / "b.zip")
    )
    assert found.exit_code == 1


@pytest.mark.parametrize("content", [b"", b"PK", b"not a zip"])
def test_a_file_that_is_no_zip_is_one_line(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "x.zip"
    file.write_bytes(content)
    assert judged(file).exit_code == 2
    assert judged(tmp_path / "nowhere.zip").exit_code == 2


def test_a_row_that_breaks_a_rule_across_fields_is_named(tmp_path: Path) -> None:
    instance = make_instance(tmp_path / "i", {"made-up": descriptor(FIELDS, rules=RULES)})
    send(instance, {"age": "4", "weeks": "17"})
    package = tmp_path / "x.zip"
    assert run(instance, "submissions", "export", "made-up", "--out", str(package)).exit_code == 0

    def judged_with(weeks: bytes) -> Result:
        def write(name: str, content: bytes) -> bytes:
            return content.replace(b",17\r\n", b"," + weeks + b"\r\n") if name.endswith(".csv") else content

        return judged(changed(package, write, tmp_path / "planted.zip"))

    assert judged_with(b"60").stdout == "replies:1: error rule weeks row 1: weeks is rule\n"
    assert judged_with(b"30").exit_code == 0  # a warning may be passed
