"""What pages and forms say of days, hours and sizes is what the software does, in every language."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import isodate
import pytest
from babel.messages.pofile import read_po

from forms_service.answers import cleaning
from forms_service.public import device, limits
from forms_service.sealing import codes
from forms_service.staff import known_browsers
from forms_service.staff.views import glance
from forms_service.store import copies, counts, drafts, staff_links, staff_sessions
from tests.site.conftest import Built
from tests.site.pages import Element, read_page

REPOSITORY = Path(__file__).parents[2]
CATALOGUES = REPOSITORY / "forms_service" / "rendering" / "translations"
LANGUAGES = ("en", "es")
UNITS = {
    "en": {
        "minute": "minutes?",
        "hour": "hours?",
        "day": "days?",
        "week": "weeks?",
        "month": "months?",
        "year": "years?",
        "MB": "MB",
        "sign": "(?:letters and (?:digits|figures))",
    },
    "es": {
        "minute": "minutos?",
        "hour": "horas?",
        "day": "días?",
        "week": "semanas?",
        "month": "mes(?:es)?",
        "year": "años?",
        "MB": "MB",
        "sign": "(?:letras y (?:números|cifras))",
    },
}
WORDS = {
    "en": {1: "(?:an?|one)", 2: "two", 3: "three", 7: "seven", 10: "ten"},
    "es": {1: "una?", 2: "dos", 3: "tres", 7: "siete", 10: "diez"},
}
HOUR, DAY, WEEK = 3600, 86_400, 604_800
MONDAY, ONE_DAY = datetime.datetime(2027, 3, 1, tzinfo=datetime.UTC), datetime.timedelta(days=1)


@dataclass(frozen=True)
class Quantity:
    """A number of units, which a page may write in more than one way."""

    ways: tuple[tuple[int, str], ...]

    def pattern(self, language: str) -> str:
        """Matches the quantity as a page in that language writes it."""
        return rf"\b(?:{'|'.join(_written(number, unit, language) for number, unit in self.ways)})\b"


def _written(number: int, unit: str, language: str) -> str:
    word = WORDS[language].get(number)
    return f"(?:{number}{f'|{word}' if word else ''}) {UNITS[language][unit]}"


def time(value: datetime.timedelta) -> Quantity:
    """A time in each unit that it fills without a rest; "24 hours" and "one day" are the same."""
    seconds = int(value.total_seconds())
    units = (("minute", 60), ("hour", HOUR), ("day", DAY), ("week", WEEK))
    return Quantity(tuple((seconds // size, unit) for unit, size in units if seconds and not seconds % size))


def kept(form: str) -> Quantity:
    """How long a form of this clinic is kept, by its descriptor."""
    duration = isodate.parse_duration(str(_form(form)["retention"]))
    years, months = int(duration.years), int(duration.months)
    assert not duration.tdelta and bool(years) is not bool(months)
    return Quantity(((years, "year"), (12 * years, "month")) if years else ((months, "month"),))


def _form(name: str) -> dict[str, object]:
    path = REPOSITORY / "datapackages" / name / "datapackage.json"
    described: dict[str, object] = json.loads(path.read_text("utf-8"))["form"]
    return described


def _window_of_guesses() -> Quantity:
    found = re.fullmatch(r"\d+ per (minute|hour|day)", limits.GUESSES)
    assert found, limits.GUESSES
    return Quantity(((1, found[1]),))


DRAFT, COPY = time(drafts.LIFETIME), time(copies.LIFETIME)
COOKIE = time(datetime.timedelta(seconds=device.DRAFT_SECONDS))
RECEIPT = time(datetime.timedelta(seconds=device.RECEIPT_SECONDS))
GUESSING = _window_of_guesses()
# How many days share a week's count.
COUNTED = time(
    datetime.timedelta(days=28 / len({counts.week_of(MONDAY + day * ONE_DAY) for day in range(28)}))
)
PER_WEEK = "|personas por semana" if (1, "week") in COUNTED.ways else ""
CODE = Quantity(((codes.CODE_LENGTH, "sign"),))
FILE = Quantity(((cleaning.MOST_BYTES // 1024**2, "MB"),))
# A page: what the software does, and how the page says so in each language, in one way or another ("|"); "{}" stands
# for the quantity.
Promise = tuple[Quantity, dict[str, str]]
PROMISES: dict[str, Sequence[Promise]] = {
    "privacy": (
        (DRAFT, {"en": "begun {}", "es": "empezó {}"}),
        (DRAFT, {"en": "do not save for {}", "es": "pasan {} sin guardar"}),
        (COOKIE, {"en": "browser At most {}", "es": "navegador {} como máximo"}),
        (RECEIPT, {"en": "or {} after you send", "es": "o {} después de enviar"}),
        (RECEIPT, {"en": "For {}, this browser", "es": "Durante {}, este navegador"}),
        (COPY, {"en": "for {} you can too", "es": "durante {} también"}),
        (COPY, {"en": "copy of what you sent {}", "es": "copia de lo que envió {}"}),
        (
            COPY,
            {
                "en": "For {}, you can print|After {}, your copy",
                "es": "Durante {} puede imprimir|A las {}, su copia",
            },
        ),
        (kept("intake"), {"en": "questions that you sent {}", "es": "visita que envió {}"}),
        (kept("support-group"), {"en": "feedback that you sent {}", "es": "sesión que envió {}"}),
        (kept("session-feedback"), {"en": "feedback that you sent {}", "es": "sesión que envió {}"}),
        (GUESSING, {"en": "counts it for {}", "es": "lo cuenta durante {}"}),
        (COUNTED, {"en": "each form in {}", "es": f"cada formulario en {{}}{PER_WEEK}"}),
        (CODE, {"en": "has {}", "es": "tiene {}"}),
    ),
    "accessibility": ((DRAFT, {"en": "come back for {}", "es": "volver durante {}"}),),
    "support-groups": (
        (
            Quantity(((int(str(_form("support-group")["minutes"])), "minute"),)),
            {"en": "takes about {}", "es": "Toma unos {}"},
        ),
    ),
}
# What the interface may name beside: an app's own rhythm, and examples of what to type.
OTHERS = {
    "en": r"every 30 seconds|for two weeks|Wait an hour|a year in four|again in a minute|about a minute"
    r"|for three months|[Tt]wice a year",
    "es": r"cada 30 segundos|para dos semanas|Espere una hora|en (?:cerca de )?un minuto"
    r"|una hora, como|un año de cuatro cifras|para tres meses",
}
INTERFACE = (
    DRAFT,
    CODE,
    FILE,
    time(staff_sessions.IDLE),
    time(staff_links.LIFETIME),
    time(datetime.timedelta(seconds=known_browsers.LIFE)),
    time(datetime.timedelta(weeks=glance.WEEKS)),
)


def any_quantity(language: str) -> str:
    """Matches every number with a unit."""
    numbers = "|".join((r"\d+", *WORDS[language].values()))
    return rf"\b(?:{numbers}) (?:{'|'.join((*UNITS[language].values(), 'seconds', 'segundos'))})\b"


def text_of(public: Path, page: str, language: str) -> str:
    """What a parent reads in the page's article, table cells one after the other."""
    address = f"/{page}/" if language == "en" else f"/{language}/{page}/"
    page_read = read_page(public, address)
    parts = (*page_read.all(cls="kb-lead"), *page_read.all(cls="kb-prose"))
    return " ".join(" ".join(word for part in parts for word in _words(part)).split())


def _words(element: Element) -> Iterator[str]:
    for child in element.children:
        if isinstance(child, str):
            yield child
        else:
            yield from _words(child)


def broken(text: str, language: str, promises: Sequence[Promise]) -> list[str]:
    """The promises that are not in the text."""
    return [
        f"{words[language]}: {quantity.ways}"
        for quantity, words in promises
        if not re.search(_said(quantity, words[language], language), text, re.IGNORECASE)
    ]


def _said(quantity: Quantity, words: str, language: str) -> str:
    ways = (re.escape(way).replace(r"\{\}", quantity.pattern(language)) for way in words.split("|"))
    return "|".join(ways)


def unexplained(text: str, language: str, promises: Sequence[Promise]) -> list[str]:
    """The quantities in the text that no promise explains."""
    for quantity, words in promises:
        text = re.sub(_said(quantity, words[language], language), "…", text, flags=re.IGNORECASE)
    return re.findall(any_quantity(language), text, re.IGNORECASE)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PROMISES)
def test_a_page_promises_what_the_software_keeps(repository_site: Built, page: str, language: str) -> None:
    assert broken(text_of(repository_site.public, page, language), language, PROMISES[page]) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_time_and_size_on_the_privacy_page_is_one_of_the_software(
    repository_site: Built, language: str
) -> None:
    text = text_of(repository_site.public, "privacy", language)
    assert unexplained(text, language, PROMISES["privacy"]) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_other_page_names_a_time_of_forms_codes_or_copies(repository_site: Built, language: str) -> None:
    told = {"en": r"\b(?:a|your) (?:code|copy|form)\b", "es": r"\b(?:un|su) (?:código|copia|formulario)\b"}
    folder = repository_site.public if language == "en" else repository_site.public / language
    found = []
    for page in sorted(path.parent.name for path in folder.glob("*/index.html")):
        text = text_of(repository_site.public, page, language)
        found += [
            (page, sentence)
            for sentence in re.split(r"(?<=[.!?])\s+", text)
            if re.search(told[language], sentence, re.IGNORECASE)
            and page != "privacy"
            and unexplained(sentence, language, PROMISES.get(page, ()))
        ]
    assert found == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_time_and_size_in_the_interface_is_one_of_the_software(language: str) -> None:
    explained = "|".join((OTHERS[language], *(quantity.pattern(language) for quantity in INTERFACE)))
    left = [
        (text, found)
        for text in interface(language)
        for found in re.findall(any_quantity(language), re.sub(explained, "…", text), re.IGNORECASE)
    ]
    assert left == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_form_says_how_large_a_file_may_be_and_how_long_guessing_stops(language: str) -> None:
    texts = interface(language)
    assert sum(bool(re.search(FILE.pattern(language), text)) for text in texts) == 4
    wait = {"en": "Wait ", "es": "Espere "}[language] + GUESSING.pattern(language).removeprefix(r"\b")
    assert any(re.match(wait, text) for text in texts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_changed_constant_would_be_found(repository_site: Built, language: str) -> None:
    text = text_of(repository_site.public, "privacy", language)
    longer = Quantity(tuple((number + 1, unit) for number, unit in DRAFT.ways))
    changed = [(longer if quantity is DRAFT else quantity, words) for quantity, words in PROMISES["privacy"]]
    assert len(broken(text, language, changed)) == 2
    assert len(unexplained(text, language, changed)) == 2


def interface(language: str) -> list[str]:
    """Every text of forms and console in a language; English texts are the keys of the others."""
    with (CATALOGUES / "es" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        messages = [message for message in read_po(file) if message.id]
    sides = (message.id if language == "en" else message.string for message in messages)
    return [text for side in sides for text in ((side,) if isinstance(side, str) else side or ()) if text]
