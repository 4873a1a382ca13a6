"""The roll-up of how long lines wait for their payout."""

import sqlalchemy as sa
from alembic import op

from shop.models.base import Day

revision = "0038"
down_revision = "0037"
KEY = ("shop_id", "day", "platform", "currency", "seller", "settled_on", "void_on")
CENTS = ("gmv_cents", "gmv_squares", "paid_out_cents", "paid_out_squares")


def upgrade() -> None:
    """Add two tables; an upgrade computes all roll-ups."""
    op.create_table(
        "fact_payout_delay",
        sa.Column("shop_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", Day(length=10), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in KEY[2:]),
        sa.Column("lines", sa.Integer(), server_default="0", nullable=False),
        *(sa.Column(name, sa.BigInteger(), server_default="0", nullable=False) for name in CENTS),
        sa.PrimaryKeyConstraint(*KEY),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "stale_payout_day",
        sa.Column("shop_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", Day(length=10), nullable=False),
        sa.PrimaryKeyConstraint("shop_id", "day"),
        sqlite_with_rowid=False,
    )
