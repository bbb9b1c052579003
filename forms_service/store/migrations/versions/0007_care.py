"""Who takes care of a submission, sealed notes about it, when it was first read and announced, and where it came from."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Create the columns and the table."""
    # Never as a batch: SQLite would copy the table, and dropping the old one takes places and files with it.
    op.add_column("submissions", sa.Column("origin", sa.String(), nullable=False, server_default="family"))
    op.add_column("submissions", sa.Column("assigned_to", sa.Integer(), nullable=True))
    op.add_column("submissions", sa.Column("read_at", sa.String(20), nullable=True))
    op.add_column("submissions", sa.Column("noticed_at", sa.String(20), nullable=True))
    op.create_table(
        "notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(9), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("written_at", sa.String(20), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_notes"),
        sa.ForeignKeyConstraint(
            ["reference"], ["submissions.reference"], name="fk_notes_reference", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_notes_reference", "notes", ["reference"])


def downgrade() -> None:
    """Drop them."""
    op.drop_table("notes")
    for name in ("noticed_at", "read_at", "assigned_to", "origin"):
        op.drop_column("submissions", name)
