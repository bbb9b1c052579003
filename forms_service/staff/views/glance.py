"""At a glance: how forms are used, what is free, which guides are due, and how the machine is."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug import Response

from forms_service.definition import Form
from forms_service.doctor import QUICK, Fault, Patient, examine
from forms_service.doctor.nightly import last_found
from forms_service.packages.deidentify import SMALL
from forms_service.staff import access
from forms_service.staff.console import blueprint, parts, reading, writing
from forms_service.staff.days import clinic_today
from forms_service.staff.fault_titles import title_of_fault
from forms_service.staff.forms import form_as_it_lies
from forms_service.staff.pages import page
from forms_service.store import counts
from forms_service.store.times import now
from forms_service.upkeep.signups import facts_of, forms_with_places
from site_src.checks import run_checks
from site_src.errors import SiteError
from site_src.instance import Instance

WEEKS = 12
BAR, GAP, TALL = 14, 4, 60  # of the small charts, in pixels


@dataclass(frozen=True)
class Bar:
    """One week of a chart; a small number is as high as any other small number."""

    week: str
    x: int
    started: int
    sent: int


@dataclass(frozen=True)
class Week:
    """One week's numbers as they are told."""

    monday: str
    started: str
    sent: str
    left: str


@dataclass(frozen=True)
class Use:
    """How one form was used; `left` is by week, each with pages and how many left after one of them."""

    title: str
    weeks: tuple[Week, ...]
    bars: tuple[Bar, ...]
    left: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


@blueprint.get("/glance")
def glance() -> Response:
    """Numbers by form and week, open places, and how the machine is."""
    today = now().date()  # weeks are counted in UTC
    since = today - datetime.timedelta(days=today.weekday(), weeks=WEEKS - 1)
    weeks = [(since + datetime.timedelta(weeks=number)).isoformat() for number in range(WEEKS)]
    with reading() as connection:
        counted, left = counts.by_week(connection, since), counts.left_at(connection, since)
        forms = {name: form_as_it_lies(name) for name in counted}
    with writing() as connection:
        places = [
            (form.title, fact)
            for form in forms_with_places(parts().settings.instance, str(get_locale())).values()
            for fact in facts_of(connection, form, clinic_today())
            if fact.open
        ]
    uses = [_use(name, forms[name], weeks, counted[name], left.get(name, {})) for name in counted]
    patient = Patient(parts().settings, os.environ, parts().store, now())
    found = last_found(parts().settings)
    return page(
        "glance.html",
        _("At a glance"),
        uses=uses,
        places=places,
        faults=_titled(examine(patient, QUICK)),
        found=found,
        found_faults=_titled(found.faults if found else ()),
        tall=TALL,
        wide=WEEKS * (2 * BAR + GAP),
        bar=BAR,
    )


def _titled(faults: Iterable[Fault]) -> list[tuple[str, Fault]]:
    return [(title_of_fault(fault.code), fault) for fault in faults]


@blueprint.get("/glance/guides")
@access.needs("manager")
def guides() -> Response:
    """What `kinbridge check` finds in the guides now: reviews that are due, and faults."""
    settings = parts().settings
    try:
        found = run_checks(Instance(settings.instance, settings.var), clinic_today())
        trouble = ""
    except SiteError as error:
        found, trouble = [], str(error)
    return page("glance_guides.html", _("Guides to look after"), found=found, trouble=trouble)


def _use(
    name: str,
    form: Form | None,
    weeks: list[str],
    counted: Mapping[str, Mapping[counts.Event, int]],
    left: Mapping[str, Mapping[str, int]],
) -> Use:
    numbers = [(week, counted.get(week, {})) for week in weeks]
    most = max((number for _week, found in numbers for number in found.values()), default=0)
    bars = tuple(
        Bar(
            week,
            place * (2 * BAR + GAP),
            _height(found.get(counts.STARTED, 0), most),
            _height(found.get(counts.SENT, 0), most),
        )
        for place, (week, found) in enumerate(numbers)
    )
    rows = tuple(
        Week(week, *(_told(found.get(event, 0)) for event in (counts.STARTED, counts.SENT, counts.LEFT)))
        for week, found in numbers
        if found
    )
    pages = tuple((week, tuple(_left(form, left[week]))) for week in weeks if left.get(week))
    return Use(form.title if form else name, rows, bars, pages)


def _left(form: Form | None, left: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    """After which page forms were left in one week, in the form's order.

    Pages with a small number are told together, and with the next larger one while their sum is small, too: what is
    told of the others and of the whole week leads to no small number by subtraction.
    """
    titles = {page.name: page.title or page.name for page in form.pages} if form else {}
    order = ["", *titles, *(name for name in left if name not in titles)]
    names = [name for name in dict.fromkeys(order) if left.get(name)]
    together: list[str] = []
    for name in sorted(names, key=lambda name: left[name]):
        if left[name] < SMALL or 0 < sum(left[one] for one in together) < SMALL:
            together.append(name)
    apart = [[name] for name in names if name not in together]
    for some in [*apart, sorted(together, key=names.index)]:
        if some:
            words = (titles.get(name, name) or str(_("before the first page was answered")) for name in some)
            yield " + ".join(words), _told(sum(left[name] for name in some))


def _told(number: int) -> str:
    """The number; one that is small could lead to somebody."""
    return str(_("fewer than %(number)s", number=SMALL)) if 0 < number < SMALL else str(number)


def _height(number: int, most: int) -> int:
    shown = max(number, SMALL) if number else 0
    return round(TALL * shown / max(most, SMALL))
