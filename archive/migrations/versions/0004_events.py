"""The log of events, and which reuse terms the pages of each portal showed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "events",
        sa.Column("seq", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("portal", sa.String(), nullable=False),
        sa.Column("document_id", sa.String(12)),
        sa.Column("capture_id", sa.String(36)),
        sa.Column("before", sa.Text()),
        sa.Column("after", sa.Text()),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_events_portal", "events", ["portal"])
    op.create_index("ix_events_kind", "events", ["kind"])
    op.create_table(
        "terms_read",
        sa.Column("portal", sa.String(), primary_key=True),
        sa.Column("readings", sa.Integer(), nullable=False),
        sa.Column("without", sa.Integer(), nullable=False),
        sa.Column("noted", sa.String(64)),
    )
    op.create_table(
        "terms_shown",
        sa.Column("portal", sa.String(), primary_key=True),
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
    )
