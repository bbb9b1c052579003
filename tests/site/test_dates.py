"""Group dates beside a form's invitation: the next ones, as the form words them, never a past one."""

from __future__ import annotations

import datetime
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from site_src.building import build_site
from site_src.errors import SiteError
from site_src.instance import Instance, clinic_from, local_day
from site_src.library.forms import read_card
from site_src.options import BuildOptions
from tests.site.conftest import write_page
from tests.site.pages import read_page

ROWS = """key,topic,topic@es,day,opens,closes,places
worries,Worries,Preocupaciones,2027-01-14,2026-12-01,2027-01-12,12
sleep,Sleep,Sueño,2027-02-10,2026-12-01,2027-02-08,12
limits,Limits,Límites,2027-03-11,2027-03-01,2027-03-09,12
school,School,La escuela,2027-04-14,2027-04-01,,12
"""


@pytest.fixture
def groups(instance: Instance) -> Path:
    """The small clinic's form, now with groups to choose from."""
    folder = instance.datapackages / "join"
    descriptor: dict[str, Any] = json.loads((folder / "datapackage.json").read_text("utf-8"))
    schema = descriptor["resources"][0]["schema"]
    schema["foreignKeys"] = [{"fields": ["who"], "reference": {"resource": "groups", "fields": ["key"]}}]
    columns = [("key", "string"), ("topic", "string"), ("topic@es", "string"), ("day", "date")]
    columns += [("opens", "date"), ("closes", "date"), ("places", "integer")]
    descriptor["resources"].append(
        {
            "name": "groups",
            "path": "groups.csv",
            "schema": {"fields": [{"name": name, "type": kind} for name, kind in columns]},
            "form": {"label": "{topic}: {day}"},
        }
    )
    descriptor["form"]["places"] = {
        "field": "who",
        "resource": "groups",
        "capacity": "places",
        "opens": "opens",
        "closes": "closes",
    }
    (folder / "datapackage.json").write_text(json.dumps(descriptor), "utf-8")
    (folder / "groups.csv").write_text(ROWS, "utf-8")
    return folder


def topics(folder: Path, day: str) -> list[str]:
    card = read_card(folder, ["en"], datetime.date.fromisoformat(day))
    return [label.partition(":")[0] for label in card.dates["en"]]


def test_the_next_three_dates_are_shown_as_the_form_words_them(groups: Path) -> None:
    card = read_card(groups, ["en", "es"], datetime.date(2026, 12, 15))
    assert card.dates["en"] == (
        "Worries: Thursday, January 14, 2027",
        "Sleep: Wednesday, February 10, 2027",
        "Limits: Thursday, March 11, 2027",
    )
    assert card.dates["es"][0] == "Preocupaciones: jueves, 14 de enero de 2027"


def test_a_group_goes_when_its_sign_up_closes_or_its_day_is_past(groups: Path) -> None:
    assert topics(groups, "2027-01-12") == ["Worries", "Sleep", "Limits"]
    assert topics(groups, "2027-01-13") == ["Sleep", "Limits", "School"]
    assert topics(groups, "2027-04-14") == ["School"]
    assert topics(groups, "2027-04-15") == []


def test_a_form_without_groups_or_a_broken_one_has_no_dates(instance: Instance, groups: Path) -> None:
    shutil.rmtree(groups)
    shutil.copytree(Path(__file__).parent / "instance" / "datapackages" / "join", groups)
    assert read_card(groups, ["en"], datetime.date(2027, 1, 1)).dates == {}
    (groups / "datapackage.json").write_text('{"name": "join", "form": {"places": {}}, "resources": []}')
    assert read_card(groups, ["en"], datetime.date(2027, 1, 1)).dates == {}


def test_the_invitation_of_a_guide_shows_the_dates(instance: Instance, groups: Path, tmp_path: Path) -> None:
    write_page(instance, "Meet others.\n\n/// form | join\n///")
    options = BuildOptions(today=datetime.date(2027, 1, 13))
    assert build_site(instance, tmp_path / "public", options) == []
    invitation = read_page(tmp_path / "public", "/mornings/").one(cls="kb-invite")
    assert [item.text for item in invitation.all("li")] == [
        "Sleep: Wednesday, February 10, 2027",
        "Limits: Thursday, March 11, 2027",
        "School: Wednesday, April 14, 2027",
    ]
    assert "Next dates" in invitation.text


def test_the_day_is_the_clinics_own() -> None:
    facts = {"name": "x", "phone": "1", "region": "US", "timezone": "America/Los_Angeles"}
    moment = datetime.datetime(2027, 1, 14, 5, tzinfo=datetime.UTC)
    assert local_day(clinic_from(facts, Path("mkdocs.yml")), moment) == datetime.date(2027, 1, 13)
    with pytest.raises(SiteError, match="'Mars/Base', which is no time zone"):
        local_day(clinic_from({**facts, "timezone": "Mars/Base"}, Path("mkdocs.yml")), moment)
