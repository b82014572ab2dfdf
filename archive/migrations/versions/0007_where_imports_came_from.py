"""where imported captures came from; when a document's state was last seen, as captures may come in out of order."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "imports",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("kind", sa.String(), nullable=True),
        sa.Column("digest", sa.String(64), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("by", sa.Text(), nullable=True),
        sa.Column("began_at", sa.String(), nullable=True),
        sa.Column("ended_at", sa.String(), nullable=True),
        sa.Column("made_by", sa.Text(), nullable=True),
        sa.Column("counts", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "provenance",
        sa.Column("capture_id", sa.String(36), nullable=False),
        sa.Column("import_id", sa.String(36), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_digest", sa.String(64), nullable=True),
        sa.Column("archived_at", sa.String(), nullable=False),
        sa.Column("original_record", sa.Text(), nullable=True),
        sa.Column("original_digest", sa.Text(), nullable=True),
        sa.Column("url_from", sa.String(), nullable=True),
        sa.Column("date_from", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["capture_id"], ["captures.id"]),
        sa.PrimaryKeyConstraint("capture_id"),
    )
    op.create_index("ix_provenance_original_record", "provenance", ["original_record"])
    op.create_index("ix_provenance_original_digest", "provenance", ["original_digest"])
    op.create_index("ix_captures_digest", "captures", ["digest"])
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.add_column(sa.Column("state_at", sa.String(), nullable=False, server_default=""))
    op.execute(
        "UPDATE documents SET state_at = max(last_captured_at, coalesce((SELECT max(fetched_at) FROM captures "
        "WHERE document_id = documents.id AND documents.state = 'removed'), ''))"
    )
