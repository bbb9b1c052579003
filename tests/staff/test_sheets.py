"""Forms that staff enter for a family, and answers that they correct."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path

import pytest
from frictionless import validate

from tests.commands.running import send
from tests.families import INTAKE, SUPPORT_GROUP
from tests.instances import Instance
from tests.staff.colleague import Colleague, errors_of, heading_of, run
from tests.staff.conftest import Invite


@pytest.fixture
def ana(invited: Invite) -> Colleague:
    colleague = invited()
    colleague.open("/staff/unlock")
    colleague.send("/staff/unlock")
    return colleague


def everything(pages: dict[str, dict[str, str]]) -> dict[str, str]:
    return {name: text for answers in pages.values() for name, text in answers.items()}


def exported(instance: Instance, form: str, out: Path) -> list[dict[str, str]]:
    """The rows of the main table, from a package that frictionless finds valid."""
    file = out / "out.zip"
    assert run(instance, "submissions", "export", form, "--out", str(file)).exit_code == 0
    folder = out / "package"
    with zipfile.ZipFile(file) as archive:
        archive.extractall(folder)
        main = next(name for name in archive.namelist() if name.startswith("data/"))
    assert validate(str(folder / "datapackage.json")).valid
    return list(csv.DictReader(io.StringIO((folder / main).read_text("utf-8"))))


def test_a_form_from_paper_is_kept_like_a_familys_own_and_marked(
    ana: Colleague, instance: Instance, tmp_path: Path
) -> None:
    assert "Questions before your first visit" in ana.open("/staff/enter").text
    ana.open("/staff/enter/intake")
    answers = everything(INTAKE)  # type: ignore[arg-type]
    people = {
        "household/1/person_name": "Rosa",
        "household/1/person_relation": "mother",
        "household/3/person_name": "Luis",
        "household/3/person_relation": "sibling",
    }
    page = ana.send("/staff/enter/intake", True, **answers, **people)
    assert heading_of(page) == "The form is kept", errors_of(page)
    (row,) = exported(instance, "intake", tmp_path)
    assert (row["your_name"], row["birth_date"]) == ("Ana Quispe", "2015-02-03")
    read = ana.open(f"/staff/answers/{row['reference']}").text
    assert "entered by staff" in read and "Rosa" in read and "Luis" in read
    code = page.text.partition('class="kb-key">')[2].partition("<")[0]
    taken_back = instance.app().test_client().post("/forms/withdraw", data={"code": code})
    assert "are erased" in taken_back.text
    assert ana.open(f"/staff/answers/{row['reference']}").status_code == 404, "the family took it back"


def test_what_the_form_refuses_is_refused_here_and_what_was_typed_is_kept(ana: Colleague) -> None:
    ana.open("/staff/enter/intake")
    answers = {**everything(INTAKE), "birth_date-day": "31", "contact_by": "email", "email": "nowhere"}  # type: ignore[arg-type]
    page = ana.send("/staff/enter/intake", True, **answers, **{"household/1/person_relation": "dragon"})
    assert page.status_code == 422
    told = " ".join(errors_of(page))
    assert "write a real date" in told and "write an e-mail address" in told
    assert 'value="nowhere"' in page.text and 'value="31"' in page.text
    assert "<title>Error:" in page.text
    empty = ana.send("/staff/enter/intake")
    assert empty.status_code == 422 and len(errors_of(empty)) > 2


def test_a_sign_up_from_paper_takes_a_place_or_waits_and_a_full_group_is_said(
    ana: Colleague, instance: Instance
) -> None:
    ana.open("/staff/enter/support-group")
    for _ in range(3):
        page = ana.send("/staff/enter/support-group", True, **everything(SUPPORT_GROUP))  # type: ignore[arg-type]
        assert heading_of(page) == "The form is kept", errors_of(page)
    told = run(instance, "groups", "show", "worries-2027-01", "--json").stdout
    assert len(json.loads(told)["confirmed"]) == 3


def test_a_second_click_keeps_one_form_and_not_two(ana: Colleague, instance: Instance) -> None:
    page = ana.open("/staff/enter/support-group")
    code = page.text.partition('name="code" value="')[2].partition('"')[0]
    answers = everything(SUPPORT_GROUP)  # type: ignore[arg-type]
    for _ in range(2):
        done = ana.send("/staff/enter/support-group", True, **answers, code=code)
        assert heading_of(done) == "The form is kept"
    assert len(json.loads(run(instance, "submissions", "list", "--json").stdout)) == 1


def test_a_correction_keeps_the_old_cell_who_and_why(
    ana: Colleague, instance: Instance, tmp_path: Path
) -> None:
    reference = send(instance)
    address = f"/staff/answers/{reference}/correct"
    page = ana.open(address)
    was = page.text.partition('name="was" value="')[2].partition('"')[0]
    answers = {**everything(SUPPORT_GROUP), "your_name": "Ana Quispe Mamani", "was": was}  # type: ignore[arg-type]
    assert errors_of(ana.send(address, True, **answers)) == ["Write why you change it."]
    unchanged = {**answers, "your_name": "Ana Quispe", "reason": "Typing error"}
    assert errors_of(ana.send(address, True, **unchanged)) == ["You have changed nothing yet."]
    done = ana.send(address, True, **answers, reason="She told us her full name by phone")
    assert heading_of(done) == reference
    assert "<del>Ana Quispe</del> <ins>Ana Quispe Mamani</ins>" in done.text
    assert "ana@clinic.example" in done.text and "by phone" in done.text
    (row,) = exported(instance, "support-group", tmp_path)
    assert row["your_name"] == "Ana Quispe Mamani" and row["group"] == "worries-2027-01"
    audit = run(instance, "audit", "export").stdout
    assert "submission.corrected" in audit and "Mamani" not in audit and "by phone" not in audit
    everywhere = b"".join(file.read_bytes() for file in instance.var.rglob("*") if file.is_file())
    assert b"Mamani" not in everywhere, "the correction is sealed, too"


def test_a_correction_changes_no_group_whatever_is_posted(
    ana: Colleague, instance: Instance, tmp_path: Path
) -> None:
    reference = send(instance)
    address = f"/staff/answers/{reference}/correct"
    was = ana.open(address).text.partition('name="was" value="')[2].partition('"')[0]
    answers = {**everything(SUPPORT_GROUP), "was": was, "reason": "By phone"}  # type: ignore[arg-type]
    other = "carers-2027-05"
    crafted = {**answers, "group": other}
    assert errors_of(ana.send(address, True, **crafted)) == ["You have changed nothing yet."]
    assert ana.send(address, True, **{**crafted, "your_name": "Ana Q."}).status_code == 200
    (row,) = exported(instance, "support-group", tmp_path)
    assert (row["your_name"], row["group"]) == ("Ana Q.", "worries-2027-01")
    assert f"<ins>{other}</ins>" not in ana.open(f"/staff/answers/{reference}").text


def test_of_two_who_correct_at_once_the_second_is_shown_the_difference(
    ana: Colleague, invited: Invite, instance: Instance
) -> None:
    ben = invited(email="ben@clinic.example")
    ben.open("/staff/unlock")
    ben.send("/staff/unlock")
    reference = send(instance)
    address = f"/staff/answers/{reference}/correct"
    was = ana.open(address).text.partition('name="was" value="')[2].partition('"')[0]
    ben.open(address)
    base = {**everything(SUPPORT_GROUP), "was": was, "reason": "Phone call"}  # type: ignore[arg-type]
    assert ana.send(address, True, **{**base, "your_name": "Ana Q."}).status_code == 200
    late = ben.send(address, True, **{**base, "your_name": "Anna Quispe"})
    assert late.status_code == 409
    assert "What is your name?: now “Ana Q.”, yours “Anna Quispe”" in late.text
    assert 'value="Anna Quispe"' in late.text, "what was typed is kept"
    assert "Ana Q." in ana.open(f"/staff/answers/{reference}").text
    again = late.text.partition('name="was" value="')[2].partition('"')[0]
    assert ben.send(address, True, **{**base, "your_name": "Anna Quispe", "was": again}).status_code == 200


def test_nothing_is_entered_for_a_form_that_is_not_published(ana: Colleague) -> None:
    assert ana.open("/staff/enter/nothing").status_code == 404
    assert ana.send("/staff/enter/nothing").status_code == 404
    assert ana.open("/staff/answers/0000-0000/correct").status_code == 404
