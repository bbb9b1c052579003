"""The clinic's console, in a process of its own. Flask-Security takes 1.8 s to import: only when an app is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from forms_service.settings import Settings

__all__ = ["create_app"]


def create_app(settings: Settings | None = None) -> Flask:
    """The clinic's app; settings come from the environment when not given."""
    from forms_service.staff.app import create_app as make

    return make(settings)
