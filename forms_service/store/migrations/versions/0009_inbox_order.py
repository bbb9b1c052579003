"""The inbox of one state, form or colleague in the order of numbers, without sorting what is not shown."""

from alembic import op

revision = "0009"
down_revision = "0008"
COLUMNS = ("status", "form", "assigned_to")


def upgrade() -> None:
    """Create the indexes."""
    for column in COLUMNS:
        op.create_index(f"ix_submissions_{column}_id", "submissions", [column, "id"])


def downgrade() -> None:
    """Drop them."""
    for column in COLUMNS:
        op.drop_index(f"ix_submissions_{column}_id", "submissions")
