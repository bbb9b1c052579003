"""How often forms are begun, sent and left, by week: numbers that lead to nobody."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "counts",
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("week", sa.String(10), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("page", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("form", "week", "event", "page", name="pk_counts"),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("counts")
