"""A form that changes, or goes, while a family is filling it in: what was begun is finished as it was begun."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from forms_service.cli import main
from tests.families import Family, code_of
from tests.instances import Instance, make_instance
from tests.public.test_outcomes import descriptor

FIELDS: list[dict[str, Any]] = [{"name": "first"}, {"name": "second"}]
PAGES = [{"name": name, "title": name.title(), "fields": [name]} for name in ("first", "second")]


@pytest.fixture
def instance(tmp_path: Path, database_url: str) -> Instance:
    forms = {"made-up": descriptor(FIELDS, pages=PAGES), "other": {**descriptor(FIELDS), "name": "other"}}
    return make_instance(tmp_path / "i", forms, database_url=database_url)


def publish(instance: Instance, change: Callable[[Path], object]) -> None:
    """A new release, in which the form's folder is changed."""
    old = instance.release
    new = old.with_name("20270102T000000Z-11111111")
    shutil.copytree(old, new)
    change(new / "private" / "forms" / "made-up")
    link = instance.var / "site" / "next"
    link.symlink_to(new)
    link.rename(instance.var / "site" / "current")


def ask_one_more(folder: Path) -> None:
    """Version 2 asks a question more, on the page that the family has done."""
    pages = [{**PAGES[0], "fields": ["first", "new"]}, PAGES[1]]
    package = descriptor([*FIELDS, {"name": "new", "constraints": {"required": True}}], pages=pages)
    (folder / "datapackage.json").write_text(json.dumps({**package, "version": "2.0.0"}), "utf-8")


def begun(instance: Instance) -> Family:
    family = Family(instance.app().test_client(), "made-up")
    family.start()
    assert family.answer("first", {"first": "one"}).status_code == 303
    return family


def finish(family: Family) -> str:
    """Answer what is left and send; the done page."""
    assert family.answer("second", {"second": "two"}).headers["Location"].endswith("/check")
    family.open(family.address("check"))
    sent = family.client.post(family.address("check"), data={"csrf_token": family.token})
    assert sent.status_code == 303, sent.text
    return family.open(sent.headers["Location"]).text


def rows_of(instance: Instance, out: Path) -> dict[str, str]:
    result = CliRunner().invoke(
        main, ["submissions", "export", "made-up", "--out", str(out)], env=dict(instance.environment)
    )
    assert result.exit_code == 0, result.output
    with zipfile.ZipFile(io.BytesIO(out.read_bytes())) as package:
        tables = [name for name in package.namelist() if name.startswith("data/replies")]
        return {name: package.read(name).decode() for name in tables}


def test_a_draft_is_finished_on_the_version_it_began_and_nothing_is_asked_twice(
    instance: Instance, tmp_path: Path
) -> None:
    earlier = begun(instance)
    publish(instance, ask_one_more)
    assert 'name="new"' not in earlier.open(earlier.address("first")).text
    assert "We have your answers" in finish(earlier)
    later = Family(instance.app().test_client(), "made-up")
    later.start()
    assert later.answer("first", {"first": "one"}).status_code == 422
    assert later.answer("first", {"first": "one", "new": "more"}).status_code == 303
    finish(later)
    tables = rows_of(instance, tmp_path / "out.zip")
    assert len(tables) == 2, "each version has its own table"
    assert sorted("new" in text.splitlines()[0] for text in tables.values()) == [False, True]


def test_a_form_that_was_taken_out_is_finished_by_who_began_it_and_begun_by_nobody(
    instance: Instance, tmp_path: Path
) -> None:
    family = begun(instance)
    code = code_of(family.open(family.address("save")))
    publish(instance, shutil.rmtree)
    stranger = instance.app().test_client()
    assert stranger.get("/forms/made-up/").status_code == 404
    assert stranger.post("/forms/made-up/").status_code == 404
    tablet = Family(instance.app().test_client(), "made-up")
    tablet.open("/forms/resume")
    resumed = tablet.client.post("/forms/resume", data={"code": code})
    assert resumed.headers["Location"] == "/forms/made-up/second"
    tablet.open(resumed.headers["Location"])
    assert "We have your answers" in finish(tablet)
    assert "one" in tablet.open(tablet.address("print")).text
    assert tablet.client.post("/forms/made-up/").status_code == 404
    erased = stranger.post("/forms/withdraw", data={"code": code})
    assert "Your answers are erased" in erased.text
    assert tablet.client.get("/forms/made-up/done").status_code in (404, 410)
