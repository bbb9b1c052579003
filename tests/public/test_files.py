"""A family gives a file: it is cleaned, kept sealed, shown, replaced, removed, sent and erased."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import pytest
import sqlalchemy as sa
from PIL import Image
from pypdf import PdfReader

from forms_service.store import Store
from forms_service.store.tables import copy_files, draft_files, draft_pages, files
from tests.commands.test_out_again import run
from tests.families import Family, code_of, errors_of
from tests.instances import Instance, make_instance
from tests.public.uploading import SECRET, begin, give, letter_form, pdf, photo, telling_photo


@pytest.fixture
def clinic(tmp_path: Path, database_url: str) -> Instance:
    return make_instance(tmp_path / "instance", {"letters": letter_form()}, database_url=database_url)


@pytest.fixture
def family(clinic: Instance) -> Family:
    return begin(clinic.app().test_client())


def rows(clinic: Instance, table: sa.Table) -> list[bytes]:
    store = Store(clinic.settings.database_url)
    with store.reading() as connection:
        found = [bytes(row.sealed) for row in connection.execute(sa.select(table))]
    store.close()
    return found


def exported(clinic: Instance, out: Path) -> zipfile.ZipFile:
    result = run(clinic, "submissions", "export", "letters", "--out", str(out))
    assert result.exit_code == 0, result.output
    assert run(clinic, "packages", "validate", str(out)).exit_code == 0
    return zipfile.ZipFile(out)


def file_in(archive: zipfile.ZipFile) -> tuple[str, bytes]:
    (name,) = [name for name in archive.namelist() if name.startswith("files/")]
    return name, archive.read(name)


def test_a_photo_goes_to_the_clinic_and_out_again(clinic: Instance, family: Family, tmp_path: Path) -> None:
    assert give(family, photo(), "Zoé's letter.jpg").status_code == 303
    check = family.open(family.address("check"))
    assert "Zoé&#39;s letter.jpg (1 kB)" in check.text
    family.send()
    with exported(clinic, tmp_path / "x.zip") as archive:
        name, content = file_in(archive)
        table = archive.read("data/letters.csv").decode()
    assert name == "files/1/letter.jpg" and name in table
    assert Image.open(BytesIO(content)).size == (60, 40)


def test_a_photo_loses_all_it_tells_and_stands_upright(
    clinic: Instance, family: Family, tmp_path: Path
) -> None:
    sent = telling_photo()
    assert sent.count(SECRET.encode()) >= 3
    give(family, sent)
    family.open(family.address("check"))
    family.send()
    with exported(clinic, tmp_path / "x.zip") as archive:
        _, content = file_in(archive)
    image = Image.open(BytesIO(content))
    assert SECRET.encode() not in content and not image.getexif() and "comment" not in image.info
    assert image.size == (40, 60)
    red, blue = image.convert("RGB").crop((0, 0, 40, 20)), image.convert("RGB").crop((0, 40, 40, 60))
    assert (
        red.resize((1, 1)).tobytes()[0] > 200 and blue.resize((1, 1)).tobytes()[2] > 200
    )  # what was left is on top


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_other_pictures_are_taken_whatever_they_are_called(
    clinic: Instance, family: Family, tmp_path: Path, kind: str
) -> None:
    give(family, photo(kind), "scan.pdf")
    family.open(family.address("check"))
    family.send()
    with exported(clinic, tmp_path / "x.zip") as archive:
        name, content = file_in(archive)
    assert name == f"files/1/letter.{kind.lower()}" and Image.open(BytesIO(content)).format == kind


def test_a_pdf_keeps_its_pages_and_loses_its_author_scripts_and_attachments(
    clinic: Instance, family: Family, tmp_path: Path
) -> None:
    sent = pdf(pages=3, Author=SECRET, Title=SECRET)
    give(family, sent, "report.pdf")
    family.open(family.address("check"))
    family.send()
    with exported(clinic, tmp_path / "x.zip") as archive:
        name, content = file_in(archive)
    assert name == "files/1/letter.pdf"
    reader = PdfReader(BytesIO(content))
    assert len(reader.pages) == 3 and not reader.attachments
    assert SECRET not in str(reader.metadata) and b"app.alert" not in content


def test_a_file_survives_saving_and_coming_back_on_another_device(clinic: Instance, family: Family) -> None:
    give(family, photo(), "mine.jpg")
    code = code_of(family.open(family.address("save")))
    other = Family(clinic.app().test_client(), "letters")
    other.client.post("/forms/resume", data={"code": code})
    assert "mine.jpg" in other.open(other.address("check")).text
    other.send()
    assert len(rows(clinic, files)) == 1 and rows(clinic, draft_files) == []


def test_a_file_is_replaced_by_another_and_stays_when_none_is_chosen(
    clinic: Instance, family: Family, tmp_path: Path
) -> None:
    give(family, photo(), "first.jpg")
    assert give(family, pdf(), "second.pdf").status_code == 303
    assert give(family, None, note="another note").status_code == 303
    page = family.open(family.address("letter")).text
    assert "second.pdf" in page and "first.jpg" not in page
    family.open(family.address("check"))
    family.send()
    with exported(clinic, tmp_path / "x.zip") as archive:
        assert file_in(archive)[0] == "files/1/letter.pdf"


def test_a_removed_file_is_gone_and_asked_for_again(clinic: Instance, family: Family) -> None:
    give(family, photo(), "mine.jpg")
    answer = give(family, None, **{"letter-remove": "true"})
    assert answer.status_code == 422
    assert errors_of(answer) == ["Choose a file for “The letter”"]
    assert "mine.jpg" not in answer.text and rows(clinic, draft_files) == []


def test_a_file_that_was_not_chosen_is_asked_for(family: Family) -> None:
    answer = give(family, None)
    assert errors_of(answer) == ["Choose a file for “The letter”"]


def test_nobody_can_claim_to_have_given_a_file(clinic: Instance, family: Family) -> None:
    claim = '{"cell": "letter.jpg", "name": "x", "media_type": "image/jpeg", "size": 1, "sha256": ""}'
    assert give(family, None, **{"letter-kept": claim}).status_code == 422
    assert (
        family.answer("letter", {"note": "x", "letter": "letter.jpg", "letter-kept": claim}).status_code
        == 422
    )


def test_no_word_and_no_picture_lies_open_in_the_database(clinic: Instance, family: Family) -> None:
    give(family, photo(), "Zoes-letter.jpg")
    before = rows(clinic, draft_files) + rows(clinic, draft_pages)
    family.open(family.address("check"))
    family.send()
    for row in (*before, *rows(clinic, files)):
        assert b"Zoes-letter" not in row and b"JFIF" not in row


def test_what_is_erased_takes_its_file_with_it(clinic: Instance, family: Family) -> None:
    give(family, photo())
    family.open(family.address("check"))
    reference = family.send()
    assert run(clinic, "submissions", "erase", reference).exit_code == 0
    assert rows(clinic, files) == []


def test_a_draft_that_is_withdrawn_takes_its_file_with_it(clinic: Instance, family: Family) -> None:
    give(family, photo())
    code = code_of(family.open(family.address("save")))
    family.client.post("/forms/withdraw", data={"code": code})
    assert rows(clinic, draft_files) == []


def test_a_file_that_was_damaged_meanwhile_is_asked_for_again(clinic: Instance, family: Family) -> None:
    give(family, photo(), "mine.jpg")
    family.open(family.address("check"))
    store = Store(clinic.settings.database_url)
    with store.writing() as connection:
        connection.execute(draft_files.update().values(sealed=b"x" * 100))
    store.close()
    answer = family.client.post(family.address("check"), data={"csrf_token": family.token})
    assert answer.status_code == 422
    assert errors_of(answer) == ["“The letter”: choose the file again"]
    assert "mine.jpg" not in answer.text and rows(clinic, files) == []


def test_the_page_speaks_spanish(clinic: Instance) -> None:
    family = begin(clinic.app().test_client(), "es")
    page = family.open(family.address("letter")).text
    assert "Una foto (JPEG, PNG o WebP) o un PDF, de 10 MB como máximo." in page
    answer = give(family, b"no picture")
    assert errors_of(answer) == ["“La carta”: elija una foto (JPEG, PNG o WebP) o un PDF"]


def test_the_own_copy_names_the_file(family: Family) -> None:
    give(family, photo(), "mine.jpg")
    family.open(family.address("check"))
    family.send()
    assert "mine.jpg (1 kB)" in family.open(family.address("print")).text


def test_the_own_copy_as_a_package_holds_the_file_until_its_day_is_over(
    clinic: Instance, family: Family, tmp_path: Path
) -> None:
    give(family, photo(), "mine.jpg")
    family.open(family.address("check"))
    reference = family.send()
    package = tmp_path / "own.zip"
    package.write_bytes(family.client.get(family.address("answers.zip")).data)
    assert run(clinic, "packages", "validate", str(package)).exit_code == 0
    with zipfile.ZipFile(package) as archive:
        assert Image.open(BytesIO(file_in(archive)[1])).format == "JPEG"
    (sealed,) = rows(clinic, copy_files)
    assert b"JFIF" not in sealed
    assert run(clinic, "submissions", "erase", reference).exit_code == 0
    assert rows(clinic, copy_files) == []
