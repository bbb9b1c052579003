"""The families' side: it can write answers, and read none that were sent."""

from forms_service.public.app import create_app

__all__ = ["create_app"]
