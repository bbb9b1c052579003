"""The first tables: descriptors, drafts and their pages, submissions, family copies."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "descriptors",
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("first_used", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_descriptors"),
    )
    op.create_table(
        "drafts",
        sa.Column("lookup", sa.String(64), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("descriptor", sa.String(64), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("saved_at", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("lookup", name="pk_drafts"),
        sa.ForeignKeyConstraint(["descriptor"], ["descriptors.hash"], name="fk_drafts_descriptor"),
    )
    op.create_index("ix_drafts_saved_at", "drafts", ["saved_at"])
    op.create_table(
        "draft_pages",
        sa.Column("lookup", sa.String(64), nullable=False),
        sa.Column("page", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("lookup", "page", name="pk_draft_pages"),
        sa.ForeignKeyConstraint(
            ["lookup"], ["drafts.lookup"], name="fk_draft_pages_lookup", ondelete="CASCADE"
        ),
    )
    op.create_table(
        "submissions",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("reference", sa.String(9), nullable=False),
        sa.Column("lookup", sa.String(64), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("descriptor", sa.String(64), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("submitted_at", sa.String(20), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_submissions"),
        sa.UniqueConstraint("reference", name="uq_submissions_reference"),
        sa.UniqueConstraint("lookup", name="uq_submissions_lookup"),
        sa.ForeignKeyConstraint(["descriptor"], ["descriptors.hash"], name="fk_submissions_descriptor"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_submissions_form", "submissions", ["form"])
    op.create_index("ix_submissions_submitted_at", "submissions", ["submitted_at"])
    op.create_table(
        "copies",
        sa.Column("lookup", sa.String(64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("lookup", name="pk_copies"),
    )
    op.create_index("ix_copies_expires_at", "copies", ["expires_at"])


def downgrade() -> None:
    """Drop them."""
    for table in ("copies", "submissions", "draft_pages", "drafts", "descriptors"):
        op.drop_table(table)
