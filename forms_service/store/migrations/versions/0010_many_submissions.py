"""The inbox narrowed by two things or by days, and what each version of a form holds, in the order of an index."""

from alembic import op

revision = "0010"
down_revision = "0009"
INDEXES = {
    "form_status_id": ["form", "status", "id"],
    "assigned_to_status_id": ["assigned_to", "status", "id"],
    "form_submitted_at": ["form", "submitted_at", "id"],
    "status_submitted_at": ["status", "submitted_at", "id"],
    "form_status_submitted_at": ["form", "status", "submitted_at", "id"],
    "assigned_to_submitted_at": ["assigned_to", "submitted_at", "id"],
    "descriptor_submitted_at": ["descriptor", "submitted_at", "id"],
}


def upgrade() -> None:
    """Create the indexes."""
    for name, columns in INDEXES.items():
        op.create_index(f"ix_submissions_{name}", "submissions", columns)
    op.create_index("ix_places_group_key", "places", ["group_key"])


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_places_group_key", "places")
    for name in INDEXES:
        op.drop_index(f"ix_submissions_{name}", "submissions")
