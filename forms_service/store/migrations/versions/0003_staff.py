"""Staff accounts as Flask-Security keeps them, their sessions and links; and the audit."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_ROLES = ("reader", "manager", "admin")
_START = "0" * 64


def upgrade() -> None:
    """Create the tables, the roles, and the head of an audit without lines."""
    _accounts()
    _sessions()
    _audit()


def downgrade() -> None:
    """Drop them."""
    for table in (
        "audit_head",
        "audit",
        "staff_sessions",
        "staff_links",
        "staff_passkeys",
        "roles_users",
        "staff_users",
        "staff_roles",
    ):
        op.drop_table(table)


def _accounts() -> None:
    roles = op.create_table(
        "staff_roles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("description", sa.String(255), nullable=True),
        sa.Column("permissions", sa.UnicodeText(), nullable=True),
        sa.Column("update_datetime", sa.DateTime(), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_staff_roles"),
        sa.UniqueConstraint("name", name="uq_staff_roles_name"),
    )
    op.bulk_insert(roles, [{"name": name} for name in _ROLES])
    op.create_table(
        "staff_users",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(255), nullable=False),
        sa.Column("username", sa.String(255), nullable=True),
        sa.Column("password", sa.String(255), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", sa.String(64), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(), nullable=True),
        sa.Column("last_login_at", sa.DateTime(), nullable=True),
        sa.Column("current_login_at", sa.DateTime(), nullable=True),
        sa.Column("last_login_ip", sa.String(64), nullable=True),
        sa.Column("current_login_ip", sa.String(64), nullable=True),
        sa.Column("login_count", sa.Integer(), nullable=True),
        sa.Column("tf_primary_method", sa.String(64), nullable=True),
        sa.Column("tf_totp_secret", sa.String(255), nullable=True),
        sa.Column("tf_phone_number", sa.String(128), nullable=True),
        sa.Column("us_totp_secrets", sa.Text(), nullable=True),
        sa.Column("us_phone_number", sa.String(128), nullable=True),
        sa.Column("fs_webauthn_user_handle", sa.String(64), nullable=True),
        sa.Column("mf_recovery_codes", sa.UnicodeText(), nullable=True),
        sa.Column("create_datetime", sa.DateTime(), server_default=sa.func.now(), nullable=False),
        sa.Column("update_datetime", sa.DateTime(), server_default=sa.func.now(), nullable=False),
        sa.Column("language", sa.String(20), nullable=True),
        sa.Column("totp_counter", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_staff_users"),
        *(
            sa.UniqueConstraint(column, name=f"uq_staff_users_{column}")
            for column in ("email", "username", "fs_uniquifier", "us_phone_number", "fs_webauthn_user_handle")
        ),
    )
    op.create_table(
        "roles_users",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "role_id", name="pk_roles_users"),
        sa.ForeignKeyConstraint(["user_id"], ["staff_users.id"], name="fk_roles_users_user_id"),
        sa.ForeignKeyConstraint(["role_id"], ["staff_roles.id"], name="fk_roles_users_role_id"),
    )
    op.create_table(
        "staff_passkeys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(1024), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.Integer(), nullable=True),
        sa.Column("transports", sa.UnicodeText(), nullable=True),
        sa.Column("backup_state", sa.Boolean(), nullable=False),
        sa.Column("device_type", sa.String(64), nullable=False),
        sa.Column("extensions", sa.String(255), nullable=True),
        sa.Column("create_datetime", sa.DateTime(), server_default=sa.func.now(), nullable=False),
        sa.Column("lastuse_datetime", sa.DateTime(), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("usage", sa.String(64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_staff_passkeys"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["staff_users.id"], name="fk_staff_passkeys_user_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_staff_passkeys_credential_id", "staff_passkeys", ["credential_id"], unique=True)


def _sessions() -> None:
    op.create_table(
        "staff_links",
        sa.Column("lookup", sa.String(64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("expires_at", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("lookup", name="pk_staff_links"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["staff_users.id"], name="fk_staff_links_user_id", ondelete="CASCADE"
        ),
    )
    op.create_table(
        "staff_sessions",
        sa.Column("lookup", sa.String(64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("started_at", sa.String(20), nullable=False),
        sa.Column("seen_at", sa.String(20), nullable=False),
        sa.Column("challenge", sa.String(), nullable=True),
        sa.Column("totp_secret", sa.String(), nullable=True),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("lookup", name="pk_staff_sessions"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["staff_users.id"], name="fk_staff_sessions_user_id", ondelete="CASCADE"
        ),
    )


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.String(20), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("mark", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit"),
    )
    op.create_index("ix_audit_action", "audit", ["action"])
    head = op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("mark", sa.String(64), nullable=False),
        sa.Column("signature", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_head"),
    )
    op.bulk_insert(head, [{"id": 1, "number": 0, "mark": _START, "signature": ""}])
