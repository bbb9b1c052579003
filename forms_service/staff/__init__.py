"""The clinic's side: its own process on its own port."""

from forms_service.staff.app import create_app

__all__ = ["create_app"]
