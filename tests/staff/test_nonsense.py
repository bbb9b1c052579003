"""Whatever an address or a form holds, a page of the console answers; nothing of it is a fault of ours."""

from __future__ import annotations

import shutil
from typing import Any

from tests.commands.running import send
from tests.families import SUPPORT_GROUP
from tests.instances import Instance
from tests.staff.colleague import errors_of, heading_of
from tests.staff.conftest import Invite

HUGE = "9" * 20
LAST_DAY = "9999-12-31"
FIRST_DAY = "0001-01-01"
EXPORT = "/staff/exports/support-group"

# What is asked for, and the answer.
ASKED = [
    (f"/staff/?before={HUGE}", 200),
    (f"/staff/?before=-{HUGE}", 200),
    (f"/staff/audit?before={HUGE}", 200),
    (f"/staff/new?last={HUGE}", 200),
    (f"/staff/new?last=-{HUGE}", 200),
    (f"/staff/?until={LAST_DAY}", 422),
    (f"/staff/?since={FIRST_DAY}", 422),
    (f"{EXPORT}?until={LAST_DAY}", 422),
    ("/staff/?reference=%00", 400),
    ("/staff/?form=%00", 400),
    ("/staff/?group=a%00b", 400),
    ("/staff/?%00=a", 400),
    ("/staff/audit?action=%00", 400),
    (f"{EXPORT}?version=%00", 400),
    (f"{EXPORT}?group=%00", 400),
    ("/staff/answers/%00", 400),
    ("/staff/answers/a%0D%0Ab", 400),
    ("/staff/groups/support-group/%00", 400),
    ("/staff/exports/%00", 400),
    ("/staff/dates/%00", 400),
    ("/staff/invitation/%00", 400),
]
# What is sent, and the answer.
SENT: list[tuple[str, dict[str, str], int]] = [
    (f"/staff/people/{HUGE}/disable", {}, 404),
    ("/staff/search", {"name": "Ana", "form": "support-group", "until": LAST_DAY}, 422),
    ("/staff/search", {"name": "Ana", "form": "\0"}, 400),
    (EXPORT, {"format": "zip", "until": LAST_DAY}, 422),
    (EXPORT, {"format": "zip", "group": "\0"}, 400),
    ("/staff/people", {"email": "a\0@b.example", "role": "reader"}, 400),
    ("/staff/groups/support-group/anxiety", {"reference": "\0", "to": "waiting"}, 400),
]


def test_nonsense_gets_an_answer_that_says_what_to_do(invited: Invite, instance: Instance) -> None:
    reference = send(instance)
    boss = invited("admin")
    boss.open("/staff/unlock")
    boss.send("/staff/unlock")
    mark = {"status": "done", "was": "new", "assigned_to": ""}
    marking = (f"/staff/answers/{reference}", {**mark, "assigned_was": HUGE}, 404)
    answers = [(address, boss.open(address), wanted) for address, wanted in ASKED]
    boss.open("/staff/account")
    answers += [
        (address, boss.send(address, True, **typed), wanted) for address, typed, wanted in [*SENT, marking]
    ]
    assert [(address, page.status_code) for address, page, _ in answers] == [
        (address, wanted) for address, _, wanted in answers
    ]
    for _address, page, wanted in answers:
        if wanted == 400:
            assert heading_of(page) == "We could not read that"
            assert "Go back, type the text yourself" in page.text


def test_nonsense_signs_nobody_in_and_breaks_no_sign_in(invited: Invite) -> None:
    ana = invited()
    ana.send("/staff/logout")
    ana.open("/staff/login")
    refused = ana.send("/staff/login", email="ana\0@clinic.example", password="x")
    assert refused.status_code == 400
    assert ana.open("/staff/answers/a%0D%0Ab").status_code == 400, "it is not gone on to after signing in"
    assert ana.sign_in().status_code == 200


def test_the_language_goes_on_to_no_second_line(invited: Invite) -> None:
    ana = invited()
    ana.open("/staff/account")
    answer = ana.send("/staff/language", follow=False, language="es", here="/staff/\r\nX: y")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/staff/")


def test_without_a_key_to_seal_to_nothing_is_kept_and_that_is_said(
    invited: Invite, instance: Instance
) -> None:
    reference = send(instance)
    ana = invited()
    ana.open("/staff/unlock")
    ana.send("/staff/unlock")
    was = ana.open(f"/staff/answers/{reference}/correct").text.partition('name="was" value="')[2][:64]
    typed: dict[str, Any] = {name: text for page in SUPPORT_GROUP.values() for name, text in page.items()}
    typed |= {"your_name": "Somebody Else", "reason": "misheard", "was": was}
    instance.settings.recipients_file.unlink()
    noted = ana.send(f"/staff/answers/{reference}/notes", note="Called back")
    corrected = ana.send(f"/staff/answers/{reference}/correct", True, **typed)
    for answer in (noted, corrected):
        assert (answer.status_code, heading_of(answer)) == (503, "There is no key to seal answers to")
    shown = ana.open(f"/staff/answers/{reference}").text
    assert "Called back" not in shown and "Somebody Else" not in shown


def test_a_damaged_file_of_readers_is_said_to_who_chooses_a_passphrase(
    invited: Invite, instance: Instance
) -> None:
    ana = invited()
    instance.settings.identity_file.with_suffix(".readers.json").write_text("{")
    ana.open("/staff/keys")
    page = ana.send("/staff/keys/passphrase", new="five grey geese rest", again="five grey geese rest")
    assert page.status_code == 422 and errors_of(page)


def test_a_form_that_was_taken_out_is_exported_as_it_was_even_when_nothing_is_left(
    invited: Invite, instance: Instance
) -> None:
    send(instance)
    eva = invited("manager")
    shutil.rmtree(instance.root / "datapackages" / "support-group")
    page = eva.open(f"{EXPORT}?since=2099-01-01")
    assert page.status_code == 200
    assert "0 answers" in page.text
