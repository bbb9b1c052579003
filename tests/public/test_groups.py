"""Repeatable groups as a family fills them in: add, change, remove, go on, come back."""

from __future__ import annotations

import csv
import json
import re
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from click.testing import CliRunner

from forms_service.cli import main
from forms_service.store import Store
from forms_service.store.tables import draft_pages
from tests.commands.test_out_again import run
from tests.families import INTAKE, Family, code_of, errors_of
from tests.households import IDA, LEA, TOM, household
from tests.instances import Instance, make_instance

TABS = 8
_TITLE = re.compile(r'class="kb-items__title">([^<]+)')
_MARK = re.compile(r'name="added_item" value="([0-9a-f]+)"')


@pytest.fixture
def home(tmp_path: Path, database_url: str) -> Instance:
    """An instance with the made-up form, on each database in turn."""
    return make_instance(tmp_path / "instance", {"household": household()}, database_url=database_url)


@pytest.fixture
def family(home: Instance) -> Family:
    """A family whose next page is the list."""
    return begun(home)


def begun(instance: Instance, language: str = "") -> Family:
    family = Family(instance.app().test_client(), "household", language)
    family.start()
    assert family.answer("home", {}).headers["Location"].endswith("/forms/household/people")
    return family


def with_page(tmp_path: Path, **page: Any) -> Family:
    return begun(make_instance(tmp_path / "instance", {"household": household(**page)}))


def titles(family: Family) -> list[str]:
    """The items as the list page names them."""
    return [title.strip() for title in _TITLE.findall(family.open(family.address("people")).text)]


def remove(family: Family, number: int) -> None:
    answer = family.client.post(family.address(f"people/{number}/remove"), data={"csrf_token": family.token})
    assert (answer.status_code, answer.headers["Location"]) == (303, family.address("people"))


def rows(instance: Instance, family: Family) -> dict[str, list[dict[str, str | None]]]:
    """What the clinic reads after the family has sent."""
    words = ["submissions", "show", family.send(), "--json"]
    shown = CliRunner().invoke(main, words, env=dict(instance.environment))
    assert shown.exit_code == 0, shown.output
    found: dict[str, list[dict[str, str | None]]] = json.loads(shown.stdout)["rows"]
    return found


def test_a_family_adds_people_one_by_one_and_the_clinic_reads_them(home: Instance, family: Family) -> None:
    for person in (LEA, TOM):
        answer = family.add("people", person)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/forms/household/people")
    assert titles(family) == ["Lea, A child", "Tom, A child"]
    family.walk({"more": {"teen_help": "Someone to talk to"}})
    sent = rows(home, family)
    assert [(row["name"], row["age"], row["school"]) for row in sent["people"]] == [
        ("Lea", "14", "Weir School"),
        ("Tom", "3", None),
    ]


def test_nobody_need_be_added_where_no_number_is_asked(home: Instance, family: Family) -> None:
    page = family.open("/forms/household/people").text
    assert "You have added none yet." in page and "You can skip this." in page
    family.walk({"more": {"why_none": "They moved out"}})
    assert rows(home, family)["people"] == []


def test_an_item_is_changed_at_its_own_address(family: Family) -> None:
    family.add("people", TOM)
    assert 'value="Tom"' in family.open("/forms/household/people/1").text
    family.change("/forms/household/people/1", {**TOM, "name": "Thomas"})
    assert titles(family) == ["Thomas, A child"]


def test_removing_an_item_asks_first_and_leaves_the_others_where_they_were(family: Family) -> None:
    for person in (LEA, TOM, IDA):
        family.add("people", person)
    asked = family.open("/forms/household/people/1/remove")
    assert "Do you want to remove “Lea, A child”?" in asked.text
    assert titles(family) == ["Lea, A child", "Tom, A child", "Ida, An adult"]
    remove(family, 1)
    assert titles(family) == ["Tom, A child", "Ida, An adult"]
    assert 'value="Tom"' in family.open("/forms/household/people/2").text


def test_a_number_is_never_given_again(family: Family) -> None:
    family.add("people", LEA)
    family.add("people", TOM)
    remove(family, 2)
    family.add("people", IDA)
    assert family.open("/forms/household/people/2").status_code == 404
    assert 'value="Ida"' in family.open("/forms/household/people/3").text


def test_nothing_of_a_removed_item_is_left_in_the_draft(home: Instance, family: Family) -> None:
    family.add("people", LEA)
    with Store(home.settings.database_url).reading() as connection:
        before = {row.page: row.sealed for row in connection.execute(draft_pages.select())}
    remove(family, 1)
    with Store(home.settings.database_url).reading() as connection:
        after = {row.page: row.sealed for row in connection.execute(draft_pages.select())}
    assert before["people/1"] != after["people/1"]
    assert "Lea" not in family.open("/forms/household/check").text


def test_removing_twice_is_no_fault(family: Family) -> None:
    family.add("people", LEA)
    remove(family, 1)
    remove(family, 1)
    assert titles(family) == []


@pytest.mark.parametrize("number", ["2", "7", "99999999999999999999"])
def test_an_item_that_does_not_exist_is_told_and_what_was_typed_is_shown(family: Family, number: str) -> None:
    asked = family.open(f"/forms/household/people/{number}")
    assert asked.status_code == 404
    assert "This entry is not there" in asked.text and 'href="/forms/household/people"' in asked.text
    posted = family.answer(f"people/{number}", LEA)
    assert posted.status_code == 404
    assert "This entry is not there" in posted.text and "Weir School" in posted.text
    assert family.open(f"/forms/household/people/{number}/remove").status_code == 404
    assert titles(family) == []


@pytest.mark.parametrize(
    "address", ["home/1", "people/0", "people/-1", "people/x", "people/1/x", "nowhere/1"]
)
def test_an_address_that_can_be_no_item_is_not_found(family: Family, address: str) -> None:
    assert family.open(f"/forms/household/{address}").status_code == 404
    assert family.answer(address, LEA).status_code in (404, 405)


def test_an_item_that_was_removed_in_another_tab_is_told_and_the_text_shown(family: Family) -> None:
    family.answer("people/1", LEA)
    remove(family, 1)
    answer = family.answer("people/1", {**LEA, "name": "Lea Marie"})
    assert answer.status_code == 404 and "Lea Marie" in answer.text
    assert titles(family) == []


def test_an_item_with_a_fault_is_shown_again_with_the_typed_text(family: Family) -> None:
    answer = family.add("people", {"name": "Lea", "kind": "child", "age": "40"})
    assert answer.status_code == 422
    assert errors_of(answer) == ["“How old?”: write 17 or less"]
    assert 'value="Lea"' in answer.text and 'value="40"' in answer.text
    assert "<title>Error: Who lives with you" in answer.text


def test_an_item_with_a_fault_is_kept_and_named_on_the_list_until_it_is_mended(family: Family) -> None:
    family.add("people", {"name": "Lea", "kind": "child"})
    listed = family.open("/forms/household/people").text
    assert "Lea, A child" in listed and "Something is missing here" in listed
    refused = family.answer("people", {})
    assert refused.status_code == 422
    assert errors_of(refused) == ["Check the answers of “Lea, A child”"]
    assert 'href="/forms/household/people/1"' in refused.text
    family.change("/forms/household/people/1", LEA)
    assert family.answer("people", {}).headers["Location"] == "/forms/household/more"


def test_an_item_that_says_nothing_is_refused_and_not_kept(tmp_path: Path) -> None:
    form = household()
    form["resources"][1]["schema"]["fields"][1]["constraints"] = {}
    family = begun(make_instance(tmp_path / "i", {"household": form}))
    answer = family.add("people", {})
    assert answer.status_code == 422
    assert errors_of(answer) == ["Answer at least one question"]
    assert titles(family) == []


def test_a_list_item_outside_the_choices_is_refused(family: Family) -> None:
    answer = family.add("people", {**IDA, "likes": ["music", "chess"]})
    assert answer.status_code == 422
    assert errors_of(answer) == ["“What does this person like?”: choose from the answers offered"]


def test_too_few_items_are_told_before_going_on(tmp_path: Path) -> None:
    family = with_page(tmp_path, min=2)
    family.add("people", IDA)
    answer = family.answer("people", {})
    assert answer.status_code == 422
    assert errors_of(answer) == ["“Who lives with you”: add at least 2"]
    family.add("people", TOM)
    assert family.answer("people", {}).status_code == 303


def test_a_list_that_falls_below_its_least_is_open_again_on_the_check_page(tmp_path: Path) -> None:
    family = with_page(tmp_path, min=1)
    family.add("people", IDA)
    family.walk({})
    remove(family, 1)
    assert (
        "Some questions still need an answer: Who lives with you"
        in family.open("/forms/household/check").text
    )
    sent = family.client.post("/forms/household/check", data={"csrf_token": family.token})
    assert sent.status_code == 422


def test_a_full_list_offers_no_more_and_says_so(family: Family) -> None:
    for person in (LEA, TOM, IDA):
        family.add("people", person)
    page = family.open("/forms/household/people").text
    assert "Add another" not in page and "You can add up to 3. To add another, remove one first." in page
    assert family.open("/forms/household/people/4").headers["Location"] == "/forms/household/people"


def test_an_item_too_many_is_refused_with_its_text_and_not_kept(family: Family) -> None:
    for person in (LEA, TOM, IDA):
        family.add("people", person)
    answer = family.answer("people/4", {"name": "Ben", "kind": "adult"})
    assert answer.status_code == 422
    assert errors_of(answer) == ["“Who lives with you”: take some out, at most 3 can be sent"]
    assert 'value="Ben"' in answer.text
    assert len(titles(family)) == 3


def test_an_item_sent_twice_is_one_item(family: Family) -> None:
    page = family.open("/forms/household/people/1").text
    found = _MARK.search(page)
    assert found
    for _ in range(2):
        assert family.answer("people/1", IDA, added_item=found[1]).status_code == 303
    assert titles(family) == ["Ida, An adult"]


def test_two_tabs_that_add_an_item_each_both_survive(family: Family) -> None:
    marks = []
    for _ in range(2):
        found = _MARK.search(family.open("/forms/household/people/1").text)
        assert found
        marks.append(found[1])
    family.answer("people/1", LEA, added_item=marks[0])
    family.answer("people/1", TOM, added_item=marks[1])
    assert titles(family) == ["Lea, A child", "Tom, A child"]


def test_items_that_many_tabs_add_at_the_same_moment_all_survive(tmp_path: Path, database_url: str) -> None:
    instance = make_instance(tmp_path / "many", {"household": household(max=20)}, database_url=database_url)
    app = instance.app()
    family = Family(app.test_client(), "household")
    family.start()
    family.answer("home", {})
    cookie = family.client.get_cookie("kb-household")
    assert cookie
    marks = _MARK.findall("".join(family.open("/forms/household/people/1").text for _ in range(TABS)))
    assert len(set(marks)) == TABS
    barrier = Barrier(TABS, timeout=20)

    def add(number: int) -> int:
        client = app.test_client()
        client.set_cookie("kb-household", cookie.value)
        data = {"csrf_token": family.token, "name": f"Person {number}", "added_item": marks[number]}
        barrier.wait()
        return client.post("/forms/household/people/1", data=data).status_code

    with ThreadPoolExecutor(TABS) as tabs:
        assert [*tabs.map(add, range(TABS))] == [303] * TABS
    assert sorted(titles(family)) == [f"Person {number}" for number in range(TABS)]


def test_a_saved_list_is_continued_on_another_device(home: Instance, family: Family) -> None:
    family.add("people", LEA)
    asked = family.open("/forms/household/people/2").text
    found = _MARK.search(asked)
    assert found
    saved = family.client.post(
        "/forms/household/people/2?save",
        data={"csrf_token": family.token, "added_item": found[1], "name": "Half"},
    )
    assert saved.headers["Location"] == "/forms/household/save"
    code = code_of(family.client.get("/forms/household/save"))
    other = Family(home.app().test_client(), "household")
    resumed = other.client.post("/forms/resume", data={"code": code})
    assert resumed.headers["Location"] == "/forms/household/people"
    assert titles(other) == ["Lea, A child", "Half"]


def test_the_language_can_be_changed_on_an_item_and_its_answers_stay(family: Family) -> None:
    family.add("people", LEA)
    item = family.client.get("/es/forms/household/people/1").text
    assert 'value="Lea"' in item and 'href="/forms/household/people/1"' in item
    listed = family.client.get("/es/forms/household/people").text
    assert "Lea, A child" in listed and "Agregar más" in listed and "Quitar" in listed
    assert "¿Quiere quitar «Lea, A child»?" in family.client.get("/es/forms/household/people/1/remove").text


def test_errors_of_a_list_speak_the_readers_language(tmp_path: Path) -> None:
    instance = make_instance(tmp_path / "i", {"household": household(min=2)})
    family = begun(instance, "es")
    assert errors_of(family.answer("people", {})) == ["«Who lives with you»: agregue al menos 2"]


def test_the_check_page_shows_each_item_and_leads_to_its_questions(family: Family) -> None:
    family.add("people", LEA)
    family.add("people", IDA)
    remove(family, 1)
    page = family.walk({}).text
    assert "<h3" in page and "Ida, An adult" in page and "Weir School" not in page
    assert 'href="/forms/household/people/2#f-name"' in page
    assert "Add or remove" in page


def test_the_familys_own_copy_shows_its_items(home: Instance, family: Family) -> None:
    family.add("people", LEA)
    family.walk({"more": {"teen_help": "x"}})
    family.send()
    assert "Weir School" in family.client.get("/forms/household/print").text


def test_the_own_copy_as_a_package_holds_this_family_only(
    home: Instance, family: Family, tmp_path: Path
) -> None:
    other = begun(home)
    other.add("people", TOM)
    other.walk({"home": {"town": "Othertown"}, "more": {"teen_help": "x"}})
    other.send()
    family.add("people", LEA)
    family.walk({"more": {"teen_help": "x"}})
    reference = family.send()
    answer = family.client.get("/forms/household/answers.zip")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="household.zip"'
    assert answer.headers["Cache-Control"] == "no-store"
    package = tmp_path / "own.zip"
    package.write_bytes(answer.data)
    assert run(home, "packages", "validate", str(package)).exit_code == 0
    with zipfile.ZipFile(package) as archive:
        tables = {name: archive.read(name).decode() for name in archive.namelist()}
    assert "Weir School" in tables["data/people.csv"] and "Tom" not in "".join(tables.values())
    (row,) = csv.DictReader(tables["data/homes.csv"].splitlines())
    assert (row["submission_id"], row["reference"]) == ("1", reference)
    stranger = home.app().test_client()
    assert stranger.get("/forms/household/answers.zip").status_code == 410


def test_a_list_page_asked_before_its_turn_leads_to_the_open_one(home: Instance) -> None:
    family = Family(home.app().test_client(), "household")
    family.start()
    for address in ("people", "people/1"):
        answer = family.client.get(f"/forms/household/{address}")
        assert (answer.status_code, answer.headers["Location"]) == (303, "/forms/household/home")


@pytest.mark.parametrize("address", ["people", "people/1", "people/1/remove"])
def test_a_missing_or_wrong_token_is_refused(family: Family, address: str) -> None:
    family.add("people", LEA)
    answer = family.client.post(f"/forms/household/{address}", data={"csrf_token": "x", "name": "Mallory"})
    assert answer.status_code == 403
    assert titles(family) == ["Lea, A child"]


def test_without_a_draft_an_item_is_gone_and_the_typed_text_shown(home: Instance) -> None:
    client = home.app().test_client()
    assert client.get("/forms/household/people/1").status_code == 410
    answer = client.post("/forms/household/people/1", data=LEA)
    assert answer.status_code == 410 and "Weir School" in answer.text


def test_what_was_typed_into_an_item_is_escaped_wherever_it_is_shown(family: Family) -> None:
    nasty = "<b>'\"&"
    family.add("people", {"name": nasty, "kind": "adult"})
    for address in ("people", "people/1", "people/1/remove"):
        page = family.open(f"/forms/household/{address}").text
        assert nasty not in page and "&lt;b&gt;" in page
    assert nasty not in family.walk({}).text


def test_a_withdrawn_submission_takes_its_items_with_it(home: Instance, family: Family) -> None:
    family.add("people", LEA)
    code = code_of(family.client.get("/forms/household/save"))
    family.walk({"more": {"teen_help": "x"}})
    family.send()
    erased = family.client.post("/forms/withdraw", data={"code": code})
    assert "Your answers are erased" in erased.text
    listed = CliRunner().invoke(main, ["submissions", "list", "--json"], env=dict(home.environment))
    assert json.loads(listed.stdout) == []


def test_intake_asks_who_lives_with_the_child_and_what_help_there_was(
    instance: Instance, intake: Family
) -> None:
    intake.answer("you", INTAKE["you"])
    intake.answer("child", INTAKE["child"])
    intake.add("household", {"person_name": "Lía", "person_relation": "sibling", "person_age": "9"})
    intake.add("household", {"person_relation": "grandparent", "person_age": "70"})
    for page in ("household", "worries", "changes", "safety", "strengths"):
        intake.answer(page, {})
    assert intake.add("help-so-far", {"help_kind": "other"}).status_code == 422
    intake.change("/forms/intake/help-so-far/1", {"help_kind": "other", "help_other": "A choir"})
    intake.walk(INTAKE)
    sent = rows(instance, intake)
    assert sent["household"] == [
        {"person_name": "Lía", "person_relation": "sibling", "person_age": "9"},
        {"person_name": None, "person_relation": "grandparent", "person_age": None},
    ]
    assert [row["help_other"] for row in sent["help"]] == ["A choir"]
