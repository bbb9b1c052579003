"""Answers come out again: valid packages, the good rows whatever happens to others."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from frictionless import validate

from forms_service.cli import main
from forms_service.sealing.identity import new_identity
from forms_service.sealing.recipients import read_recipients
from forms_service.store import Store
from forms_service.store.tables import submissions
from tests.families import INTAKE, SUPPORT_GROUP, Family
from tests.instances import Instance


def run(instance: Instance, *words: str) -> Result:
    return CliRunner().invoke(main, list(words), env=dict(instance.environment))


def send(instance: Instance, form: str, pages: dict[str, object]) -> str:
    family = Family(instance.app().test_client(), form)
    family.start()
    family.walk(pages)  # type: ignore[arg-type]
    return family.send()


def unpacked(zip_file: Path, folder: Path) -> Path:
    with zipfile.ZipFile(zip_file) as archive:
        archive.extractall(folder)
    return folder / "datapackage.json"


def test_what_families_sent_is_exported_as_a_package_that_frictionless_accepts(
    instance: Instance, tmp_path: Path
) -> None:
    sent = [send(instance, "support-group", dict(SUPPORT_GROUP)) for _ in range(3)]
    out = tmp_path / "x.zip"
    result = run(instance, "submissions", "export", "support-group", "--out", str(out))
    assert result.exit_code == 0, result.output
    package = unpacked(out, tmp_path / "x")
    assert validate(str(package)).valid
    rows = (tmp_path / "x" / "data" / "signups.csv").read_text("utf-8").splitlines()
    assert [line.split(",")[1] for line in rows[1:]] == sent
    assert run(instance, "packages", "validate", str(out)).exit_code == 0


def test_the_same_data_gives_the_same_bytes(instance: Instance, tmp_path: Path) -> None:
    send(instance, "intake", dict(INTAKE))
    for name in ("a.zip", "b.zip"):
        assert run(instance, "submissions", "export", "intake", "--out", str(tmp_path / name)).exit_code == 0
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_a_form_without_answers_exports_a_valid_empty_package(instance: Instance, tmp_path: Path) -> None:
    out = tmp_path / "x.zip"
    assert run(instance, "submissions", "export", "intake", "--out", str(out)).exit_code == 0
    assert validate(str(unpacked(out, tmp_path / "x"))).valid


def test_a_damaged_row_is_named_and_the_good_rows_still_come_out(instance: Instance, tmp_path: Path) -> None:
    good, bad = (send(instance, "support-group", dict(SUPPORT_GROUP)) for _ in range(2))
    store = Store(instance.settings.database_url)
    with store.writing() as connection:
        connection.execute(
            submissions.update()
            .where(submissions.c.reference == bad)
            .values(sealed=b"age-encryption.org/v1 x")
        )
    out = tmp_path / "x.zip"
    result = run(instance, "submissions", "export", "support-group", "--out", str(out))
    assert result.exit_code == 1
    assert [line for line in result.stderr.splitlines() if bad in line] == [
        f"kinbridge: left out {bad}: the key does not open it, or it is damaged"
    ]
    with zipfile.ZipFile(out) as archive:
        text = archive.read("data/signups.csv").decode()
        report = json.loads(archive.read("report.json"))
    assert good in text and bad not in text
    assert report["left_out"] == [{"reference": bad, "reason": "the key does not open it, or it is damaged"}]


def test_a_submission_of_an_unknown_version_is_named_and_the_good_rows_still_come_out(
    instance: Instance, tmp_path: Path
) -> None:
    good, strange = (send(instance, "support-group", dict(SUPPORT_GROUP)) for _ in range(2))
    recipients = read_recipients(instance.settings.recipients_file)
    store = Store(instance.settings.database_url)
    with store.writing() as connection:
        sealed = recipients.seal(b'{"format": "kinbridge-submission/9"}')
        connection.execute(
            submissions.update().where(submissions.c.reference == strange).values(sealed=sealed)
        )
    out = tmp_path / "x.zip"
    result = run(instance, "submissions", "export", "support-group", "--out", str(out))
    assert result.exit_code == 1
    (line,) = [line for line in result.stderr.splitlines() if strange in line]
    assert "kinbridge-submission/9" in line
    with zipfile.ZipFile(out) as archive:
        assert good in archive.read("data/signups.csv").decode()


def test_a_wrong_key_opens_nothing_and_says_so(instance: Instance, tmp_path: Path) -> None:
    reference = send(instance, "support-group", dict(SUPPORT_GROUP))
    new_identity(tmp_path / "other.age", tmp_path / "other.txt", None)
    words = ("--identity", str(tmp_path / "other.age"))
    result = run(instance, "submissions", "export", "support-group", "--out", str(tmp_path / "x.zip"), *words)
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 2 and reference in result.stderr
    assert run(instance, "submissions", "show", reference, *words).exit_code == 2


def test_a_missing_key_is_one_line_with_the_mend(instance: Instance, tmp_path: Path) -> None:
    send(instance, "support-group", dict(SUPPORT_GROUP))
    instance.settings.identity_file.unlink()
    out = tmp_path / "x.zip"
    result = run(instance, "submissions", "export", "support-group", "--out", str(out))
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1 and "--identity" in result.stderr
    assert not list(tmp_path.glob("x.zip*"))


def test_a_submission_is_listed_without_the_key_and_shown_with_it(instance: Instance) -> None:
    reference = send(instance, "support-group", dict(SUPPORT_GROUP))
    (listed,) = json.loads(run(instance, "submissions", "list", "--json").stdout)
    assert listed["reference"] == reference and listed["form"] == "support-group"
    assert "ana@example.org" not in json.dumps(listed)
    shown = json.loads(run(instance, "submissions", "show", reference.lower(), "--json").stdout)
    assert shown["rows"]["signups"][0]["email"] == "ana@example.org"


def test_an_erased_submission_is_gone(instance: Instance) -> None:
    reference = send(instance, "support-group", dict(SUPPORT_GROUP))
    assert run(instance, "submissions", "erase", reference).exit_code == 0
    assert json.loads(run(instance, "submissions", "list", "--json").stdout) == []
    again = run(instance, "submissions", "erase", reference)
    assert again.exit_code == 2 and again.stderr.count("\n") == 1


def test_purge_erases_what_is_older_than_its_form_keeps_it(instance: Instance) -> None:
    old, new = (send(instance, "support-group", dict(SUPPORT_GROUP)) for _ in range(2))
    store = Store(instance.settings.database_url)
    with store.writing() as connection:
        connection.execute(
            sa.update(submissions)
            .where(submissions.c.reference == old)
            .values(submitted_at="2020-01-01T00:00:00Z")
        )
    result = run(instance, "submissions", "purge")
    assert result.output.startswith("erased 1 submission, ")
    listed = json.loads(run(instance, "submissions", "list", "--json").stdout)
    assert [submission["reference"] for submission in listed] == [new]


@pytest.mark.parametrize(
    ("column", "cell", "constraint"),
    [("phone", "555 0199", "hidden"), ("email", "", "required"), ("support", "nonsense", "choice")],
)
def test_packages_validate_names_a_broken_rule_from_the_zip_alone(
    instance: Instance, tmp_path: Path, column: str, cell: str, constraint: str
) -> None:
    send(instance, "support-group", dict(SUPPORT_GROUP))
    out, planted = tmp_path / "x.zip", tmp_path / "planted.zip"
    assert run(instance, "submissions", "export", "support-group", "--out", str(out)).exit_code == 0
    with zipfile.ZipFile(out) as source, zipfile.ZipFile(planted, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "data/signups.csv":
                header, row = content.decode().splitlines()
                cells = dict(zip(header.split(","), row.split(","), strict=True)) | {column: cell}
                content = f"{header}\r\n{','.join(cells.values())}\r\n".encode()
            target.writestr(name, content)
    result = run(instance, "packages", "validate", str(planted))
    assert result.exit_code == 1
    assert f"signups:1: error {constraint} {column}" in result.output


def test_a_file_that_is_no_package_is_refused_in_one_line(instance: Instance, tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_text("no zip")
    result = run(instance, "packages", "validate", str(tmp_path / "x.zip"))
    assert result.exit_code == 2 and result.stderr.count("\n") == 1


def test_the_command_frictionless_accepts_the_unpacked_export(instance: Instance, tmp_path: Path) -> None:
    send(instance, "intake", dict(INTAKE))
    out = tmp_path / "x.zip"
    assert run(instance, "submissions", "export", "intake", "--out", str(out)).exit_code == 0
    package = unpacked(out, tmp_path / "x")
    frictionless = str(Path(sys.executable).with_name("frictionless"))
    done = subprocess.run([frictionless, "validate", package.name], cwd=package.parent, capture_output=True)
    assert done.returncode == 0, done.stdout
