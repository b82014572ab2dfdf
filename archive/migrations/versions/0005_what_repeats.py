"""blocks of text that repeat within a portal."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "counted_pages",
        sa.Column("portal", sa.String(), nullable=False),
        sa.Column("layout", sa.String(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("portal", "layout"),
    )
    op.create_table(
        "repeated_blocks",
        sa.Column("portal", sa.String(), nullable=False),
        sa.Column("layout", sa.String(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("portal", "layout", "digest"),
    )
