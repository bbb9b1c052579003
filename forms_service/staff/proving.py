"""Proving a password outside of any transaction: Argon2 takes its time on purpose, while families write."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask_security import hash_password, verify_password

from forms_service.staff.console import parts, user_of
from forms_service.staff.models import User


@dataclass(frozen=True)
class Proved:
    """A password that was the account's own a moment ago; `renewed` hashes it anew where the old way is out of date."""

    user_id: int
    hashed: str = field(repr=False)
    renewed: str | None = field(default=None, repr=False)

    def account(self) -> User | None:
        """The account, locked in the transaction that is open; None when it has changed since."""
        user = user_of(self.user_id, lock=True)
        if user is None or not user.active or user.password != self.hashed:
            return None
        if self.renewed is not None:
            user.password = self.renewed
        return user


def prove(user: User | None, password: str) -> Proved | None:
    """The proof, when the password is the account's own; as slow when there is no account. Not in a transaction."""
    normal = parts().security.password_util.normalize(password)
    if user is None or not user.password or not user.active:
        hash_password(normal)
        return None
    if not verify_password(normal, user.password):
        return None
    dated = parts().security.pwd_context.needs_update(user.password)
    return Proved(user.id, user.password, hash_password(normal) if dated else None)
