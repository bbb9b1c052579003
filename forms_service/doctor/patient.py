"""What a check is given, and what it says."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from urllib.parse import urlsplit

from forms_service.settings import Settings
from forms_service.store import Store
from site_src.errors import SiteError
from site_src.instance import Clinic, Instance, read_clinic, read_config

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Fault:
    """One thing that is not well. `code` is for programs; cause and mend are one line each."""

    code: str
    cause: str
    mend: str

    def __str__(self) -> str:
        return f"{self.code}: {self.cause}: {self.mend}"


@dataclass(frozen=True)
class Patient:
    """The instance as it is at `now`. `least_free` is in bytes."""

    settings: Settings
    environment: Mapping[str, str]
    store: Store
    now: datetime
    least_free: int = 500 * MEBIBYTE

    @property
    def instance(self) -> Instance:
        """The instance as the site's side knows it."""
        return Instance(self.settings.instance, self.settings.var)

    @cached_property
    def clinic(self) -> Clinic | None:
        """The clinic's facts, or None when they cannot be read (`instance-broken` says so)."""
        try:
            return read_clinic(self.settings.instance)
        except SiteError:
            return None

    @cached_property
    def base_url(self) -> str:
        """The address that families use, as far as it is known."""
        try:
            return self.settings.base_url or str(read_config(self.settings.instance).get("site_url") or "")
        except SiteError:
            return self.settings.base_url

    @property
    def is_public(self) -> bool:
        """Whether families reach it from other machines."""
        host = urlsplit(self.base_url).hostname
        return host is not None and not is_loopback(host)

    @property
    def is_demo(self) -> bool:
        """Whether the clinic is a demonstration."""
        return self.clinic is not None and self.clinic.demo


def is_loopback(host: str) -> bool:
    """Whether an address means this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
