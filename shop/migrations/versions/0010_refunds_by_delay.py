"""A roll-up of refunds by their own day and the day of payment. It is told at the upgrade."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

KEYS = {"shop_id": sa.Integer(), "refunded_on": sa.String(10), "paid_on": sa.String(10),
        "platform": sa.String(), "currency": sa.String(), "carrier": sa.String(),
        "seller": sa.String(), "is_cancelled": sa.Boolean()}
MEASURES = {"refund_cents": sa.BigInteger(), "orders": sa.Integer(), "cancelled_orders": sa.Integer(),
            "squares": sa.BigInteger()}


def upgrade() -> None:
    """Bring the database from 0009 to 0010; `shop.db.connect` tells the roll-up of what is there."""
    op.create_table(
        "fact_refund",
        *(sa.Column(name, kind, autoincrement=False, nullable=False) for name, kind in KEYS.items()),
        *(
            sa.Column(name, kind, server_default="0", nullable=False)
            for name, kind in MEASURES.items()
        ),
        sa.PrimaryKeyConstraint(*KEYS),
        sqlite_with_rowid=False,
    )
