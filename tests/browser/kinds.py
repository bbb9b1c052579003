"""Every kind of page that a family can meet, and how to get there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.browser.clinic import SMALL_GROUP
from tests.browser.visitor import Visitor
from tests.families import INTAKE, SUPPORT_GROUP, Answers

SEND = "form .kb-actions .kb-button"
EVERYTHING: dict[str, Answers] = {
    "all": {
        "name": "Ana",
        "email": "ana@example.org",
        "weight": "21",
        "born": "unknown",
        "school": "b",
        "helpers": ["family", "school"],
        "agree": "false",
        "calm": "7",
        "story": "A long week",
    }
}
LONG = "no-end-" * 60
DANGER = {**INTAKE, "worries": {"worry": LONG}, "safety": {"self_harm": "yes"}}
SMALL: dict[str, Answers] = {**SUPPORT_GROUP, "group": {"group": SMALL_GROUP}}
TYPED = f"We have had a very long week. {LONG}"
Way = Callable[[Visitor], None]


@dataclass(frozen=True)
class Kind:
    """A kind of page: the status it answers with, and the way there."""

    status: int
    go: Way


def _at(path: str) -> Way:
    def go(visitor: Visitor) -> None:
        visitor.open(path)

    return go


def _begun(form: str, page: str, answers: Mapping[str, Answers], then: str | None = None) -> Way:
    def go(visitor: Visitor) -> None:
        visitor.begin(form, answers, until=page)
        visitor.open(f"/forms/{form}/{page if then is None else then}")

    return go


def _listed(then: str, press: bool = False) -> Way:
    """A list of three people, one of whom needs mending; then a page below it, sent as it stands when asked."""

    def go(visitor: Visitor) -> None:
        visitor.begin("intake", INTAKE, until="household")
        visitor.add_item("household", {"person_name": "Lía", "person_relation": "sibling", "person_age": "9"})
        visitor.add_item("household", {"person_relation": "grandparent"})
        visitor.add_item("household", {"person_name": LONG[:80]}, status=422)
        visitor.open(f"/forms/intake/household{then}")
        if press:
            visitor.press()

    return go


def _after_errors(visitor: Visitor) -> None:
    visitor.begin("everything", until="all")
    visitor.open("/forms/everything/all")
    visitor.press()


def _after_wrong_answers(visitor: Visitor) -> None:
    visitor.begin("everything", until="all")
    visitor.open("/forms/everything/all")
    for name, text in {"email": "ana", "weight": "heavy", "born-day": "31", "born-month": "2"}.items():
        visitor.page.fill(f"[name={name}]", text)
    visitor.press()


def _checked_with_items(visitor: Visitor) -> None:
    visitor.begin("intake", INTAKE, until="household")
    visitor.add_item("household", {"person_name": LONG[:80], "person_relation": "sibling"})
    visitor.go_on("intake", "household", INTAKE)
    visitor.open("/forms/intake/check")


def _with_set_aside_answers(visitor: Visitor) -> None:
    contact = {"your_name": "Ana", "contact_by": "phone", "phone": "555 0199"}
    visitor.begin("support-group", {**SUPPORT_GROUP, "contact": contact})
    visitor.open("/forms/support-group/contact")
    visitor.page.check("[name=contact_by][value=email]")
    visitor.page.fill("[name=email]", "ana@example.org")
    visitor.press()
    visitor.open("/forms/support-group/check")


def _warned(visitor: Visitor) -> None:
    visitor.begin("everything", EVERYTHING, until="home")
    visitor.open("/forms/everything/home")
    visitor.page.fill("[name=children]", "14")
    visitor.press()


def _ended_kindly(visitor: Visitor) -> None:
    visitor.begin("everything", {**EVERYTHING, "home": {"children": "0"}})
    visitor.open("/forms/everything/check")


def _full_meanwhile(visitor: Visitor) -> None:
    visitor.clinic.empty_small_group()
    visitor.begin("support-group", SMALL)
    visitor.open("/forms/support-group/check")
    with visitor.clinic.small_group_full():
        visitor.press(SEND)


def _before_waiting(visitor: Visitor) -> None:
    with visitor.clinic.small_group_full():
        visitor.begin("support-group", SMALL)
        visitor.open("/forms/support-group/check")


def _waiting(visitor: Visitor) -> None:
    with visitor.clinic.small_group_full():
        visitor.begin("support-group", SMALL)
        visitor.open("/forms/support-group/check")
        visitor.press(SEND)


def _offered(visitor: Visitor) -> None:
    with visitor.clinic.small_group_full():
        visitor.begin("support-group", SMALL)
        visitor.open("/forms/support-group/check")
        visitor.press(SEND)
        visitor.clinic.offer_places()
        visitor.open("/forms/support-group/done")


def _sent_too_early(visitor: Visitor) -> None:
    visitor.begin("intake", INTAKE, until="child")
    visitor.open("/forms/intake/check")
    visitor.press(SEND)


def _asked_for_another(visitor: Visitor) -> None:
    visitor.begin("intake", INTAKE, until="child")
    visitor.open("/forms/intake/")
    visitor.press(".kb-notice .kb-linkbutton")


def _with_wrong_code(path: str) -> Way:
    def go(visitor: Visitor) -> None:
        visitor.open(path)
        visitor.page.fill("[name=code]", "7H3K-9QWM-2B4D-6F8G")
        visitor.press()

    return go


def _guessing(visitor: Visitor) -> None:
    for _ in range(20):
        data = "code=7H3K-9QWM-2B4D-6F8G"
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        visitor.context.request.post(visitor.address("/forms/resume"), data=data, headers=kind)
    _with_wrong_code("/forms/resume")(visitor)


def _sent(visitor: Visitor) -> None:
    visitor.begin("intake", DANGER)
    visitor.open("/forms/intake/check")
    visitor.press(SEND)


def _sent_then(page: str) -> Way:
    def go(visitor: Visitor) -> None:
        visitor.begin("support-group", SUPPORT_GROUP)
        visitor.open("/forms/support-group/check")
        visitor.press(SEND)
        visitor.open(f"/forms/support-group/{page}")

    return go


def _withdrawn(visitor: Visitor) -> None:
    _sent_then("done")(visitor)
    code = visitor.code()
    visitor.open("/forms/withdraw")
    visitor.page.fill("[name=code]", code)
    visitor.press()


def _cleared(visitor: Visitor) -> None:
    visitor.begin("intake", INTAKE, until="child")
    visitor.open("/forms/intake/leave")
    visitor.press()


def _typing(visitor: Visitor) -> None:
    visitor.begin("intake", INTAKE, until="worries")
    visitor.open("/forms/intake/worries")
    visitor.page.fill("[name=worry]", TYPED)


def _refused(visitor: Visitor) -> None:
    _typing(visitor)
    visitor.page.evaluate("document.querySelector('[name=csrf_token]').value = 'of another form'")
    visitor.press()


def _expired(visitor: Visitor) -> None:
    _typing(visitor)
    visitor.clinic.let_drafts_expire()
    visitor.press()


def _too_large(visitor: Visitor) -> None:
    _typing(visitor)
    visitor.page.evaluate("document.querySelector('[name=worry]').value = 'a'.repeat(5_000_000)")
    visitor.press()


def _locked(visitor: Visitor) -> None:
    _typing(visitor)
    with visitor.clinic.locked():
        visitor.press()


def _locked_while_sending(visitor: Visitor) -> None:
    visitor.begin("support-group", SUPPORT_GROUP)
    visitor.open("/forms/support-group/check")
    with visitor.clinic.locked():
        visitor.press(SEND)


def _locked_while_starting(visitor: Visitor) -> None:
    visitor.open("/forms/intake/")
    with visitor.clinic.locked():
        visitor.press()


def _without_recipients(visitor: Visitor) -> None:
    with visitor.clinic.without_recipients():
        visitor.open("/forms/intake/")


def _typed_without_recipients(visitor: Visitor) -> None:
    _typing(visitor)
    with visitor.clinic.without_recipients():
        visitor.press()


KINDS = {
    "home": Kind(200, _at("/")),
    "guide": Kind(200, _at("/home-practice/")),
    "all guides": Kind(200, _at("/guides/")),
    "forms list": Kind(200, _at("/forms/")),
    "worksheets": Kind(200, _at("/worksheets/")),
    "worksheet": Kind(200, _at("/worksheets/warning-signs-diary/")),
    "crisis": Kind(200, _at("/crisis/")),
    "no page": Kind(404, _at("/nothing-here/")),
    "no form": Kind(404, _at("/forms/nothing-here/")),
    "start": Kind(200, _at("/forms/intake/")),
    "start with a draft": Kind(200, _begun("intake", "child", INTAKE, then="")),
    "page": Kind(200, _begun("intake", "you", INTAKE)),
    "page of one question": Kind(200, _begun("support-group", "group", SUPPORT_GROUP)),
    "page with scales": Kind(200, _begun("session-feedback", "session", {})),
    "page with every widget": Kind(200, _begun("everything", "all", {})),
    "page of safety": Kind(200, _begun("intake", "safety", INTAKE)),
    "list without items": Kind(200, _begun("intake", "household", INTAKE)),
    "list": Kind(200, _listed("")),
    "list with something to mend": Kind(422, _listed("", press=True)),
    "item": Kind(200, _listed("/1")),
    "new item": Kind(200, _listed("/4")),
    "item with errors": Kind(422, _listed("/3", press=True)),
    "item to remove": Kind(200, _listed("/1/remove")),
    "no item": Kind(404, _listed("/9")),
    "check with items": Kind(200, _checked_with_items),
    "nothing answered": Kind(422, _after_errors),
    "wrong answers": Kind(422, _after_wrong_answers),
    "alert": Kind(200, _begun("intake", "strengths", DANGER)),
    "check": Kind(200, _begun("intake", "check", DANGER)),
    "check with answers set aside": Kind(200, _with_set_aside_answers),
    "warning": Kind(422, _warned),
    "kind end": Kind(200, _ended_kindly),
    "full meanwhile": Kind(409, _full_meanwhile),
    "check before waiting": Kind(200, _before_waiting),
    "waiting": Kind(200, _waiting),
    "place offered": Kind(200, _offered),
    "start of a form with groups": Kind(200, _at("/forms/support-group/")),
    "check too early": Kind(422, _sent_too_early),
    "save": Kind(200, _begun("intake", "child", INTAKE, then="save")),
    "leave": Kind(200, _begun("intake", "child", INTAKE, then="leave")),
    "set aside": Kind(200, _asked_for_another),
    "resume": Kind(200, _at("/forms/resume")),
    "resume with a wrong code": Kind(422, _with_wrong_code("/forms/resume")),
    "withdraw": Kind(200, _at("/forms/withdraw")),
    "withdraw with a wrong code": Kind(422, _with_wrong_code("/forms/withdraw")),
    "too many wrong codes": Kind(429, _guessing),
    "withdrawn": Kind(200, _withdrawn),
    "cleared": Kind(200, _cleared),
    "done": Kind(200, _sent),
    "own copy": Kind(200, _sent_then("print")),
    "sent before": Kind(200, _sent_then("contact")),
    "leave after sending": Kind(200, _sent_then("leave")),
    "refused": Kind(403, _refused),
    "expired": Kind(410, _expired),
    "too large": Kind(413, _too_large),
    "locked": Kind(503, _locked),
    "locked while sending": Kind(503, _locked_while_sending),
    "locked while starting": Kind(503, _locked_while_starting),
    "no recipients": Kind(503, _without_recipients),
    "no recipients for a page": Kind(503, _typed_without_recipients),
}
