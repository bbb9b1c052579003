"""The tables, as SQLAlchemy Core; times are UTC text (`2027-01-31T09:30:00Z`), which sorts as it reads."""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)

descriptors = sa.Table(
    "descriptors",
    metadata,
    sa.Column("hash", sa.String(64), primary_key=True),
    sa.Column("form", sa.String, nullable=False),
    sa.Column("version", sa.String, nullable=False),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("first_used", sa.String(20), nullable=False),
)

drafts = sa.Table(
    "drafts",
    metadata,
    sa.Column("lookup", sa.String(64), primary_key=True),
    sa.Column("form", sa.String, nullable=False),
    sa.Column("descriptor", sa.ForeignKey("descriptors.hash"), nullable=False),
    sa.Column("language", sa.String, nullable=False),
    sa.Column("saved_at", sa.String(20), nullable=False, index=True),
)

draft_pages = sa.Table(
    "draft_pages",
    metadata,
    sa.Column("lookup", sa.ForeignKey("drafts.lookup", ondelete="CASCADE"), primary_key=True),
    sa.Column("page", sa.String, primary_key=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
)

draft_files = sa.Table(
    "draft_files",
    metadata,
    sa.Column("lookup", sa.ForeignKey("drafts.lookup", ondelete="CASCADE"), primary_key=True),
    sa.Column("field", sa.String, primary_key=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
)

submissions = sa.Table(
    "submissions",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("reference", sa.String(9), nullable=False, unique=True),
    sa.Column("lookup", sa.String(64), nullable=False, unique=True),
    sa.Column("form", sa.String, nullable=False),
    sa.Column("version", sa.String, nullable=False),
    sa.Column("descriptor", sa.ForeignKey("descriptors.hash"), nullable=False),
    sa.Column("language", sa.String, nullable=False),
    sa.Column("submitted_at", sa.String(20), nullable=False, index=True),
    sa.Column("status", sa.String, nullable=False),
    sa.Column("urgent", sa.Boolean, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("origin", sa.String, nullable=False, server_default="family"),
    sa.Column("assigned_to", sa.Integer, nullable=True),
    sa.Column("read_at", sa.String(20), nullable=True),
    sa.Column("noticed_at", sa.String(20), nullable=True),
    sa.Index("ix_submissions_status_urgent", "status", "urgent"),
    sa.Index("ix_submissions_status_id", "status", "id"),
    sa.Index("ix_submissions_form_id", "form", "id"),
    sa.Index("ix_submissions_assigned_to_id", "assigned_to", "id"),
    sa.Index("ix_submissions_form_status_id", "form", "status", "id"),
    sa.Index("ix_submissions_assigned_to_status_id", "assigned_to", "status", "id"),
    sa.Index("ix_submissions_form_submitted_at", "form", "submitted_at", "id"),
    sa.Index("ix_submissions_status_submitted_at", "status", "submitted_at", "id"),
    sa.Index("ix_submissions_form_status_submitted_at", "form", "status", "submitted_at", "id"),
    sa.Index("ix_submissions_assigned_to_submitted_at", "assigned_to", "submitted_at", "id"),
    sa.Index("ix_submissions_descriptor_submitted_at", "descriptor", "submitted_at", "id"),
    sqlite_autoincrement=True,  # an erased submission's number is never given again
)

places = sa.Table(
    "places",
    metadata,
    sa.Column("reference", sa.ForeignKey("submissions.reference", ondelete="CASCADE"), primary_key=True),
    sa.Column("form", sa.String, nullable=False),
    sa.Column("group_key", sa.String, nullable=False),
    sa.Column("status", sa.String, nullable=False),
    sa.Column("line", sa.Integer, nullable=False),
    sa.Column("offer_until", sa.String(20), nullable=True),
    sa.Index("ix_places_form_group", "form", "group_key"),
    sa.Index("ix_places_group_key", "group_key"),
)

files = sa.Table(
    "files",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("reference", sa.ForeignKey("submissions.reference", ondelete="CASCADE"), nullable=False),
    sa.Column("field", sa.String, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.UniqueConstraint("reference", "field", name="uq_files_reference"),
)

notes = sa.Table(
    "notes",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column(
        "reference", sa.ForeignKey("submissions.reference", ondelete="CASCADE"), nullable=False, index=True
    ),
    sa.Column("author", sa.String, nullable=False),
    sa.Column("written_at", sa.String(20), nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
)

copies = sa.Table(
    "copies",
    metadata,
    sa.Column("lookup", sa.String(64), primary_key=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("expires_at", sa.String(20), nullable=False, index=True),
)

copy_files = sa.Table(
    "copy_files",
    metadata,
    sa.Column("lookup", sa.ForeignKey("copies.lookup", ondelete="CASCADE"), primary_key=True),
    sa.Column("field", sa.String, primary_key=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
)

counts = sa.Table(
    "counts",
    metadata,
    sa.Column("form", sa.String, primary_key=True),
    sa.Column("week", sa.String(10), primary_key=True),
    sa.Column("event", sa.String, primary_key=True),
    sa.Column("page", sa.String, primary_key=True),
    sa.Column("number", sa.Integer, nullable=False),
)

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", sa.String(20), nullable=False),
    sa.Column("actor", sa.String, nullable=False),
    sa.Column("action", sa.String, nullable=False, index=True),
    sa.Column("subject", sa.String, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("mark", sa.String(64), nullable=False),
)

audit_head = sa.Table(
    "audit_head",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("number", sa.BigInteger, nullable=False),
    sa.Column("mark", sa.String(64), nullable=False),
    sa.Column("signature", sa.String(64), nullable=False),
)

staff_links = sa.Table(
    "staff_links",
    metadata,
    sa.Column("lookup", sa.String(64), primary_key=True),
    sa.Column("user_id", sa.Integer, sa.ForeignKey("staff_users.id", ondelete="CASCADE"), nullable=False),
    sa.Column("purpose", sa.String, nullable=False),
    sa.Column("expires_at", sa.String(20), nullable=False),
)

staff_sessions = sa.Table(
    "staff_sessions",
    metadata,
    sa.Column("lookup", sa.String(64), primary_key=True),
    sa.Column("user_id", sa.Integer, sa.ForeignKey("staff_users.id", ondelete="CASCADE"), nullable=False),
    sa.Column("stage", sa.String, nullable=False),
    sa.Column("started_at", sa.String(20), nullable=False),
    sa.Column("seen_at", sa.String(20), nullable=False),
    sa.Column("challenge", sa.String, nullable=True),
    sa.Column("totp_secret", sa.String, nullable=True),
    sa.Column("wrong", sa.Integer, nullable=False),
)
