"""Places in groups, outside the seal so that they can be counted."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "places",
        sa.Column("reference", sa.String(9), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("group_key", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("offer_until", sa.String(20), nullable=True),
        sa.PrimaryKeyConstraint("reference", name="pk_places"),
        sa.ForeignKeyConstraint(
            ["reference"], ["submissions.reference"], name="fk_places_reference", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_places_form_group", "places", ["form", "group_key"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("places")
