"""Staff accounts as Flask-Security models them, with what we add: a language, and the last app code's counter."""

from __future__ import annotations

import sqlalchemy as sa
from flask_security.models import sqla
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from forms_service.store.tables import metadata

# From what each role may, more from left to right.
ROLES = ("reader", "manager", "admin")


class Base(DeclarativeBase):
    """Staff tables stand beside the others; the migration that makes them is 0003."""

    metadata = metadata


sqla.FsModels.set_db_info(  # type: ignore[no-untyped-call]
    base_model=Base,
    user_table_name="staff_users",
    role_table_name="staff_roles",
    webauthn_table_name="staff_passkeys",
)


class Role(Base, sqla.FsRoleMixin):
    """Reader, manager or admin."""

    __tablename__ = "staff_roles"


class WebAuthn(Base, sqla.FsWebAuthnMixin):
    """A passkey."""

    __tablename__ = "staff_passkeys"


class User(Base, sqla.FsUserMixin):
    """Somebody who works at the clinic."""

    __tablename__ = "staff_users"

    language: Mapped[str | None] = mapped_column(sa.String(20))
    totp_counter: Mapped[int | None] = mapped_column(sa.BigInteger)
    roles: Mapped[list[Role]] = relationship(
        "Role", secondary="roles_users", back_populates="users", lazy="selectin"
    )
    webauthn: Mapped[list[WebAuthn]] = relationship(
        "WebAuthn", back_populates="user", cascade="all, delete-orphan", lazy="selectin"
    )

    @property
    def role(self) -> str:
        """The highest role this account has."""
        return max((role.name for role in self.roles), key=ROLES.index, default=ROLES[0])

    @property
    def actor(self) -> str:
        """How the audit names this account."""
        return f"staff:{self.id} {self.email}"

    @property
    def has_second_factor(self) -> bool:
        """Whether signing in can ask for more than the password."""
        return bool(self.webauthn or self.tf_totp_secret)

    @property
    def can_sign_in(self) -> bool:
        """Whether this account, unless it is disabled, has all that signing in asks for."""
        return bool(self.password and self.has_second_factor)

    def may(self, role: str) -> bool:
        """Whether this account may do what `role` may."""
        return ROLES.index(self.role) >= ROLES.index(role)
