"""the frontier of crawls."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "frontier",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("portal", sa.String(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("walk", sa.Text(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("found_at", sa.Text(), nullable=False),
        sa.Column("crawl", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("portal", "key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_frontier_portal_state_rank_seq", "frontier", ["portal", "state", "rank", "seq"])
    op.create_table(
        "crawls",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("portal", sa.String(), nullable=False),
        sa.Column("full", sa.Boolean(), nullable=False),
        sa.Column("begun_at", sa.String(), nullable=False),
        sa.Column("looked_at", sa.String(), nullable=False),
        sa.Column("ended_at", sa.String(), nullable=True),
        sa.Column("failed", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("number"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_crawls_portal", "crawls", ["portal"])
    op.create_index("ix_failures_url", "failures", ["url"])
