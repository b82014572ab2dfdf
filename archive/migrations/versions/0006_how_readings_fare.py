"""how readings fare, and which documents are alike."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# What an older catalogue could not read was noted by address only; its pages are those that came in and show no document.
_NOT_READ_BEFORE = """
INSERT INTO unread (capture_id, code)
SELECT id, 'not_read' FROM captures
WHERE role = 'document' AND kind = 'response' AND status = 200 AND document_id IS NULL
"""

# Of captures that made no version nothing is known any more.
_READ_BEFORE = """
INSERT INTO rates (capture_id, platform, length, confidence)
SELECT v.capture_id, v.platform, length(v.text), (
    SELECT json_group_object(f.name, f.confidence) FROM fields f WHERE f.document_id = v.document_id AND f.version = v.number
) FROM versions v
"""


def upgrade() -> None:
    op.create_table(
        "unread",
        sa.Column("capture_id", sa.String(36), sa.ForeignKey("captures.id"), primary_key=True),
        sa.Column("code", sa.String(), nullable=False),
    )
    op.execute(_NOT_READ_BEFORE)
    op.create_table(
        "rates",
        sa.Column("capture_id", sa.String(36), sa.ForeignKey("captures.id"), primary_key=True),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("confidence", sa.Text(), nullable=False),
    )
    op.execute(_READ_BEFORE)
    op.create_table(
        "rereadings",
        sa.Column("document_id", sa.String(12), sa.ForeignKey("documents.id"), primary_key=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reader", sa.String(), nullable=False),
    )
    op.create_table(
        "contents",
        sa.Column("key", sa.String(16), primary_key=True),
        sa.Column("sketch", sa.LargeBinary(), nullable=False),
        sa.Column("compared", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "sketched",
        sa.Column("document_id", sa.String(12), sa.ForeignKey("documents.id"), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(16), sa.ForeignKey("contents.key")),
    )
    op.create_index("ix_sketched_key", "sketched", ["key"])
    op.create_table(
        "likenesses",
        sa.Column("a", sa.String(16), sa.ForeignKey("contents.key"), primary_key=True),
        sa.Column("b", sa.String(16), sa.ForeignKey("contents.key"), primary_key=True),
        sa.Column("similarity", sa.Float(), nullable=False),
    )
    op.create_index("ix_likenesses_b", "likenesses", ["b"])
