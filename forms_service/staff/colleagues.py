"""Who works here, by number, as other pages name them."""

from __future__ import annotations

from forms_service.staff.accounts import everybody
from forms_service.staff.console import parts


def colleagues() -> dict[int, str]:
    """The addresses of all accounts that are let in, by number; read in the transaction that is open."""
    return {user.id: user.email for user in everybody(parts().sessions()) if user.active}
