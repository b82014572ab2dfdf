"""what the document itself says: date of issue, place, signer, legal bases, mentions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("versions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("issued", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("issued_precision", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("issued_raw", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("place", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("signer", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("signer_office", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("source", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("bases", sa.Text(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("mentions", sa.Text(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("language", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("reread", sa.Boolean(), nullable=False, server_default="0"))
