"""The inbox of one state, form or colleague in the order of numbers, without sorting what is not shown."""

from alembic import op

revision = "0009"
down_revision = "0008"
COLUMNS = ("status", "form", "assigned_to")


def upgrade() -> None:
    """Create the indexes."""
    for column in COLUMNS:
        op.create_index(f"ix_submissions_{column}_id", "submissions", [column, "id"])
    op.drop_index("ix_submissions_form", "submissions")  # the new one begins with it


def downgrade() -> None:
    """Drop them."""
    op.create_index("ix_submissions_form", "submissions", ["form"])
    for column in COLUMNS:
        op.drop_index(f"ix_submissions_{column}_id", "submissions")
