"""Exchange rates by day."""

import sqlalchemy as sa
from alembic import op

from shop.models.base import Day

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    """Add a table; no row changes."""
    op.create_table(
        "exchange_rate",
        sa.Column("shop_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("into", sa.String(), nullable=False),
        sa.Column("day", Day(length=10), nullable=False),
        sa.Column("billionths", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("billionths > 0", name="exchange_rate_range"),
        sa.PrimaryKeyConstraint("shop_id", "currency", "into", "day"),
        sqlite_with_rowid=False,
    )
