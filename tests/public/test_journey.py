"""A family's way through a form, page by page."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from forms_service.cli import main
from forms_service.sealing.codes import read_code
from forms_service.sealing.drafts import key_of
from forms_service.store import Store
from forms_service.store.tables import draft_pages, drafts, submissions
from forms_service.store.times import now, stamp
from tests.databases import OWN_FILE
from tests.families import INTAKE, SUPPORT_GROUP, Family, code_of, errors_of, reference_of
from tests.instances import Instance, make_instance


def answers_of(instance: Instance, reference: str) -> dict[str, str | None]:
    """The row that the clinic reads."""
    words = ["submissions", "show", reference, "--json"]
    shown = CliRunner().invoke(main, words, env=dict(instance.environment))
    assert shown.exit_code == 0, shown.output
    (row,), *_groups = json.loads(shown.stdout)["rows"].values()
    found: dict[str, str | None] = row
    return found


def counted(instance: Instance, table: sa.Table) -> int:
    with Store(instance.settings.database_url).reading() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar() or 0)


def test_a_family_signs_up_and_the_clinic_reads_what_it_wrote(instance: Instance, signup: Family) -> None:
    signup.walk(SUPPORT_GROUP)
    row = answers_of(instance, signup.send())
    assert row["email"] == "ana@example.org"
    assert row["phone"] is None
    assert row["consent"] == "true"


def test_a_family_that_skips_all_optional_questions_is_done(instance: Instance, intake: Family) -> None:
    intake.walk(INTAKE)
    assert "effect" not in intake.trail
    row = answers_of(instance, intake.send())
    assert row["birth_date"] == "2015-02-03"
    assert row["worry"] is None


def test_the_start_page_says_what_a_family_must_know_and_sets_no_cookie(instance: Instance) -> None:
    answer = instance.app().test_client().get("/forms/intake/")
    assert "Set-Cookie" not in answer.headers
    for words in ("about 10 minutes", "Who reads it", "We erase them after 2 years", "555 0100", "14 days"):
        assert words in answer.text


def test_starting_sets_one_http_only_cookie(instance: Instance) -> None:
    answer = instance.app().test_client().post("/forms/intake/")
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("kb-intake=")
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie


def test_behind_tls_the_cookie_is_host_bound_and_secure(instance: Instance) -> None:
    answer = instance.app().test_client().post("/forms/intake/", base_url="https://clinic.example")
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-kb-intake=") and "Secure" in cookie and "Path=/" in cookie


def test_an_error_is_named_in_the_summary_and_beside_the_field_and_the_text_is_kept(intake: Family) -> None:
    answer = intake.answer("you", {"your_name": "Ana", "relation": "mother"})
    assert answer.status_code == 422
    assert "<title>Error: About you" in answer.text
    assert errors_of(answer) == ["Choose an answer to “How would you like us to reach you?”"]
    assert 'href="#f-contact_by"' in answer.text and 'id="f-contact_by"' in answer.text
    assert 'value="Ana"' in answer.text


def test_errors_speak_the_readers_language(instance: Instance) -> None:
    family = Family(instance.app().test_client(), "intake", "es")
    family.start()
    answer = family.answer("you", {"your_name": "Ana", "relation": "mother"})
    assert errors_of(answer) == ["Elija una respuesta a «¿Cómo prefiere que nos comuniquemos con usted?»"]


def test_the_language_can_be_changed_in_the_middle_and_every_answer_stays(intake: Family) -> None:
    intake.answer("you", INTAKE["you"])
    answer = intake.client.get("/es/forms/intake/you")
    assert 'value="Ana Quispe"' in answer.text and "¿Cómo se llama usted?" in answer.text
    assert 'href="/forms/intake/you"' in answer.text


def test_an_answer_on_an_invalid_page_is_kept_for_the_next_visit(intake: Family) -> None:
    assert intake.answer("you", {"your_name": "Ana"}).status_code == 422
    assert 'value="Ana"' in intake.open("/forms/intake/you").text


def test_a_page_asked_before_its_turn_leads_to_the_open_one(intake: Family) -> None:
    answer = intake.client.get("/forms/intake/consent")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/forms/intake/you")


def test_the_check_page_shows_labels_and_leads_to_each_question(intake: Family) -> None:
    page = intake.walk(INTAKE).text
    assert "Mother" in page and "February 3, 2015" in page
    assert 'href="/forms/intake/child#f-birth_date-day"' in page


def test_a_changed_answer_leads_back_to_check(intake: Family) -> None:
    intake.walk(INTAKE)
    answer = intake.answer("child", INTAKE["child"], child_name="Zoe")
    assert answer.headers["Location"] == "/forms/intake/check"


def test_a_newly_shown_required_question_leads_there_and_loses_nothing(signup: Family) -> None:
    signup.walk(SUPPORT_GROUP)
    answer = signup.answer("support", {"support": ["interpreter"]})
    assert answer.status_code == 422
    checked = signup.open("/forms/support-group/check").text
    assert "Some questions still need an answer" in checked and "ana@example.org" in checked
    refused = signup.client.post("/forms/support-group/check", data={"csrf_token": signup.token})
    assert refused.status_code == 422


def test_an_answer_that_no_longer_applies_is_named_and_not_sent(instance: Instance, signup: Family) -> None:
    contact = {"your_name": "Ana", "contact_by": "phone", "phone": "555 0199"}
    signup.walk({**SUPPORT_GROUP, "contact": contact})
    changed = {"your_name": "Ana", "contact_by": "email", "email": "a@example.org", "phone": "555 0199"}
    signup.answer("contact", changed)
    page = signup.open("/forms/support-group/check").text
    assert "These answers are not sent" in page
    assert answers_of(instance, signup.send())["phone"] is None


def test_an_answer_posted_to_a_hidden_question_is_not_sent(instance: Instance, signup: Family) -> None:
    contact = dict(SUPPORT_GROUP["contact"]) | {"phone": "555 0199"}
    signup.walk({**SUPPORT_GROUP, "contact": contact})
    assert answers_of(instance, signup.send())["phone"] is None


def test_a_yes_to_danger_shows_crisis_help_at_once_and_flags_the_submission(
    instance: Instance, intake: Family
) -> None:
    page = intake.walk({**INTAKE, "safety": {"self_harm": "yes"}}).text
    assert page.index('id="crisis"') < page.index("<h1")
    reference = intake.send()
    assert 'id="crisis"' in intake.client.get("/forms/intake/done").text
    listed = CliRunner().invoke(main, ["submissions", "list", "--json"], env=dict(instance.environment))
    assert [(item["reference"], item["urgent"]) for item in json.loads(listed.stdout)] == [(reference, True)]


def test_no_answer_to_the_safety_questions_raises_no_alert(instance: Instance, intake: Family) -> None:
    assert 'id="crisis"' not in intake.walk(INTAKE).text
    intake.send()
    listed = CliRunner().invoke(main, ["submissions", "list", "--json"], env=dict(instance.environment))
    assert [item["urgent"] for item in json.loads(listed.stdout)] == [False]


def test_a_double_submit_gives_one_submission_and_one_reference(instance: Instance, signup: Family) -> None:
    signup.walk(SUPPORT_GROUP)
    first, second = signup.send(), signup.send()
    assert first == second
    assert counted(instance, submissions) == 1


def test_the_back_button_after_sending_finds_a_clear_page(signup: Family) -> None:
    signup.walk(SUPPORT_GROUP)
    reference = signup.send()
    answer = signup.client.get("/forms/support-group/contact")
    assert answer.status_code == 200
    assert "You have sent this form" in answer.text and reference_of(answer) == reference
    posted = signup.answer("contact", SUPPORT_GROUP["contact"])
    assert "You have sent this form" in posted.text


def test_nothing_of_the_draft_is_left_after_sending(instance: Instance, signup: Family) -> None:
    signup.walk(SUPPORT_GROUP)
    signup.send()
    assert counted(instance, drafts) == counted(instance, draft_pages) == 0


def test_a_form_is_continued_on_another_device_with_its_code(instance: Instance, intake: Family) -> None:
    answer = intake.client.post(
        "/forms/intake/you?save", data={"csrf_token": intake.token, "your_name": "Ana Quispe"}
    )
    assert answer.headers["Location"] == "/forms/intake/save"
    code = code_of(intake.client.get("/forms/intake/save"))
    other = Family(instance.app().test_client(), "intake")
    typed = code.lower().replace("-", " ")
    resumed = other.client.post("/forms/resume", data={"code": typed})
    assert (resumed.status_code, resumed.headers["Location"]) == (303, "/forms/intake/you")
    assert 'value="Ana Quispe"' in other.open("/forms/intake/you").text


@pytest.mark.parametrize("typed", ["", "nonsense", "0000-0000-0000-0000", "\0", "x" * 10_000])
def test_a_wrong_code_is_said_and_the_typed_text_kept(instance: Instance, typed: str) -> None:
    answer = instance.app().test_client().post("/forms/resume", data={"code": typed})
    assert answer.status_code == 422
    assert errors_of(answer) == ["We know no form with this code. Check each letter and figure."]


def test_guesses_of_codes_are_limited_and_forms_are_not(instance: Instance) -> None:
    client = instance.app().test_client()
    answers = [client.post("/forms/resume", data={"code": "0" * 16}).status_code for _ in range(25)]
    assert answers[:20] == [422] * 20 and answers[-1] == 429
    assert client.post("/forms/intake/").status_code == 303


def test_an_expired_draft_is_told_and_the_typed_text_shown(instance: Instance, intake: Family) -> None:
    old = stamp(now() - timedelta(days=15))
    with Store(instance.settings.database_url).writing() as connection:
        connection.execute(drafts.update().values(saved_at=old))
    answer = intake.answer("you", {"your_name": "Ana Quispe"})
    assert answer.status_code == 410
    assert "Your form is not open on this device" in answer.text and "Ana Quispe" in answer.text


def test_a_second_childs_form_is_begun_beside_the_first(instance: Instance, intake: Family) -> None:
    intake.answer("you", INTAKE["you"])
    first = code_of(intake.client.get("/forms/intake/save"))
    offered = intake.client.post("/forms/intake/")
    assert offered.status_code == 200 and "You have begun this form on this device" in offered.text
    another = intake.client.post("/forms/intake/?another")
    assert code_of(another) == first
    second = code_of(intake.client.get("/forms/intake/save"))
    assert second != first
    assert 'value="Ana Quispe"' not in intake.open("/forms/intake/you").text
    back = intake.client.post("/forms/resume", data={"code": first})
    assert code_of(back) == second
    assert 'value="Ana Quispe"' in intake.open("/forms/intake/you").text


def test_a_stale_page_of_the_first_child_never_lands_in_the_second(intake: Family) -> None:
    stale = intake.token
    intake.client.post("/forms/intake/?another")
    answer = intake.client.post("/forms/intake/you", data={"csrf_token": stale, "your_name": "Ana Quispe"})
    assert answer.status_code == 403 and "Ana Quispe" in answer.text
    assert "Ana Quispe" not in intake.open("/forms/intake/you").text


def test_two_forms_go_on_at_once_in_one_browser(instance: Instance) -> None:
    client = instance.app().test_client()
    intake, signup = Family(client, "intake"), Family(client, "support-group")
    intake.start()
    signup.start()
    intake.walk(INTAKE)
    signup.walk(SUPPORT_GROUP)
    intake.open("/forms/intake/check")
    first = intake.send()
    signup.open("/forms/support-group/check")
    assert signup.send() != first


def test_two_tabs_that_save_different_pages_both_survive(intake: Family) -> None:
    intake.answer("you", INTAKE["you"])
    intake.answer("worries", {"worry": "He does not sleep"})
    intake.answer("child", INTAKE["child"])
    intake.answer("household", {})
    assert "He does not sleep" in intake.open("/forms/intake/worries").text
    assert "Zoé" in intake.open("/forms/intake/child").text


def test_clearing_the_device_leaves_the_draft_to_its_code(instance: Instance, intake: Family) -> None:
    intake.answer("you", INTAKE["you"])
    code = code_of(intake.open("/forms/intake/leave"))
    cleared = intake.client.post("/forms/intake/leave", data={"csrf_token": intake.token})
    assert "This device is cleared" in cleared.text
    assert intake.client.get("/forms/intake/you").status_code == 410
    assert intake.client.post("/forms/resume", data={"code": code}).status_code == 303


def test_a_family_can_erase_its_draft_when_it_leaves(instance: Instance, intake: Family) -> None:
    intake.answer("you", INTAKE["you"])
    intake.client.post("/forms/intake/leave?erase", data={"csrf_token": intake.token})
    assert counted(instance, drafts) == counted(instance, draft_pages) == 0


def test_quick_exit_clears_the_device_and_moves_on_at_once(intake: Family) -> None:
    intake.walk(INTAKE)
    assert "Leave this page now" in intake.open("/forms/intake/safety").text
    answer = intake.client.post("/forms/intake/leave?exit", data={"csrf_token": intake.token})
    assert answer.headers["Refresh"] == "0; url=https://example.org/"
    assert intake.client.get("/forms/intake/you").status_code == 410


def test_the_family_prints_its_own_copy_and_takes_back_what_it_sent(
    instance: Instance, signup: Family
) -> None:
    signup.walk(SUPPORT_GROUP)
    signup.send()
    code = code_of(signup.client.get("/forms/support-group/done"))
    assert "ana@example.org" in signup.client.get("/forms/support-group/print").text
    stranger = instance.app().test_client()
    erased = stranger.post("/forms/withdraw", data={"code": code})
    assert erased.status_code == 200 and "Your answers are erased" in erased.text
    assert counted(instance, submissions) == 0
    assert signup.client.get("/forms/support-group/print").status_code == 410


def test_a_code_stands_nowhere_in_the_database(tmp_path: Path) -> None:
    instance = make_instance(tmp_path / "i", database_url=OWN_FILE)
    intake = Family(instance.app().test_client(), "intake")
    intake.start()
    code = read_code(code_of(intake.client.get("/forms/intake/save")))
    assert code is not None
    content = b"".join(path.read_bytes() for path in instance.var.glob("kinbridge.db*"))
    assert key_of(code).lookup.encode() in content
    assert code.encode() not in content


def test_a_wholly_empty_submission_is_refused_on_the_check_page(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    schema = {"fields": [{"name": "a"}, {"name": "b", "type": "integer"}]}
    descriptor = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "free",
        "version": "1.0.0",
        "languages": ["en"],
        "resources": [{"name": "rows", "path": "rows.csv", "encoding": "utf-8", "schema": schema}],
        "form": {"retention": "P1Y", "pages": [{"name": "all", "title": "All", "fields": ["a", "b"]}]},
    }
    instance = make_instance(tmp_path_factory.mktemp("free"), {"free": descriptor})
    family = Family(instance.app().test_client(), "free")
    family.start()
    family.walk({})
    answer = family.client.post("/forms/free/check", data={"csrf_token": family.token})
    assert answer.status_code == 422
    assert errors_of(answer) == ["Answer at least one question before you send."]
    assert counted(instance, submissions) == 0


def test_the_first_page_of_a_form_says_to_search_engines_what_it_is(instance: Instance) -> None:
    page = instance.app().test_client().get("/es/forms/support-group/").text
    assert '<meta name="description" content="Conozca a otras familias' in page
