"""`kinbridge keys`: readers, rotation, the sheet and its drill, from the command line."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pypdf
import pytest

from forms_service.sealing.identity import new_identity
from tests.commands.running import run, send
from tests.instances import Instance, make_instance

CLINIC, ANA = "five words that nobody guesses", "ana likes long rivers"


@pytest.fixture
def clinic(tmp_path: Path, database_url: str) -> Instance:
    """An instance whose key is under a passphrase."""
    made = make_instance(tmp_path / "instance", keys=False, database_url=database_url)
    result = run(made, "keys", "new", typed=f"{CLINIC}\n{CLINIC}\n")
    assert result.exit_code == 0, result.output
    return made


def printed(text: str) -> list[str]:
    return re.findall(r"<li>([A-Z0-9 ]+)</li>", text)


def test_a_reader_comes_reads_and_goes_and_the_key_is_rotated(clinic: Instance, tmp_path: Path) -> None:
    reference = send(clinic)
    theirs = tmp_path / "ana.txt"
    theirs.write_text(f"{ANA}\n")
    added = run(clinic, "keys", "add", "ana", "--passphrase-file", str(theirs), typed=f"{CLINIC}\n")
    assert added.exit_code == 0, added.output
    assert run(clinic, "submissions", "show", reference, typed=f"{ANA}\n").exit_code == 0
    before = run(clinic, "keys", "list").stdout
    assert re.search(r"^age1\w+\tthe clinic's key", before) and "reader\tclinic" in before
    removed = run(clinic, "keys", "remove", "ana")
    assert (
        removed.exit_code == 0 and "What removing cannot do" in removed.stdout and "rotate" in removed.stdout
    )
    wrong = run(clinic, "submissions", "show", reference, typed=f"{ANA}\n")
    assert wrong.exit_code == 2
    assert wrong.stderr.splitlines()[-1] == (
        "kinbridge: the passphrase does not open the clinic's key: try again"
    )
    passphrase = tmp_path / "passphrase.txt"
    passphrase.write_text(CLINIC)
    unattended = {"KINBRIDGE_PASSPHRASE_FILE": str(passphrase)}
    rotated = run(clinic, "keys", "rotate", **unattended)
    assert rotated.exit_code == 0 and "1 rows sealed anew" in rotated.stdout, rotated.output
    after = run(clinic, "keys", "list").stdout
    assert after.split()[0] != before.split()[0] and f"former\t{before.split()[0]}" in after
    assert run(clinic, "submissions", "show", reference, **unattended).exit_code == 0


def test_a_sheet_is_written_for_its_owner_alone_and_opens_yesterdays_answers(
    clinic: Instance, tmp_path: Path
) -> None:
    for _ in range(2):
        send(clinic)
    sheet = tmp_path / "sheet.html"
    assert run(clinic, "keys", "sheet", "--out", str(sheet), typed=f"{CLINIC}\n").exit_code == 0
    assert stat.S_IMODE(sheet.stat().st_mode) == 0o600
    text = sheet.read_text("utf-8")
    lines = printed(text)
    assert len(lines) == 4 and "<svg" in text and "http" not in text.replace("http://www.w3.org", "")
    drill = run(clinic, "keys", "drill", typed="\n".join(lines).lower() + "\n")
    assert drill.exit_code == 0 and drill.stdout == "2 of the 2 newest submissions open with this sheet\n"
    slip = run(clinic, "keys", "drill", typed="\n".join([lines[0][:-1] + "?", *lines[1:]]) + "\n")
    assert slip.exit_code == 2 and slip.stderr.count("\n") == 1 and "line 1" in slip.stderr
    added = run(clinic, "keys", "add", "luis", "--sheet", typed="\n".join([*lines, ANA, ANA]) + "\n")
    assert added.exit_code == 0, added.output
    assert "Ana Quispe" not in drill.output + added.output


def test_a_drill_with_another_clinics_sheet_fails(clinic: Instance, tmp_path: Path) -> None:
    send(clinic)
    other = make_instance(tmp_path / "other", keys=False)
    new_identity(other.settings.identity_file, other.settings.recipients_file, None)
    assert run(other, "keys", "sheet", "--out", str(tmp_path / "other.html")).exit_code == 0
    lines = printed((tmp_path / "other.html").read_text("utf-8"))
    drill = run(clinic, "keys", "drill", typed="\n".join(lines) + "\n")
    assert drill.exit_code == 1 and drill.stdout.startswith("0 of the 1 newest")


def test_a_pdf_sheet_holds_the_lines_and_the_code(tmp_path: Path) -> None:
    instance = make_instance(tmp_path / "instance")
    assert run(instance, "keys", "sheet", "--out", str(tmp_path / "s.pdf")).exit_code == 0
    assert run(instance, "keys", "sheet", "--out", str(tmp_path / "s.html")).exit_code == 0
    (page, *_) = pypdf.PdfReader(tmp_path / "s.pdf").pages
    text = "".join(page.extract_text().split())
    for line in printed((tmp_path / "s.html").read_text("utf-8")):
        assert "".join(line.split()) in text


def test_a_sheet_is_never_written_where_git_or_back_ups_find_it(tmp_path: Path) -> None:
    instance = make_instance(tmp_path / "instance")
    for place in (instance.root / "sheet.pdf", instance.var / "keys" / "sheet.html", tmp_path / "sheet.txt"):
        result = run(instance, "keys", "sheet", "--out", str(place))
        assert result.exit_code == 2 and result.stderr.count("\n") == 1 and not place.exists()


def test_a_passphrase_that_is_too_short_makes_nothing(tmp_path: Path) -> None:
    instance = make_instance(tmp_path / "instance", keys=False)
    result = run(instance, "keys", "new", typed="short\nshort\n")
    assert result.exit_code == 2 and "too short" in result.stderr
    assert not instance.settings.identity_file.exists()
    assert "sheet" in run(instance, "keys", "--help").stdout
