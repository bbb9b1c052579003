"""Who types a command, as the audit names it."""

from __future__ import annotations

import getpass


def operator() -> str:
    """`cli:` and the name of the account of this machine."""
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError):  # an account without a name, as in some containers
        return "cli:unknown"
