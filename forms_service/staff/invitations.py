"""The address of a one-time link; imports nothing heavy, so that the command line can say it."""

from __future__ import annotations

from forms_service.settings import Settings

DEFAULT = "http://localhost:8001"


def address_of(settings: Settings, token: str) -> str:
    """Where a link's token leads."""
    return f"{settings.staff_url.rstrip('/') or DEFAULT}/staff/invitation/{token}"
