"""The console's pages: one module each. Importing a module hangs its views on the blueprint."""

from __future__ import annotations

import importlib

PAGES = (
    "home",
    "sign_in",
    "second_factor",
    "invitation",
    "own_account",
    "people",
    "keys",
    "first_key",
    "key_sheet",
    "key_drill",
    "audit",
    "unlocking",
    "submission",
    "correcting",
    "entering",
    "erasing",
    "groups",
    "dates",
    "searching",
    "glance",
    "exports",
    "retention",
)


def register() -> None:
    """Hang every page's views on the blueprint."""
    for name in PAGES:
        importlib.import_module(f"{__name__}.{name}")
