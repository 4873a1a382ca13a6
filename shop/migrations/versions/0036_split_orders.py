"""Orders with lines of several carriers, sellers or currencies."""

import sqlalchemy as sa
from alembic import op

from shop.models.base import Day

revision = "0036"
down_revision = "0035"
KEY = ("shop_id", "day", "platform", "order_id", "currency", "carrier", "seller")


def upgrade() -> None:
    """Add a roll-up, computed when the shop is opened."""
    op.create_table(
        "fact_split_order",
        sa.Column("shop_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", Day(length=10), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in KEY[2:]),
        *(sa.Column(f"first_{name}", sa.String(), nullable=False) for name in KEY[4:]),
        sa.Column("paid_at", sa.BigInteger(), nullable=False),
        sa.Column("refunded", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(*KEY),
        sqlite_with_rowid=False,
    )
