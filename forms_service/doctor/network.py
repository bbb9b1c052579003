"""Checks of addresses, proxies, mail, and limits."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

from limits.storage import storage_from_string

from forms_service.doctor.patient import Fault, Patient, is_loopback
from forms_service.upkeep.notices import PORTS

_PATIENCE = 3.0  # seconds
_MANY = 8  # processes that each count guesses for themselves


def encrypted(patient: Patient) -> Iterator[Fault]:
    """Families' answers travel under TLS."""
    if patient.is_public and not patient.base_url.startswith("https://"):
        yield Fault(
            "base-url-http", f"{patient.base_url} is not encrypted", "put TLS in front, write https://"
        )


def no_demo_in_public(patient: Patient) -> Iterator[Fault]:
    """A demonstration is for this machine."""
    if patient.is_public and patient.is_demo:
        yield Fault(
            "demo-public", f"{patient.base_url} serves a demonstration", "set `demo: false` in mkdocs.yml"
        )


def proxies(patient: Patient) -> Iterator[Fault]:
    """TLS ends in a proxy, which must be believed about the address it was asked for."""
    if patient.is_public and patient.base_url.startswith("https://") and not patient.settings.trusted_proxies:
        yield Fault(
            "proxies-untrusted",
            "TLS ends in a proxy that is not believed, so pages think they are not encrypted",
            "set KINBRIDGE_TRUSTED_PROXIES to the number of proxies",
        )


def passkeys(patient: Patient) -> Iterator[Fault]:
    """Browsers take passkeys under TLS, or on localhost."""
    url = urlsplit(patient.settings.staff_url)
    if url.hostname and url.scheme != "https" and url.hostname != "localhost":
        yield Fault(
            "staff-url", f"passkeys refuse {patient.settings.staff_url}", "write https://, or localhost"
        )


def mail(patient: Patient) -> Iterator[Fault]:
    """The mail server answers, and mails have a sender."""
    address = patient.environment.get("KINBRIDGE_SMTP_URL", "")
    if not address:
        return
    if not patient.environment.get("KINBRIDGE_MAIL_FROM"):
        yield Fault("mail-from", "mails have no sender", "set KINBRIDGE_MAIL_FROM")
    try:
        url = urlsplit(address)
        where = (url.hostname or "", url.port or PORTS.get(url.scheme, 25))
        with socket.create_connection(where, _PATIENCE):
            pass
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        # Not the address: it may hold a password.
        yield Fault("smtp-refused", f"the mail server does not answer ({reason})", "check KINBRIDGE_SMTP_URL")


def limits(patient: Patient) -> Iterator[Fault]:
    """Guesses are counted for all processes together."""
    address, workers = patient.settings.limits_url, patient.settings.workers
    if address.startswith("memory://"):
        if workers > _MANY and patient.is_public:
            yield Fault(
                "limits-apart",
                f"{workers} processes each count guesses of codes for themselves",
                "set KINBRIDGE_LIMITS_URL to a Redis, or fewer KINBRIDGE_WORKERS",
            )
        return
    try:
        well = storage_from_string(address).check()
    except Exception:
        well = False  # whatever the storage's own library raises
    if not well:
        yield Fault("limits-away", "the store of limits does not answer", "check KINBRIDGE_LIMITS_URL")


def workers(patient: Patient) -> Iterator[Fault]:
    """Not more processes than the machine can use."""
    processors = os.cpu_count() or 1
    if patient.settings.workers > 4 * processors:
        yield Fault(
            "workers",
            f"{patient.settings.workers} processes share {processors} processors",
            "set KINBRIDGE_WORKERS to about their number",
        )


def reachable(patient: Patient) -> Iterator[Fault]:
    """A clinic that is no demonstration says where it is."""
    host = urlsplit(patient.base_url).hostname
    if patient.clinic is not None and not patient.is_demo and (host is None or is_loopback(host)):
        yield Fault(
            "base-url", "links lead to this machine only", "set KINBRIDGE_BASE_URL, or site_url in mkdocs.yml"
        )


CHECKS = (encrypted, no_demo_in_public, proxies, passkeys, mail, limits, workers, reachable)
