"""Remarks of live rooms with their second, and what advertising cost per day."""

import sqlalchemy as sa
from alembic import op

from shop.models.base import Day, Instant

revision = "0016"
down_revision = "0015"
UNJOINED = "is_live AND (session_id IS NULL OR second IS NULL OR written_at IS NULL)"


def upgrade():
    """Bring the database from 0015 to 0016: no row changes."""
    op.add_column("comment", sa.Column("is_live", sa.Boolean(), server_default="0", nullable=False))
    op.add_column("comment", sa.Column("second", sa.BigInteger(), nullable=True))
    op.create_index("comment_unjoined", "comment", ["shop_id"], sqlite_where=sa.text(UNJOINED))
    op.create_table(
        "ad_spend",
        sa.Column("updated_at", Instant(), nullable=False),
        sa.Column("payload_hash", sa.BigInteger(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("shop_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("day", Day(length=10), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("shop_id", "platform", "day", "account"),
    )
