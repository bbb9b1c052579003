"""The files of a family's own copy, sealed under its code as they were in the draft."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "copy_files",
        sa.Column("lookup", sa.String(64), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("lookup", "field", name="pk_copy_files"),
        sa.ForeignKeyConstraint(
            ["lookup"], ["copies.lookup"], name="fk_copy_files_lookup", ondelete="CASCADE"
        ),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("copy_files")
