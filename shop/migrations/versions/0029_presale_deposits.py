"""Deposits of pre-sale orders."""

import sqlalchemy as sa
from alembic import op

from shop.models.base import Day, Instant

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    """Add a table; no row changes."""
    op.create_table(
        "presale_deposit",
        sa.Column("shop_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("line_id", sa.String(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("paid_at", Instant(), nullable=True),
        sa.Column("paid_on", Day(length=10), nullable=True),
        sa.Column("deposit_cents", sa.BigInteger(), nullable=True),
        sa.Column("balance_cents", sa.BigInteger(), nullable=True),
        sa.Column("balance_due_at", Instant(), nullable=True),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.Column("payload_hash", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("shop_id", "platform", "order_id", "line_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("presale_deposit_paid_on", "presale_deposit", ["shop_id", "paid_on"])
