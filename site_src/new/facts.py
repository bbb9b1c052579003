"""The facts about a clinic as someone types them: each is taken, or refused with the cause and the mend."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from site_src.brand import READABLE, brand_problem, contrast
from site_src.checks.brand import GROUNDS
from site_src.errors import SiteError
from site_src.instance import DEFAULT_BRAND, Clinic
from site_src.new.starter import Starter

# Where most people of a region live; a clinic elsewhere gives its own.
ZONES = {
    "US": "America/New_York",
    "CA": "America/Toronto",
    "UK": "Europe/London",
    "IE": "Europe/Dublin",
    "AU": "Australia/Sydney",
    "NZ": "Pacific/Auckland",
    "ES": "Europe/Madrid",
    "MX": "America/Mexico_City",
}
PHONE = re.compile(r"\+?[\d ().-]+")

Texts = Mapping[str, str]


@dataclass(frozen=True)
class Fact:
    """One fact: how it is asked for, what is taken when nobody says, and how a text is judged.

    `default` is given the facts before this one; it is None when only the clinic can know.
    """

    key: str
    question: str
    default: Callable[[Texts, Starter], str] | None
    judge: Callable[[str, Starter], str]

    @property
    def option(self) -> str:
        return "--" + self.key.replace("_", "-")


def clinic_of(facts: Texts) -> Clinic:
    """The clinic with these facts, all of them judged."""
    return Clinic(
        name=facts["name"],
        phone=facts["phone"],
        region=facts["region"],
        languages=tuple(facts["languages"].split(",")),
        timezone=facts["timezone"],
        quick_exit_url=facts["quick_exit_url"],
        brand=facts["brand"],
        demo=False,
    )


def _name(text: str, starter: Starter) -> str:
    name = " ".join(text.split())
    if not name or not name.isprintable():
        raise SiteError(f"--name {text!r} is no name.", "Give the clinic's name as families know it.")
    return name


def _phone(text: str, starter: Starter) -> str:
    phone = " ".join(text.split())
    if not PHONE.fullmatch(phone) or sum(sign.isdigit() for sign in phone) < 3:
        raise SiteError(f"--phone {text!r} cannot be dialed.", "Give digits only, such as 555 0100.")
    return phone


def _region(text: str, starter: Starter) -> str:
    region = text.strip().upper()
    if region not in starter.regions:
        raise SiteError(
            f"--region {text!r} has no crisis lines in the starting content.",
            f"Choose one of {', '.join(starter.regions)}.",
        )
    return region


def _languages(text: str, starter: Starter) -> str:
    chosen = list(dict.fromkeys(re.findall(r"[^\s,]+", text.lower())))
    unknown = [language for language in chosen if language not in starter.clinic.languages]
    if unknown or not chosen:
        known = ",".join(starter.clinic.languages)
        raise SiteError(
            f"--languages {text!r}: there is no starting content in {', '.join(unknown) or 'no language'}.",
            f"Choose from {known}, the default language first.",
        )
    return ",".join(chosen)


def _timezone(text: str, starter: Starter) -> str:
    zone = text.strip()
    try:
        zoneinfo.ZoneInfo(zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise SiteError(
            f"--timezone {text!r} is no time zone.", "Give a name such as America/New_York."
        ) from error
    return zone


def _address(text: str, starter: Starter) -> str:
    address = text.strip()
    try:
        parts = urlsplit(address)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname or re.search(r"\s", address):
        raise SiteError(
            f"--quick-exit-url {text!r} is no web address.", "Give one such as https://weather.gov/."
        )
    return address


def _brand(text: str, starter: Starter) -> str:
    # A shell takes what follows an unquoted `#` for a comment, so the sign may be left out.
    brand = "#" + text.strip().lower().removeprefix("#")
    problem = brand_problem(brand)
    if problem is None and any(contrast(brand, ground) < READABLE for ground in GROUNDS.values()):
        problem = f"{brand} has too little contrast with the boxes of a guide"
    if problem:
        raise SiteError(f"--brand: {problem}.", f"Choose a darker colour, such as {DEFAULT_BRAND}.")
    return brand


def _zone_of_region(facts: Texts, starter: Starter) -> str:
    return ZONES.get(facts["region"].partition("-")[0], "UTC")


FACTS = (
    Fact("name", "Name of the clinic", None, _name),
    Fact("phone", "Phone number for families", None, _phone),
    Fact("region", "Region, for its crisis lines ({regions})", None, _region),
    Fact("languages", "Languages, the default first", lambda _, s: ",".join(s.clinic.languages), _languages),
    Fact("timezone", "Time zone", _zone_of_region, _timezone),
    Fact("quick_exit_url", "Neutral page for a quick exit", lambda _, s: s.clinic.quick_exit_url, _address),
    Fact("brand", "Colour of the clinic", lambda _, __: DEFAULT_BRAND, _brand),
)
