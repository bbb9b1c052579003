"""Files that families give: sealed in rows of their own, of drafts and of submissions."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "draft_files",
        sa.Column("lookup", sa.String(64), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("lookup", "field", name="pk_draft_files"),
        sa.ForeignKeyConstraint(
            ["lookup"], ["drafts.lookup"], name="fk_draft_files_lookup", ondelete="CASCADE"
        ),
    )
    op.create_table(
        "files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(9), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_files"),
        sa.UniqueConstraint("reference", "field", name="uq_files_reference"),
        sa.ForeignKeyConstraint(
            ["reference"], ["submissions.reference"], name="fk_files_reference", ondelete="CASCADE"
        ),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("files")
    op.drop_table("draft_files")
