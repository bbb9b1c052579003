"""Groups with limited places: what families see, who gets a place, who waits, and what happens next."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from icalendar import Calendar

from forms_service.cli import main
from forms_service.store import Store
from forms_service.store.tables import places
from forms_service.store.times import now, stamp
from tests.families import SUPPORT_GROUP, Answers, Family, code_of, errors_of
from tests.instances import REPOSITORY, Instance, make_instance

DAY = now().astimezone(ZoneInfo("America/New_York")).date()  # the clinic's day
GROUPS = [
    # key, capacity, opens, closes, date
    ("small", 2, -9, 9, 10),
    ("other", 5, -9, 9, 10),
    ("past", 5, -90, -8, -7),
    ("closed", 5, -90, -1, 10),
    ("later", 5, 5, 9, 10),
]


@pytest.fixture
def clinic(tmp_path: Path, database_url: str) -> Instance:
    """The support-group form with groups around today."""
    instance = make_instance(tmp_path / "clinic", database_url=database_url)
    write_groups(instance, GROUPS)
    return instance


def write_groups(instance: Instance, groups: list[tuple[str, int, int, int, int]]) -> None:
    lines = ["group,topic,topic@es,language,place,place@es,date,time,capacity,opens,closes"]
    for key, capacity, *days in groups:
        opens, closes, date = ((DAY + timedelta(days=day)).isoformat() for day in days)
        lines.append(f"{key},Topic {key},Tema {key},en,Room,Sala,{date},18:00,{capacity},{opens},{closes}")
    for folder in (instance.release / "private" / "forms", instance.root / "datapackages"):
        (folder / "support-group" / "groups.csv").write_text("\n".join(lines) + "\n", "utf-8")


def publish_groups(instance: Instance, groups: list[tuple[str, int, int, int, int]]) -> None:
    """A new release whose groups are these; families keep the drafts they began before."""
    old = instance.release
    new = old.with_name("20270102T000000Z-11111111")
    shutil.copytree(old, new)
    link = instance.var / "site" / "next"
    link.symlink_to(new)
    link.rename(instance.var / "site" / "current")
    write_groups(instance, groups)


def answers(group: str) -> dict[str, Answers]:
    return {**SUPPORT_GROUP, "group": {"group": group}}


def sign_up(instance: Instance, group: str = "small") -> tuple[Family, str]:
    family = Family(instance.app().test_client(), "support-group")
    family.start()
    page = family.walk(answers(group))
    data = {"csrf_token": family.token}
    if 'name="place" value="waiting"' in page.text:
        data["place"] = "waiting"
    sent = family.client.post(family.address("check"), data=data)
    assert sent.status_code == 303, sent.text
    done = family.open(sent.headers["Location"])
    return family, done.text.partition('data-reference="')[2].partition('"')[0]


def run(instance: Instance, *words: str) -> Result:
    return CliRunner().invoke(main, list(words), env=dict(instance.environment))


def shown(instance: Instance, group: str = "small") -> dict[str, list[str]]:
    result = run(instance, "groups", "show", f"support-group/{group}", "--json")
    assert result.exit_code == 0, result.output
    found: dict[str, list[str]] = json.loads(result.stdout)
    return found


def test_families_see_what_is_left_before_they_start_and_when_they_choose(clinic: Instance) -> None:
    client = clinic.app().test_client()
    assert "2 places left" in client.get("/forms/support-group/").text
    sign_up(clinic)
    assert "1 place left" in client.get("/forms/support-group/").text
    sign_up(clinic)
    family = Family(client, "support-group")
    page = family.start().text
    assert "Topic small" in page and "waiting list" in page


def test_groups_that_are_past_closed_or_not_yet_open_are_not_offered(clinic: Instance) -> None:
    family = Family(clinic.app().test_client(), "support-group")
    page = family.start().text
    assert "Topic small" in page and "Topic other" in page
    for key in ("past", "closed", "later"):
        assert f"Topic {key}" not in page
        answer = family.answer("group", {"group": key})
        assert answer.status_code == 422
        assert errors_of(answer) == ["This group is closed. Choose another one."]


def test_places_go_in_order_and_the_rest_wait_in_order(clinic: Instance) -> None:
    references = [sign_up(clinic)[1] for _ in range(4)]
    assert shown(clinic) == {
        "group": "small",
        "confirmed": references[:2],
        "offered": [],
        "waiting": references[2:],
    }
    listed = json.loads(run(clinic, "groups", "list", "--json").stdout)
    facts = {item["group"]: item for item in listed}
    assert (facts["small"]["places"], facts["small"]["confirmed"], facts["small"]["waiting"]) == (2, 2, 2)
    assert facts["small"]["open"] is True and facts["past"]["open"] is False


def test_the_done_page_says_whether_there_is_a_place(clinic: Instance) -> None:
    first, _ = sign_up(clinic)
    sign_up(clinic)
    third, _ = sign_up(clinic)
    fourth, _ = sign_up(clinic)
    assert "You have a place." in first.open(first.address("done")).text
    assert "on the waiting list, number 1" in third.open(third.address("done")).text
    assert "on the waiting list, number 2" in fourth.open(fourth.address("done")).text


def test_a_family_with_a_place_takes_it_into_its_calendar(clinic: Instance) -> None:
    first, reference = sign_up(clinic)
    file = first.client.get("/forms/support-group/group.ics")
    (event,) = Calendar.from_ical(file.get_data()).walk("VEVENT")
    starts = event.decoded("dtstart")
    assert (starts.date(), starts.hour) == (DAY + timedelta(days=10), 18)
    assert str(starts.tzinfo) == "America/New_York"
    assert "Topic small" in str(event["summary"]) and reference in str(event["uid"])
    sign_up(clinic)
    waiting, _ = sign_up(clinic)
    assert waiting.client.get("/forms/support-group/group.ics").status_code == 410


def test_a_group_that_fills_up_meanwhile_leaves_the_choice_to_the_family(clinic: Instance) -> None:
    family = Family(clinic.app().test_client(), "support-group")
    family.start()
    family.walk(answers("small"))
    sign_up(clinic)
    sign_up(clinic)
    asked = family.client.post(family.address("check"), data={"csrf_token": family.token})
    assert asked.status_code == 409
    assert "Send and join the waiting list" in asked.text and "Choose another group" in asked.text
    assert "ana@example.org" in family.open(family.address("check")).text
    joined = family.client.post(
        family.address("check"), data={"csrf_token": family.token, "place": "waiting"}
    )
    assert joined.status_code == 303
    assert len(shown(clinic)["waiting"]) == 1


def test_places_taken_away_while_families_write_are_not_given_to_them(clinic: Instance) -> None:
    families = [Family(clinic.app().test_client(), "support-group") for _ in range(2)]
    for family in families:
        family.start()
        family.walk(answers("small"))
    publish_groups(clinic, [("small", 1, -9, 9, 10)])
    sent = [
        family.client.post(family.address("check"), data={"csrf_token": family.token}) for family in families
    ]
    assert [answer.status_code for answer in sent] == [303, 409]
    assert len(shown(clinic)["confirmed"]) == 1


@pytest.mark.parametrize(
    "groups", [[("small", 2, -9, -1, 10)], [("other", 5, -9, 9, 10)]], ids=["closed", "gone"]
)
def test_a_group_that_is_no_more_to_be_had_is_chosen_anew(
    clinic: Instance, groups: list[tuple[str, int, int, int, int]]
) -> None:
    family = Family(clinic.app().test_client(), "support-group")
    family.start()
    family.walk(answers("small"))
    publish_groups(clinic, [*groups, ("yet-another", 5, -9, 9, 10)])
    refused = family.client.post(family.address("check"), data={"csrf_token": family.token})
    assert refused.status_code == 422
    asked = family.open(family.address("group"))
    assert "Topic small" not in asked.text
    assert errors_of(family.answer("group", {"group": "small"})) == [
        "This group is closed. Choose another one."
    ]
    assert "ana@example.org" in family.open(family.address("check")).text
    with Store(clinic.settings.database_url).reading() as connection:
        assert connection.execute(sa.select(places)).all() == []


def test_more_places_than_before_are_given_to_families_who_began_earlier(clinic: Instance) -> None:
    family = Family(clinic.app().test_client(), "support-group")
    family.start()
    family.walk(answers("small"))
    for _ in range(2):
        sign_up(clinic)
    publish_groups(clinic, [("small", 3, -9, 9, 10)])
    sent = family.client.post(family.address("check"), data={"csrf_token": family.token})
    assert sent.status_code == 303
    assert "You have a place." in family.open(sent.headers["Location"]).text


def test_an_offer_in_a_group_that_was_taken_out_can_still_be_answered(clinic: Instance) -> None:
    _, first = sign_up(clinic)
    sign_up(clinic)
    third, waiting = sign_up(clinic)
    run(clinic, "submissions", "erase", first)
    assert shown(clinic)["offered"] == [waiting]
    publish_groups(clinic, [("other", 5, -9, 9, 10)])
    third.open(third.address("done"))
    third.client.post(third.address("done"), data={"csrf_token": third.token, "accept": "yes"})
    assert "You have a place." in third.open(third.address("done")).text


def test_a_group_that_does_not_apply_any_more_takes_no_place(tmp_path: Path, database_url: str) -> None:
    package = json.loads(
        (REPOSITORY / "datapackages" / "support-group" / "datapackage.json").read_text("utf-8")
    )
    fields = package["resources"][0]["schema"]["fields"]
    fields.insert(0, {"name": "join", "type": "boolean", "title": "Join?", "constraints": {"required": True}})
    fields[1]["form"]["showWhen"] = {"field": "join", "operator": "=", "answer": True}
    package["form"]["pages"].insert(0, {"name": "join", "title": "Join", "fields": ["join"]})
    instance = make_instance(tmp_path / "clinic", {"support-group": package}, database_url=database_url)
    write_groups(instance, GROUPS)
    family = Family(instance.app().test_client(), "support-group")
    family.start()
    family.walk({"join": {"join": "true"}, **answers("small")})
    assert family.answer("join", {"join": "false"}).status_code == 303
    sent = family.client.post(family.address("check"), data={"csrf_token": family.token})
    assert sent.status_code == 303, sent.text
    assert "You have a place." not in family.open(sent.headers["Location"]).text
    with Store(instance.settings.database_url).reading() as connection:
        assert connection.execute(sa.select(places)).all() == []


def test_a_withdrawal_frees_the_place_and_offers_it_to_the_next_in_line(clinic: Instance) -> None:
    first, reference = sign_up(clinic)
    sign_up(clinic)
    third, waiting = sign_up(clinic)
    code = code_of(first.open(first.address("done")))
    assert clinic.app().test_client().post("/forms/withdraw", data={"code": code}).status_code == 200
    now_shown = shown(clinic)
    assert now_shown["offered"] == [waiting] and reference not in now_shown["confirmed"]
    assert "phone them" in run(clinic, "groups", "show", "small").stdout
    page = third.open(third.address("done")).text
    assert "A place is free for you until" in page
    third.client.post(third.address("done"), data={"csrf_token": third.token, "accept": "yes"})
    assert waiting in shown(clinic)["confirmed"]


def test_an_offer_that_is_declined_goes_to_the_next(clinic: Instance) -> None:
    _, first = sign_up(clinic)
    sign_up(clinic)
    third, waiting = sign_up(clinic)
    _, last = sign_up(clinic)
    assert run(clinic, "submissions", "erase", first).exit_code == 0
    assert shown(clinic)["offered"] == [waiting]
    third.open(third.address("done"))
    third.client.post(third.address("done"), data={"csrf_token": third.token, "decline": "yes"})
    assert shown(clinic)["offered"] == [last]
    assert waiting not in json.dumps(shown(clinic))


def test_an_offer_whose_time_is_over_goes_to_the_end_of_the_line(clinic: Instance) -> None:
    _, first = sign_up(clinic)
    sign_up(clinic)
    _, third = sign_up(clinic)
    _, fourth = sign_up(clinic)
    run(clinic, "submissions", "erase", first)
    store = Store(clinic.settings.database_url)
    with store.writing() as connection:
        over = stamp(now() - timedelta(minutes=1))
        connection.execute(sa.update(places).where(places.c.reference == third).values(offer_until=over))
    found = shown(clinic)
    assert (found["offered"], found["waiting"]) == ([fourth], [third])


def test_an_offer_holds_its_place_against_newcomers(clinic: Instance) -> None:
    _, first = sign_up(clinic)
    sign_up(clinic)
    sign_up(clinic)
    run(clinic, "submissions", "erase", first)
    _, newcomer = sign_up(clinic)
    assert newcomer in shown(clinic)["waiting"]


def test_staff_move_a_sign_up_and_never_oversell(clinic: Instance) -> None:
    references = [sign_up(clinic)[1] for _ in range(3)]
    full = run(clinic, "groups", "move", references[2], "--to", "confirmed")
    assert full.exit_code == 2 and "full" in full.stderr
    assert run(clinic, "groups", "move", references[2], "--to", "other").exit_code == 0
    assert shown(clinic, "other")["confirmed"] == [references[2]]
    assert run(clinic, "groups", "move", references[0], "--to", "waiting").exit_code == 0
    assert references[0] not in shown(clinic)["confirmed"]
    for words in (("nobody", "--to", "other"), (references[1], "--to", "nowhere")):
        refused = run(clinic, "groups", "move", *words)
        assert refused.exit_code == 2 and refused.stderr.count("\n") == 1


def test_a_group_whose_row_was_removed_keeps_its_people_on_the_list(clinic: Instance) -> None:
    _, reference = sign_up(clinic, "other")
    file = clinic.root / "datapackages" / "support-group" / "groups.csv"
    file.write_text(
        "\n".join(line for line in file.read_text().splitlines() if not line.startswith("other")) + "\n"
    )
    listed = {item["group"]: item for item in json.loads(run(clinic, "groups", "list", "--json").stdout)}
    assert (listed["other"]["confirmed"], listed["other"]["open"]) == (1, False)
    shown_answers = run(clinic, "submissions", "show", reference)
    assert shown_answers.exit_code == 0 and "Topic other" in shown_answers.stdout
