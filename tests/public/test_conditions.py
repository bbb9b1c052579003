"""The rules of conditions as a family meets them: hidden answers, items and pages, and what is sent of them."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from forms_service.cli import main
from tests.families import Family, errors_of
from tests.households import IDA, LEA, TOM, household
from tests.instances import Instance, make_instance
from tests.public.test_groups import remove, rows, titles

PEOPLE = "/forms/household/people"


@pytest.fixture
def home(tmp_path: Path, database_url: str) -> Instance:
    return make_instance(tmp_path / "instance", {"household": household()}, database_url=database_url)


@pytest.fixture
def family(home: Instance) -> Family:
    found = Family(home.app().test_client(), "household")
    found.start()
    found.answer("home", {})
    return found


def test_a_hidden_page_hides_its_items_and_they_come_back_with_it(home: Instance, family: Family) -> None:
    """Rules 4 and 6: kept in the draft, ignored, not sent; the check page says so."""
    family.add("people", LEA)
    assert family.answer("home", {"alone": "true"}).headers["Location"] == "/forms/household/more"
    page = family.walk({"more": {"why_none": "We moved"}}).text
    assert "Weir School" not in page
    assert "These answers are not sent" in page and "<li>Who lives with you</li>" in page
    family.answer("home", {"alone": "false"})
    assert titles(family) == ["Lea, A child"]
    family.answer("home", {"alone": "true"})
    family.open("/forms/household/check")
    assert rows(home, family)["people"] == []


def test_a_question_that_an_item_brings_up_is_asked_and_goes_with_it(family: Family) -> None:
    """Rule 7: a newly shown required question leads there, and nothing is lost."""
    family.add("people", IDA)
    family.walk({"home": {"town": "Oslo"}})
    family.add("people", LEA)
    checked = family.open("/forms/household/check").text
    assert "Some questions still need an answer: More" in checked and "Weir School" in checked
    refused = family.client.post("/forms/household/check", data={"csrf_token": family.token})
    assert refused.status_code == 422
    remove(family, 2)
    assert "Some questions still need" not in family.open("/forms/household/check").text


def test_a_required_question_that_an_answer_brings_up_in_every_item_leads_back_to_the_list(
    tmp_path: Path,
) -> None:
    """Rule 7, in items: what the submission says brings up a question in each."""
    form = household()
    form["resources"][1]["schema"]["fields"][6]["constraints"] = {"required": True}
    family = Family(make_instance(tmp_path / "i", {"household": form}).app().test_client(), "household")
    family.start()
    family.answer("home", {})
    family.add("people", IDA)
    family.walk({})
    answer = family.answer("home", {"town": "Oslo"})
    assert answer.headers["Location"] == PEOPLE
    assert errors_of(family.answer("people", {})) == ["Check the answers of “Ida, An adult”"]
    family.change(f"{PEOPLE}/1", {**IDA, "commute": "A mile"})
    assert family.answer("people", {}).status_code == 303


def test_an_answer_hidden_by_the_same_post_is_kept_and_ignored(home: Instance, family: Family) -> None:
    """Rule 6, in items: hidden after the same POST, its text stays in the draft."""
    family.add("people", LEA)
    family.change(f"{PEOPLE}/1", {**LEA, "kind": "adult"})
    family.walk({})
    page = family.open("/forms/household/check").text
    assert "<li>How old?</li>" in page and "<li>Which school?</li>" in page
    family.change(f"{PEOPLE}/1", {"name": "Lea", "kind": "adult"})
    assert 'value="14"' in family.open(f"{PEOPLE}/1").text
    (sent,) = rows(home, family)["people"]
    assert (sent["age"], sent["school"]) == (None, None)


def test_an_answer_to_a_question_hidden_before_and_after_is_dropped(home: Instance, family: Family) -> None:
    """Rule 6, in items."""
    family.add("people", {**IDA, "age": "9", "school": "Weir School"})
    assert 'value="9"' not in family.open(f"{PEOPLE}/1").text


def test_a_hidden_question_of_an_item_has_no_error(family: Family) -> None:
    """Rule 6: required, refused, and not asked."""
    assert family.add("people", {**IDA, "age": "ninety"}).status_code == 303


def test_conditional_questions_of_an_item_stand_in_its_page(family: Family) -> None:
    """Rule 6: only the script hides them."""
    page = family.open(f"{PEOPLE}/1").text
    for name in ("age", "school", "commute"):
        assert f'name="{name}"' in page
    assert (
        "{&#34;field&#34;:&#34;age&#34;,&#34;operator&#34;:&#34;&gt;=&#34;,&#34;answer&#34;:&#34;6&#34;}"
        in page
    )


def test_a_condition_on_a_removed_item_holds_no_more(family: Family) -> None:
    family.add("people", LEA)
    family.answer("people", {})
    assert 'data-kb-field="teen_help"' in family.open("/forms/household/more").text
    assert family.answer("more", {}).status_code == 422
    remove(family, 1)
    family.add("people", TOM)
    assert family.answer("more", {}).status_code == 303


def test_an_alert_about_one_item_fires_at_once_and_flags_the_submission(
    home: Instance, family: Family
) -> None:
    """Rule 9, through a group: no score is needed for it."""
    family.add("people", IDA)
    family.add("people", {"name": "Bo", "kind": "child", "age": "0"})
    assert "A baby lives with you." in family.open(PEOPLE).text
    family.walk({})
    family.send()
    assert "A baby lives with you." in family.client.get("/forms/household/done").text
    listed = CliRunner().invoke(main, ["submissions", "list", "--json"], env=dict(home.environment))
    assert [item["urgent"] for item in json.loads(listed.stdout)] == [True]


def test_an_alert_about_a_hidden_group_does_not_fire(family: Family) -> None:
    family.add("people", {"name": "Bo", "kind": "child", "age": "0"})
    family.answer("home", {"alone": "true"})
    assert "A baby lives with you." not in family.open("/forms/household/more").text


def test_a_rule_and_an_exit_may_count_items(tmp_path: Path) -> None:
    form = household()
    full = {"count": "people", "operator": ">", "answer": 1}
    form["form"]["rules"] = [{"when": full, "message": "Tell us less", "field": "nursery"}]
    form["form"]["exits"] = [{"when": {**full, "answer": 2}, "title": "Too many people"}]
    family = Family(make_instance(tmp_path / "i", {"household": form}).app().test_client(), "household")
    family.start()
    family.answer("home", {})
    for _ in range(2):
        family.add("people", TOM)
    family.answer("people", {})
    assert errors_of(family.answer("more", {"nursery": "Weir"})) == ["Tell us less"]
    family.add("people", TOM)
    assert "Too many people" in family.open("/forms/household/check").text


def test_a_score_of_a_question_that_a_group_hides_is_left_out_and_its_alert_fires(tmp_path: Path) -> None:
    """Rule 9: an alert on a risk answer fires even when a score is missing."""
    form = household()
    form["resources"][0]["schema"]["fields"] += [
        {"name": "risk", "type": "integer"},
        {
            "name": "strain",
            "type": "integer",
            "form": {"showWhen": {"count": "people", "operator": ">", "answer": 0}},
        },
    ]
    form["form"]["pages"][2]["fields"] += ["risk", "strain"]
    form["form"]["scores"] = [{"name": "load", "fields": ["risk", "strain"]}]
    form["form"]["alerts"].append(
        {
            "name": "risk",
            "when": {"field": "risk", "operator": ">", "answer": 1},
            "level": "urgent",
            "show": "crisis",
        }
    )
    instance = make_instance(tmp_path / "i", {"household": form})
    family = Family(instance.app().test_client(), "household")
    family.start()
    page = family.walk({"more": {"why_none": "x", "risk": "3", "strain": "4"}}).text
    assert 'id="crisis"' in page
    family.send()
    out = tmp_path / "x.zip"
    words = ["submissions", "export", "household", "--out", str(out)]
    assert CliRunner().invoke(main, words, env=dict(instance.environment)).exit_code == 0
    with zipfile.ZipFile(out) as archive:
        assert archive.read("data/scores.csv").decode().splitlines()[1] == "1,load,,,1"
