"""The drill: proves that the key on the printed sheet opens the newest answers."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.engine import Connection

from forms_service.sealing.identity import Identity
from forms_service.sealing.keyring import Keys
from forms_service.store import sealed
from forms_service.upkeep.rotation import opens

NEWEST = 20  # submissions that are tried


@dataclass(frozen=True)
class Drilled:
    """How many of the submissions tried a sheet opens; `former` when the sheet is from before a rotation."""

    opened: int
    tried: int
    former: bool

    @property
    def detail(self) -> dict[str, str | int]:
        """What the audit keeps of it."""
        return {"opened": self.opened, "tried": self.tried}


def drill(connection: Connection, keys: Keys, identity: Identity, newest: int = NEWEST) -> Drilled:
    """Try the key of a sheet on the newest submissions. Raises IdentityError."""
    rows = sealed.newest(connection, newest)
    keyring = keys.read()
    former = keyring is not None and identity.recipient in keyring.recipients[1:]
    return Drilled(opens(identity, rows), len(rows), former)
