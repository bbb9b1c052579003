"""Finding what is new and urgent among a million submissions."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Create the index."""
    op.create_index("ix_submissions_status_urgent", "submissions", ["status", "urgent"])


def downgrade() -> None:
    """Drop it."""
    op.drop_index("ix_submissions_status_urgent", "submissions")
